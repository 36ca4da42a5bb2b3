// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/engine/tiny_dataset.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>

#include <zlib.h>

namespace mantissa::test {
namespace {

constexpr int kSide = 28;
constexpr int kClasses = 10;

void append32(std::string& bytes, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
        bytes += static_cast<char>(value >> shift & 0xFFU);
    }
}

void writeGzip(const std::filesystem::path& file, const std::string& bytes) {
    const gzFile out = gzopen(file.c_str(), "wb");
    const bool written =
        out != nullptr && gzwrite(out, bytes.data(), static_cast<unsigned>(bytes.size())) ==
                              static_cast<int>(bytes.size());
    if (out == nullptr || gzclose(out) != Z_OK || !written) {
        throw std::runtime_error("cannot write " + file.string());
    }
}

void writeSplit(const std::filesystem::path& folder, const std::string& prefix, int count,
                unsigned seed) {
    std::string images;
    append32(images, 0x00000803);
    append32(images, static_cast<std::uint32_t>(count));
    append32(images, kSide);
    append32(images, kSide);
    std::string labels;
    append32(labels, 0x00000801);
    append32(labels, static_cast<std::uint32_t>(count));
    std::mt19937 random(seed);
    for (int image = 0; image < count; ++image) {
        const int label = image % kClasses;
        labels += static_cast<char>(label);
        for (int row = 0; row < kSide; ++row) {
            const unsigned base = row / 2 == label + 2 ? 160 : 20;
            for (int column = 0; column < kSide; ++column) {
                images += static_cast<char>(base + random() % 64);
            }
        }
    }
    writeGzip(folder / (prefix + "-images-idx3-ubyte.gz"), images);
    writeGzip(folder / (prefix + "-labels-idx1-ubyte.gz"), labels);
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "mantissa-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("cannot make a temporary folder");
    }
    m_path = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::permissions(m_path, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(m_path, ignored);
}

void writeTinyFashionMnist(const std::filesystem::path& folder, int trainImages, int testImages) {
    std::filesystem::create_directories(folder);
    writeSplit(folder, "train", trainImages, 1);
    writeSplit(folder, "t10k", testImages, 2);
}

std::string readFile(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void writeFile(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
}

}  // namespace mantissa::test
