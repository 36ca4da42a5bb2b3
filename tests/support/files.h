// SPDX-License-Identifier: GPL-3.0-or-later
// Reads and writes whole files, plain, gzip and IDX. What cannot be written throws
// std::runtime_error.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mantissa::test {

using Bytes = std::vector<std::uint8_t>;

std::string readFile(const std::filesystem::path& file);
Bytes readBytes(const std::filesystem::path& file);

void writeFile(const std::filesystem::path& file, std::string_view text);
void writeFile(const std::filesystem::path& file, const Bytes& bytes);
void writeGzip(const std::filesystem::path& file, const Bytes& bytes);

/// An IDX file of unsigned bytes: its header with the extents, then the values as they are.
Bytes idxBytes(const std::vector<std::uint32_t>& extents, const Bytes& values);

}  // namespace mantissa::test
