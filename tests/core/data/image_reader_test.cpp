// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/image_reader.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>

namespace mantissa::data {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

/// (pixel / 255 - 0) / (1 / 255): the pixel itself, to within rounding.
ChannelScale asPixels(std::size_t channels) {
    return {std::vector<float>(channels, 0.0F), std::vector<float>(channels, 1.0F / 255)};
}

/// A 3 x 3 image of 1 to 9.
Split nine() {
    return {{1, 2, 3, 4, 5, 6, 7, 8, 9}, {0}};
}

std::vector<int> pixelsOf(const ImageReader& reader, std::int64_t index,
                          const AugmentationKey& key) {
    std::vector<float> values(static_cast<std::size_t>(reader.imageSize()));
    reader.read(index, key, values.data());
    std::vector<int> pixels;
    for (const float value : values) {
        pixels.push_back(static_cast<int>(value + 0.5F));
    }
    return pixels;
}

TEST(ImageReader, ScalesEachChannel) {
    const Split split{{0, 255, 51, 204}, {0}};
    const ImageReader reader(split, {2, 1, 2}, {{0.5F, 0.2F}, {0.5F, 0.4F}}, {});
    std::vector<float> values(4);
    reader.read(0, {}, values.data());
    EXPECT_THAT(values, ElementsAre(-1.0F, 1.0F, 0.0F, ::testing::FloatNear(1.5F, 1e-6F)));
}

TEST(ImageReader, WithoutAugmentationGivesTheImageInEveryEpoch) {
    const Split split = nine();
    const ImageReader reader(split, {1, 3, 3}, asPixels(1), {});
    for (std::uint64_t epoch = 0; epoch < 5; ++epoch) {
        EXPECT_THAT(pixelsOf(reader, 0, {1, epoch}), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9));
    }
}

TEST(ImageReader, FlipsAboutHalfOfTheTimes) {
    const Split split = nine();
    const ImageReader reader(split, {1, 3, 3}, asPixels(1), {0, true});
    int flipped = 0;
    for (std::uint64_t epoch = 0; epoch < 1000; ++epoch) {
        const auto pixels = pixelsOf(reader, 0, {1, epoch});
        if (pixels.front() == 3) {
            EXPECT_THAT(pixels, ElementsAre(3, 2, 1, 6, 5, 4, 9, 8, 7));
            ++flipped;
        } else {
            EXPECT_THAT(pixels, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9));
        }
    }
    EXPECT_NEAR(flipped, 500, 80);  // five standard deviations
}

/// Every crop is the image, moved by up to the padding, on black; all 25 of them come.
TEST(ImageReader, CropsAtEveryPlaceOfABlackRim) {
    const Split split = nine();
    const ImageReader reader(split, {1, 3, 3}, asPixels(1), {2, false});
    std::set<std::vector<int>> seen;
    for (std::uint64_t epoch = 0; epoch < 1000; ++epoch) {
        seen.insert(pixelsOf(reader, 0, {1, epoch}));
    }
    std::set<std::vector<int>> expected;
    for (int top = -2; top <= 2; ++top) {
        for (int left = -2; left <= 2; ++left) {
            std::vector<int> crop;
            for (int y = top; y < top + 3; ++y) {
                for (int x = left; x < left + 3; ++x) {
                    const bool inside = y >= 0 && y < 3 && x >= 0 && x < 3;
                    crop.push_back(inside ? 1 + 3 * y + x : 0);
                }
            }
            expected.insert(crop);
        }
    }
    EXPECT_EQ(seen, expected);
}

TEST(ImageReader, DependsOnSeedEpochAndImage) {
    Split split;
    for (int i = 0; i < 4; ++i) {
        const auto pixels = nine().pixels;
        split.pixels.insert(split.pixels.end(), pixels.begin(), pixels.end());
        split.labels.push_back(0);
    }
    const ImageReader reader(split, {1, 3, 3}, asPixels(1), {2, true});
    const auto views = [&](std::uint64_t seed, std::int64_t image) {
        std::vector<std::vector<int>> list;
        for (std::uint64_t epoch = 0; epoch < 20; ++epoch) {
            list.push_back(pixelsOf(reader, image, {seed, epoch}));
        }
        return list;
    };
    EXPECT_EQ(views(1, 0), views(1, 0));
    EXPECT_NE(views(1, 0), views(2, 0));
    EXPECT_NE(views(1, 0), views(1, 3));
}

// Fixed: a changed view would silently change every stored result.
TEST(ImageReader, NeverChangesItsViews) {
    const Split split = nine();
    const ImageReader reader(split, {1, 3, 3}, asPixels(1), {1, true});
    EXPECT_THAT(pixelsOf(reader, 0, {2, 1}), ElementsAre(0, 1, 2, 0, 4, 5, 0, 7, 8));
}

TEST(MeasuredScale, IsMeanAndDeviationOfEachChannel) {
    const Split split{{0, 255, 7, 7, 0, 255, 7, 7}, {0, 1}};
    const ChannelScale scale = measuredScale(split, {2, 1, 2});
    EXPECT_THAT(scale.mean, ElementsAre(0.5F, ::testing::FloatEq(7.0F / 255)));
    EXPECT_THAT(scale.deviation, ElementsAre(0.5F, 1.0F));
}

TEST(HalfScale, MapsBytesToMinusOneToOne) {
    const ChannelScale scale = halfScale(3);
    EXPECT_THAT(scale.mean, Each(0.5F));
    EXPECT_EQ(scale.deviation.size(), 3U);
}

}  // namespace
}  // namespace mantissa::data
