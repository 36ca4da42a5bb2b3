// SPDX-License-Identifier: GPL-3.0-or-later
// Where designs and runs are kept when nobody says otherwise.
#pragma once

#include <filesystem>

#include "core/error.h"

namespace mantissa::app {

/// The file that the environment variable MANTISSA_DB names, else mantissa/mantissa.db in the data
/// folder of the XDG Base Directory Specification (XDG_DATA_HOME, else ~/.local/share). Touches no
/// file. Fails where neither is set and there is no HOME.
Result<std::filesystem::path> defaultDatabasePath();

/// Makes the folder that `file` lies in, with the folders above it.
Result<void> makeParentFolder(const std::filesystem::path& file);

}  // namespace mantissa::app
