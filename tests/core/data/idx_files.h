// SPDX-License-Identifier: GPL-3.0-or-later
// Writes small IDX files, whole or damaged, into a folder that goes away with the test.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <unistd.h>
#include <zlib.h>

namespace mantissa::data {

using Bytes = std::vector<std::uint8_t>;

class TemporaryFolder {
public:
    TemporaryFolder() {
        static std::atomic<int> serial{0};
        m_path = std::filesystem::temp_directory_path() /
                 ("mantissa-data-test-" + std::to_string(::getpid()) + "-" +
                  std::to_string(serial.fetch_add(1)));
        std::filesystem::create_directories(m_path);
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return m_path; }

private:
    std::filesystem::path m_path;
};

inline Bytes idxBytes(const std::vector<std::uint32_t>& extents, const Bytes& values) {
    Bytes bytes{0, 0, 8, static_cast<std::uint8_t>(extents.size())};
    for (const auto extent : extents) {
        for (const unsigned shift : {24U, 16U, 8U, 0U}) {
            bytes.push_back(static_cast<std::uint8_t>(extent >> shift));
        }
    }
    bytes.insert(bytes.end(), values.begin(), values.end());
    return bytes;
}

inline void writeFile(const std::filesystem::path& file, const Bytes& bytes) {
    std::ofstream stream(file, std::ios::binary);
    for (const auto byte : bytes) {
        stream.put(static_cast<char>(byte));
    }
}

inline Bytes readFile(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    Bytes bytes;
    for (char byte = 0; stream.get(byte);) {
        bytes.push_back(static_cast<std::uint8_t>(byte));
    }
    return bytes;
}

inline void writeGzip(const std::filesystem::path& file, const Bytes& bytes) {
    gzFile stream = gzopen(file.c_str(), "wb");
    gzwrite(stream, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(stream);
}

}  // namespace mantissa::data
