// SPDX-License-Identifier: GPL-3.0-or-later
// Files that are either the old ones or the new ones, never half of either.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace mantissa {

/// Writes the pieces one after the other: to a temporary file in the same folder, synced, renamed
/// over `file`, which keeps its mode. Follows a symbolic link; a device or pipe is written as it
/// is. An error says what the system said, leaves `file` as it was and no temporary file behind.
Result<void> writeFileAtomically(const std::filesystem::path& file,
                                 const std::vector<std::span<const std::byte>>& pieces);
Result<void> writeFileAtomically(const std::filesystem::path& file, std::string_view text);

/// Whether writeFileAtomically() can begin, for what is written only after long work. Leaves `file`
/// and its folder as they are; errors as there.
Result<void> checkWritable(const std::filesystem::path& file);

}  // namespace mantissa
