// SPDX-License-Identifier: GPL-3.0-or-later
// Traffic between DRAM and buffers, counted by hand.
#include "hwmodel/tiling.h"

#include <array>

#include <gtest/gtest.h>

#include "tests/hwmodel/gemm_helpers.h"

namespace mantissa::hw {
namespace {

constexpr TileGrain kFine{1, 1, 1};

TEST(Tiling, ReadsWhatFitsOnce) {
    const auto work = gemm(10, 6, 20, "fp32", "fp32");
    const auto tiling = tilingOf(work, {1e6, 1e6, 0}, kFine);
    EXPECT_EQ(tiling.readsOfA, 1);
    EXPECT_EQ(tiling.readsOfB, 1);
    EXPECT_EQ(tiling.dramBits, (10 * 20 + 6 * 20) * 32);
    EXPECT_EQ(tiling.bufferedSums, 0);
}

TEST(Tiling, AnOperandThatFitsAsAWholeLetsTheOtherStream) {
    const auto work = gemm(1000, 10, 10, "fp32", "fp32");
    const auto tiling = tilingOf(work, {32000, 3200, 0}, kFine);
    EXPECT_EQ(tiling.readsOfA, 1);
    EXPECT_EQ(tiling.readsOfB, 1);
}

TEST(Tiling, RereadsTheSmallerOperandWhereNeitherFits) {
    // A is 32,000 bits, B 3,200. Without double buffering A's buffer holds 25 rows, so that B
    // passes 4 times; B's holds 5 columns, so that A would pass twice.
    const auto work = gemm(100, 10, 10, "fp32", "fp32");
    const auto tiling = tilingOf(work, {8000, 1600, 0, false}, kFine);
    EXPECT_EQ(tiling.readsOfA, 1);
    EXPECT_EQ(tiling.readsOfB, 4);
    EXPECT_EQ(tiling.dramBits, 32000 + 4 * 3200);
    EXPECT_EQ(tiling.order, TileOrder::SumsStay);
}

TEST(Tiling, DoubleBufferingHalvesTheTiles) {
    const auto work = gemm(100, 10, 10, "fp32", "fp32");
    const auto tiling = tilingOf(work, {8000, 1600, 0, true}, kFine);
    EXPECT_EQ(tiling.readsOfB, 9);  // 12 rows at a time
    EXPECT_EQ(tiling.dramBits, 32000 + 9 * 3200);
}

TEST(Tiling, ReadsBothOnceWhereThePartialSumsStayOnChip) {
    // 4 x 1000 by 4 x 1000: each operand is 128,000 bits, its buffer a quarter of that; the 16 sums
    // take 512 bits.
    const auto work = gemm(4, 4, 1000, "fp32", "fp32");
    const auto tiling = tilingOf(work, {32000, 32000, 512, false}, {4, 4, 1});
    EXPECT_EQ(tiling.readsOfA, 1);
    EXPECT_EQ(tiling.readsOfB, 1);
    EXPECT_EQ(tiling.bufferedSums, 3);  // four parts of the reduction
    EXPECT_EQ(tiling.spilledSums, 0);
}

TEST(Tiling, SumsThatDoNotFitGoToDramWhereThatIsCheaper) {
    const auto work = gemm(4, 4, 1000, "fp32", "fp32");
    const auto tiling = tilingOf(work, {32000, 32000, 0, false}, {4, 4, 1});
    EXPECT_EQ(tiling.spilledSums, 3);
    EXPECT_EQ(tiling.dramBits, 2 * 128000 + 3 * 2 * 16 * 32);
}

TEST(Tiling, LargerBuffersNeverMoveMore) {
    for (const bool doubled : {false, true}) {
        for (const auto& [m, n, k] : {std::array<std::int64_t, 3>{700, 90, 300},
                                      std::array<std::int64_t, 3>{64, 576, 12544},
                                      std::array<std::int64_t, 3>{4096, 1000, 2048}}) {
            const auto work = gemm(m, n, k, "bfp<8,block=16>", "bfp<8,block=16>");
            double before = 1e300;
            for (double kib = 4; kib <= 65536; kib *= 2) {
                const double bits = kib * 8192;
                const auto tiling = tilingOf(work, {bits, bits, bits, doubled}, {16, 16, 16});
                EXPECT_LE(tiling.dramBits, before * (1 + 1e-12)) << m << " " << kib;
                EXPECT_GE(tiling.dramBits, work.a.bits + work.b.bits);
                before = tiling.dramBits;
            }
        }
    }
}

TEST(Tiling, TilesFitTheirBuffers) {
    const auto work = gemm(4096, 1000, 2048, "float<4,3>", "float<4,3>");
    const TileBuffers buffers{1 << 20, 1 << 19, 1 << 20, true};
    const auto tiling = tilingOf(work, buffers, {16, 16, 16});
    EXPECT_LE(tiling.rows * tiling.reduction * 8, buffers.a / 2);
    EXPECT_LE(tiling.columns * tiling.reduction * 8, buffers.b / 2);
}

}  // namespace
}  // namespace mantissa::hw
