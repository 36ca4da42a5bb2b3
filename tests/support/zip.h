// SPDX-License-Identifier: GPL-3.0-or-later
// Makes zip archives.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "tests/support/files.h"

namespace mantissa::test {

/// A deflated archive of these entries. What cannot be written throws std::runtime_error.
void writeZip(const std::filesystem::path& file, const std::map<std::string, Bytes>& entries);

}  // namespace mantissa::test
