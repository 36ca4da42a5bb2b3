// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/block_segment.h"

#include <limits>

#include <gtest/gtest.h>

namespace mantissa::nn {
namespace {

using numerics::IntegerBlocks;

constexpr std::int64_t kWhole = std::numeric_limits<std::int64_t>::max();

TEST(CommonSegment, LiesInsideTheBlocksOfBothOperands) {
    EXPECT_EQ(commonSegment(IntegerBlocks{7, 16}, IntegerBlocks{7, 32}, 512), 16);
    EXPECT_EQ(commonSegment(IntegerBlocks{7, 24}, IntegerBlocks{4, 16}, 512), 8);
    EXPECT_EQ(commonSegment(IntegerBlocks{7, kWhole}, IntegerBlocks{7, 24}, 512), 24);
    EXPECT_EQ(commonSegment(IntegerBlocks{7, kWhole}, IntegerBlocks{7, kWhole}, 100), 100);
    EXPECT_EQ(commonSegment(IntegerBlocks{7, 128}, IntegerBlocks{7, 16}, 20), 16);
}

TEST(CommonSegment, IsNoLongerThanIntegerSumsAreExact) {
    EXPECT_EQ(commonSegment(IntegerBlocks{7, kWhole}, IntegerBlocks{7, kWhole}, 5000), 1024);
    EXPECT_EQ(commonSegment(IntegerBlocks{7, 1500}, IntegerBlocks{7, kWhole}, 3000), 750);
}

TEST(CommonSegment, IsNoneWhereIntegersAreOfNoUse) {
    EXPECT_EQ(commonSegment(std::nullopt, IntegerBlocks{7, 16}, 512), 0);
    EXPECT_EQ(commonSegment(IntegerBlocks{16, 16}, IntegerBlocks{7, 16}, 512), 0);
    EXPECT_EQ(commonSegment(IntegerBlocks{7, 1}, IntegerBlocks{7, 16}, 512), 0);
}

TEST(CommonSegment, MayBeOneElementWhereAskedFor) {
    EXPECT_EQ(commonSegment(IntegerBlocks{7, 1}, IntegerBlocks{7, 16}, 512, 1), 1);
}

TEST(CommonSegment, HasCodesAsWideAsTheWiderOperand) {
    const auto codes = [](int a, int b) {
        return commonSegment(IntegerBlocks{a, 16}, IntegerBlocks{b, 16}, 512);
    };
    EXPECT_EQ(codes(7, 3), (BlockSegment{16, BlockCodes::Bytes}));
    EXPECT_EQ(codes(8, 7), (BlockSegment{16, BlockCodes::Words}));
    EXPECT_EQ(codes(7, 11), (BlockSegment{16, BlockCodes::Words}));
    EXPECT_EQ(codes(12, 11), (BlockSegment{16, BlockCodes::SplitWords}));
    EXPECT_EQ(codes(15, 15), (BlockSegment{16, BlockCodes::SplitWords}));
}

TEST(CommonSegment, IsTheShorterTheWiderCodesAre) {
    const auto length = [](int bits) {
        const IntegerBlocks whole{bits, kWhole};
        return commonSegment(whole, whole, 5000).length;
    };
    EXPECT_EQ(length(11), 512);
    EXPECT_EQ(length(15), 256);
}

}  // namespace
}  // namespace mantissa::nn
