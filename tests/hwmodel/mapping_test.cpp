// SPDX-License-Identifier: GPL-3.0-or-later
// GEMMs counted by hand.
#include "hwmodel/mapping.h"

#include <gtest/gtest.h>

#include "tests/hwmodel/gemm_helpers.h"

namespace mantissa::hw {
namespace {

TEST(Mapping, SplitsTheReductionIntoBlocksWithARaggedOne) {
    const auto work = gemm(4, 4, 20, "bfp<8,block=16>", "bfp<8,block=16>");
    const auto arithmetic = arithmeticOf(work);
    EXPECT_EQ(arithmetic.kind, ArithmeticKind::Integer);
    EXPECT_EQ(arithmetic.dot.bitsA, 7);
    EXPECT_EQ(arithmetic.segments.length, 16);
    EXPECT_EQ(arithmetic.segments.rest, 4);
    EXPECT_EQ(arithmetic.segments.count(), 2);
}

TEST(Mapping, CountsStoredBitsWithSharedExponents) {
    const auto work = gemm(4, 4, 20, "bfp<8,block=16>", "bfp<8,block=16>");
    EXPECT_EQ(work.a.bits, 4 * (20 * 8 + 2 * 8));
}

TEST(Mapping, TheFinerOfTwoBlockingsSetsTheSegments) {
    const auto work = gemm(4, 4, 32, "bfp<8,block=16>", "bfp<4,block=4>");
    const auto arithmetic = arithmeticOf(work);
    EXPECT_EQ(arithmetic.segments.count(), 8);
    EXPECT_EQ(arithmetic.dot.bitsB, 3);
}

TEST(Mapping, ATensorWideBlockReducesWithOneConversion) {
    const auto work = gemm(4, 4, 40, "bfp<8,block=tensor>", "bfp<8,block=tensor>");
    const auto arithmetic = arithmeticOf(work);
    EXPECT_EQ(arithmetic.segments.count(), 1);
    EXPECT_EQ(arithmetic.segments.length, 40);
}

TEST(Mapping, ABlockAndAFloatOperandMeetInFloatMultipliers) {
    const auto arithmetic = arithmeticOf(gemm(4, 4, 16, "bfp<8,block=16>", "fp32"));
    EXPECT_EQ(arithmetic.kind, ArithmeticKind::Float);
    EXPECT_EQ(arithmetic.a.shape.fractionBits, 6);
    EXPECT_EQ(arithmetic.a.normalisedBits, 7);
    EXPECT_EQ(arithmetic.b.shape, kBinary32);
}

TEST(Copies, OneFormServesBothUsesUnlessBlocksFollowTheAxis) {
    const Shape shape{32, 32};
    const auto copies = [&](const char* text) {
        const auto& stored = format(text);
        const auto along = storedTensor(stored, shape, 1);
        const auto across = storedTensor(stored, shape, 0);
        Copies distinct;
        addDistinct(distinct, along);
        addDistinct(distinct, across);
        return distinct.size();
    };
    EXPECT_EQ(copies("fp32"), 1U);
    EXPECT_EQ(copies("float<4,3>"), 1U);
    EXPECT_EQ(copies("bfp<8,block=16>"), 2U);
    EXPECT_EQ(copies("bfp<8,block=16x16>"), 1U);
    EXPECT_EQ(copies("bfp<8,block=tensor>"), 1U);
}

}  // namespace
}  // namespace mantissa::hw
