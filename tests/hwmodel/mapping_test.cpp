// SPDX-License-Identifier: GPL-3.0-or-later
// GEMMs counted by hand.
#include "hwmodel/mapping.h"

#include <deque>

#include <gtest/gtest.h>

#include "core/numerics/registry.h"

namespace mantissa::hw {
namespace {

/// Of static life time.
const StoredFormat& format(const char* text) {
    static std::deque<StoredFormat> formats;
    return formats.emplace_back(numerics::TensorFormat{numerics::parseFormat(text).value(),
                                                       numerics::Rounding::NearestEven});
}

/// [rows, reduction] x [columns, reduction], reduced along axis 1.
Gemm gemm(std::int64_t rows, std::int64_t columns, std::int64_t reduction, const char* a,
          const char* b) {
    return {static_cast<double>(rows),
            static_cast<double>(columns),
            reduction,
            1,
            storedTensor(format(a), {rows, reduction}, 1),
            storedTensor(format(b), {columns, reduction}, 1)};
}

constexpr ArrayShape kArray{.rows = 4, .columns = 4, .lanes = 8, .dotElements = 8, .dotUnits = 1};

TEST(Mapping, CountsTheCyclesOfAFloatGemm) {
    const auto work = gemm(10, 6, 20, "fp32", "fp32");
    const auto time = timeOf(work, arithmeticOf(work), kArray);
    EXPECT_EQ(time.rowTiles, 3);
    EXPECT_EQ(time.columnTiles, 2);
    EXPECT_EQ(time.stepsPerResult, 3);
    EXPECT_EQ(time.cycles, 18);
    EXPECT_DOUBLE_EQ(time.utilisation, 1200.0 / (18 * 128));
}

TEST(Mapping, CountsTheBitsOfAFloatGemm) {
    const auto work = gemm(10, 6, 20, "fp32", "fp32");
    const auto time = timeOf(work, arithmeticOf(work), kArray);
    const auto traffic = trafficOf(work, time, 1e6, 1e6, 0);
    EXPECT_EQ(traffic.sramReadA, 10 * 20 * 2 * 32);  // once for each column tile
    EXPECT_EQ(traffic.sramReadB, 6 * 20 * 3 * 32);   // once for each row tile
    EXPECT_EQ(traffic.readsOfA, 1);
    EXPECT_EQ(traffic.readsOfB, 1);
    EXPECT_EQ(traffic.partialSums, 0);
}

TEST(Mapping, SplitsTheReductionIntoBlocksWithARaggedOne) {
    const auto work = gemm(4, 4, 20, "bfp<8,block=16>", "bfp<8,block=16>");
    const auto arithmetic = arithmeticOf(work);
    EXPECT_EQ(arithmetic.kind, ArithmeticKind::Integer);
    EXPECT_EQ(arithmetic.dot.bitsA, 7);
    EXPECT_EQ(arithmetic.segments.length, 16);
    EXPECT_EQ(arithmetic.segments.rest, 4);
    EXPECT_EQ(arithmetic.segments.count(), 2);
    // 16 elements take two dot products of 8, the rest of 4 one.
    EXPECT_EQ(timeOf(work, arithmetic, kArray).cycles, 3);
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

TEST(Mapping, AnAxisOfOneElementLeavesTheDotUnitIdle) {
    auto work = gemm(16, 4, 1, "bfp<8,block=16>", "bfp<8,block=16>");
    work.taps = 9;
    const auto time = timeOf(work, arithmeticOf(work), kArray);
    EXPECT_EQ(time.stepsPerResult, 9);  // one product a cycle
    EXPECT_DOUBLE_EQ(time.utilisation, 1.0 / 8);
}

TEST(Mapping, ATensorWideBlockReducesWithOneConversion) {
    const auto work = gemm(4, 4, 40, "bfp<8,block=tensor>", "bfp<8,block=tensor>");
    const auto arithmetic = arithmeticOf(work);
    EXPECT_EQ(arithmetic.segments.count(), 1);
    EXPECT_EQ(arithmetic.segments.length, 40);
    EXPECT_EQ(timeOf(work, arithmetic, kArray).cycles, 5);
}

TEST(Mapping, ABlockAndAFloatOperandMeetInFloatMultipliers) {
    const auto arithmetic = arithmeticOf(gemm(4, 4, 16, "bfp<8,block=16>", "fp32"));
    EXPECT_EQ(arithmetic.kind, ArithmeticKind::Float);
    EXPECT_EQ(arithmetic.a.shape.fractionBits, 6);
    EXPECT_EQ(arithmetic.a.normalisedBits, 7);
    EXPECT_EQ(arithmetic.b.shape, kBinary32);
}

TEST(Mapping, RereadsTheSmallerOperandWhenNeitherFits) {
    const auto work = gemm(100, 10, 10, "fp32", "fp32");  // A 32000 bits, B 3200 bits
    const auto time = timeOf(work, arithmeticOf(work), kArray);
    const auto traffic = trafficOf(work, time, 8000, 1600, 0);
    // Holding B in two parts: 2 A + B = 67200; holding A in four: A + 4 B = 44800.
    EXPECT_EQ(traffic.readsOfA, 1);
    EXPECT_EQ(traffic.readsOfB, 4);
}

TEST(Mapping, ReadsBothOnceWhereThePartialSumsStayOnChip) {
    const auto work = gemm(4, 4, 1000, "fp32", "fp32");
    const auto time = timeOf(work, arithmeticOf(work), kArray);
    const auto traffic = trafficOf(work, time, 32000, 32000, 4096);
    EXPECT_EQ(traffic.readsOfA, 1);
    EXPECT_EQ(traffic.readsOfB, 1);
    EXPECT_EQ(traffic.partialSums, 16 * 32 * 3);  // four parts of the reduction
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
