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
    Batches m_batches{m_split, 2, 5, 2};
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
    Batches first(m_split, 2, 3, 128);
    EXPECT_EQ(first.count(), 1);
    EXPECT_THAT(first.at(0).labels, ElementsAre(0, 1, 2));
}

}  // namespace
}  // namespace mantissa::data
