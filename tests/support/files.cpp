// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/files.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include <zlib.h>

namespace mantissa::test {

std::string readFile(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

Bytes readBytes(const std::filesystem::path& file) {
    const std::string text = readFile(file);
    return {text.begin(), text.end()};
}

void writeFile(const std::filesystem::path& file, std::string_view text) {
    std::ofstream stream(file, std::ios::binary);
    if (!stream.write(text.data(), static_cast<std::streamsize>(text.size())).flush()) {
        throw std::runtime_error("cannot write " + file.string());
    }
}

void writeFile(const std::filesystem::path& file, const Bytes& bytes) {
    writeFile(file, std::string(bytes.begin(), bytes.end()));
}

void writeGzip(const std::filesystem::path& file, const Bytes& bytes) {
    const gzFile out = gzopen(file.c_str(), "wb");
    const bool written =
        out != nullptr && gzwrite(out, bytes.data(), static_cast<unsigned>(bytes.size())) ==
                              static_cast<int>(bytes.size());
    if (out == nullptr || gzclose(out) != Z_OK || !written) {
        throw std::runtime_error("cannot write " + file.string());
    }
}

Bytes idxBytes(const std::vector<std::uint32_t>& extents, const Bytes& values) {
    Bytes bytes{0, 0, 8, static_cast<std::uint8_t>(extents.size())};
    for (const auto extent : extents) {
        for (const unsigned shift : {24U, 16U, 8U, 0U}) {
            bytes.push_back(static_cast<std::uint8_t>(extent >> shift));
        }
    }
    bytes.insert(bytes.end(), values.begin(), values.end());
    return bytes;
}

}  // namespace mantissa::test
