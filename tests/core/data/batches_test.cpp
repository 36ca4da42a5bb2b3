// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/batches.h"

#include <algorithm>
#include <numeric>

#include <gmock/gmock.h>

namespace mantissa::data {
namespace {

using ::testing::ElementsAre;

std::vector<std::int64_t> order(std::size_t size, std::uint64_t seed, std::uint64_t epoch) {
    std::vector<std::int64_t> drawn(size);
    drawOrder(drawn, seed, epoch);
    return drawn;
}

TEST(DrawOrder, IsAPermutationOfAnySize) {
    for (const std::size_t size : {0U, 1U, 2U, 3U, 1000U}) {
        auto drawn = order(size, 7, 1);
        std::sort(drawn.begin(), drawn.end());
        std::vector<std::int64_t> expected(size);
        std::iota(expected.begin(), expected.end(), 0);
        EXPECT_EQ(drawn, expected);
    }
}

TEST(DrawOrder, IsTheSameForTheSameSeedAndEpoch) {
    EXPECT_EQ(order(1000, 7, 1), order(1000, 7, 1));
}

TEST(DrawOrder, DependsOnAllBitsOfSeedAndEpoch) {
    EXPECT_NE(order(1000, 7, 1), order(1000, 7, 2));
    EXPECT_NE(order(1000, 7, 1), order(1000, 8, 1));
    EXPECT_NE(order(1000, 7, 1), order(1000, 7 + (1ULL << 40U), 1));
    EXPECT_NE(order(1000, 7, 1), order(1000, 7, 1 + (1ULL << 40U)));
}

// Fixed bytes: a changed order would silently change every stored result.
TEST(DrawOrder, NeverChanges) {
    EXPECT_THAT(order(8, 2, 1), ElementsAre(1, 5, 4, 0, 7, 2, 3, 6));
}

TEST(DrawOrder, SendsEachImageToEachPlaceEquallyOften) {
    constexpr std::size_t kSize = 6;
    constexpr int kDraws = 6000;
    std::vector<int> seen(kSize * kSize);
    for (int epoch = 0; epoch < kDraws; ++epoch) {
        const auto drawn = order(kSize, 1, static_cast<std::uint64_t>(epoch));
        for (std::size_t place = 0; place < kSize; ++place) {
            ++seen[place * kSize + static_cast<std::size_t>(drawn[place])];
        }
    }
    // 1000 expected, standard deviation 29.
    EXPECT_THAT(seen, ::testing::Each(::testing::AllOf(::testing::Gt(850), ::testing::Lt(1150))));
}

class BatchesOfFive : public ::testing::Test {
protected:
    Split m_split{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {0, 1, 2, 3, 4}};
    Batches m_batches{m_split, {1, 1, 2}, {.images = 5, .batch = 2}};
};

TEST_F(BatchesOfFive, GiveTheFileOrderFirst) {
    EXPECT_THAT(m_batches.at(0).labels, ElementsAre(0, 1));
    EXPECT_THAT(m_batches.at(1).labels, ElementsAre(2, 3));
}

TEST_F(BatchesOfFive, EndWithASmallerBatch) {
    EXPECT_EQ(m_batches.count(), 3);
    const Batch last = m_batches.at(2);
    EXPECT_THAT(last.labels, ElementsAre(4));
    EXPECT_EQ(last.images.size(), 2U);
}

TEST_F(BatchesOfFive, CoverEachImageOnceAfterShuffling) {
    m_batches.shuffle(3, 1);
    std::vector<int> labels;
    for (std::int64_t index = 0; index < m_batches.count(); ++index) {
        const Batch batch = m_batches.at(index);
        for (std::size_t i = 0; i < batch.labels.size(); ++i) {
            labels.push_back(batch.labels[i]);
            const auto firstPixel = static_cast<float>(2 * batch.labels[i]);
            EXPECT_FLOAT_EQ(batch.images[2 * i], (firstPixel / 255 - 0.5F) / 0.5F);
        }
    }
    EXPECT_THAT(labels, ::testing::UnorderedElementsAre(0, 1, 2, 3, 4));
}

TEST_F(BatchesOfFive, MayLeaveOutTheEndOfTheSplit) {
    Batches first(m_split, {1, 1, 2}, {.images = 3, .batch = 128});
    EXPECT_EQ(first.count(), 1);
    EXPECT_THAT(first.at(0).labels, ElementsAre(0, 1, 2));
}

/// 50 images of 3 x 6 x 5 whose pixels are random bytes.
Split colourful() {
    Split split;
    std::uint32_t random = 1;
    for (std::uint8_t image = 0; image < 50; ++image) {
        split.labels.push_back(image);
        for (int i = 0; i < 90; ++i) {
            random = random * 1664525U + 1013904223U;
            split.pixels.push_back(static_cast<std::uint8_t>(random >> 24U));
        }
    }
    return split;
}

/// All images and labels of two epochs, one behind the other.
std::vector<float> valuesOf(Batches& batches, bool skips = false) {
    std::vector<float> values;
    for (const std::uint64_t epoch : {1U, 2U}) {
        batches.shuffle(9, epoch);
        for (std::int64_t index = 0; index < batches.count(); ++index) {
            if (skips && index == 3) {
                batches.at(1);
                batches.pause();
            }
            const Batch batch = batches.at(index);
            values.insert(values.end(), batch.images.begin(), batch.images.end());
            values.insert(values.end(), batch.labels.begin(), batch.labels.end());
        }
    }
    return values;
}

TEST(Prefetch, GivesTheSameBytesInWhateverOrderBatchesAreAskedFor) {
    const Split split = colourful();
    BatchOptions options{.images = 50, .batch = 8, .augmentation = {2, true}};
    Batches plain(split, {3, 6, 5}, options);
    options.prefetch = true;
    Batches ahead(split, {3, 6, 5}, options);
    const auto expected = valuesOf(plain);
    EXPECT_EQ(valuesOf(ahead), expected);
    EXPECT_EQ(valuesOf(ahead, true), expected);
}

TEST(Prefetch, EndsInTheMiddleOfABatch) {
    const Split split = colourful();
    for (int i = 0; i < 50; ++i) {
        Batches batches(split, {3, 6, 5}, {.images = 50, .batch = 25, .prefetch = true});
        batches.at(0);
    }
}

}  // namespace
}  // namespace mantissa::data
