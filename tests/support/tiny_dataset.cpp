// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/tiny_dataset.h"

#include <cstdint>
#include <random>
#include <string>

#include "tests/support/files.h"

namespace mantissa::test {
namespace {

constexpr int kSide = 28;
constexpr int kClasses = 10;

void writeSplit(const std::filesystem::path& folder, const std::string& prefix, int count,
                unsigned seed) {
    Bytes images;
    Bytes labels;
    std::mt19937 random(seed);
    for (int image = 0; image < count; ++image) {
        const int label = image % kClasses;
        labels.push_back(static_cast<std::uint8_t>(label));
        for (int row = 0; row < kSide; ++row) {
            const unsigned base = row / 2 == label + 2 ? 160 : 20;
            for (int column = 0; column < kSide; ++column) {
                images.push_back(static_cast<std::uint8_t>(base + random() % 64));
            }
        }
    }
    const auto extent = static_cast<std::uint32_t>(count);
    writeGzip(folder / (prefix + "-images-idx3-ubyte.gz"),
              idxBytes({extent, kSide, kSide}, images));
    writeGzip(folder / (prefix + "-labels-idx1-ubyte.gz"), idxBytes({extent}, labels));
}

}  // namespace

void writeTinyFashionMnist(const std::filesystem::path& folder, int trainImages, int testImages) {
    std::filesystem::create_directories(folder);
    writeSplit(folder, "train", trainImages, 1);
    writeSplit(folder, "t10k", testImages, 2);
}

}  // namespace mantissa::test
