// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/systems/relative_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mantissa::systems {
namespace {

using testing::ElementsAre;

/// 0, 0, 1, 2, eighteen zeros, 3: the paper's example.
std::vector<float> example() {
    std::vector<float> column(23);
    column[2] = 1;
    column[3] = 2;
    column[22] = 3;
    return column;
}

TEST(RelativeIndex, EncodesThePapersExample) {
    EXPECT_THAT(encodeRelative(example()), ElementsAre(SparseEntry{1, 2}, SparseEntry{2, 0},
                                                       SparseEntry{0, 15}, SparseEntry{3, 2}));
}

TEST(RelativeIndex, DecodesToTheSameColumn) {
    EXPECT_EQ(decodeRelative(encodeRelative(example()), 23).value(), example());
}

TEST(RelativeIndex, FifteenZerosNeedNoPadding) {
    std::vector<float> column(16);
    column.back() = 7;
    EXPECT_THAT(encodeRelative(column), ElementsAre(SparseEntry{7, 15}));
    column.insert(column.begin(), 0);
    EXPECT_THAT(encodeRelative(column), ElementsAre(SparseEntry{0, 15}, SparseEntry{7, 0}));
}

TEST(RelativeIndex, StoresNothingOfAnEmptyColumn) {
    EXPECT_TRUE(encodeRelative(std::vector<float>(40)).empty());
    EXPECT_EQ(decodeRelative({}, 3).value(), std::vector<float>(3));
}

TEST(RelativeIndex, RefusesEntriesBeyondTheColumn) {
    EXPECT_FALSE(decodeRelative(encodeRelative(example()), 22));
}

}  // namespace
}  // namespace mantissa::systems
