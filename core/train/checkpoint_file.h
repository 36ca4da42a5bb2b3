// SPDX-License-Identifier: GPL-3.0-or-later
// The state of a checkpoint in a file of its own.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "core/error.h"
#include "core/train/trainer.h"

namespace mantissa::train {

/// Replaces the file in one step, see writeFileAtomically.
Result<void> writeCheckpointFile(const std::filesystem::path& file, const Checkpoint& checkpoint);

/// The bytes that restoreState() takes. Errors: NotFound, a folder (InvalidInput), Io; Corrupt for
/// a file that does not begin as a checkpoint does, which is not read to its end.
Result<std::vector<std::byte>> readCheckpointFile(const std::filesystem::path& file);

}  // namespace mantissa::train
