// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/integer_blocks.h"

#include <string>

#include <gtest/gtest.h>

#include "core/numerics/registry.h"

namespace mantissa::numerics {
namespace {

IntegerBlocks blocksOf(const std::string& format, int axis = 1) {
    return integerBlocks(parseFormat(format).value(), {32, 64, 3, 3}, axis)
        .value_or(IntegerBlocks{});
}

TEST(IntegerBlocks, CountMagnitudeBits) {
    EXPECT_EQ(blocksOf("bfp<8,block=16>").magnitudeBits, 7);
    EXPECT_EQ(blocksOf("bfp<8,block=16,sign=out>").magnitudeBits, 8);
    EXPECT_EQ(blocksOf("bfp<8,block=16,clamp=off>").magnitudeBits, 8);
    EXPECT_EQ(blocksOf("mx<int8>").magnitudeBits, 7);
    EXPECT_EQ(blocksOf("mx<e2m1>").magnitudeBits, 4);  // 6 / 0.5 = 12
    EXPECT_EQ(blocksOf("mx<e2m3>").magnitudeBits, 6);  // 7.5 / 0.125 = 60
    EXPECT_EQ(blocksOf("mx<e3m2>").magnitudeBits, 9);  // 28 / 0.0625 = 448
    EXPECT_EQ(blocksOf("fixed<4,4,symmetric=on>").magnitudeBits, 7);
    EXPECT_EQ(blocksOf("fixed<4,4>").magnitudeBits, 8);  // -128
    EXPECT_EQ(blocksOf("fp4_e2m1").magnitudeBits, 4);
}

TEST(IntegerBlocks, RunAlongTheBlockAxis) {
    EXPECT_EQ(blocksOf("bfp<8,block=16>").run, 16);
    EXPECT_EQ(blocksOf("bfp<8,block=slice>").run, 1);
    EXPECT_GE(blocksOf("bfp<8,block=tensor>").run, 64);
    EXPECT_GE(blocksOf("fixed<4,3>").run, 64);
    EXPECT_EQ(blocksOf("bfp<8,block=24x18>", 0).run, 24);
    EXPECT_EQ(blocksOf("bfp<8,block=24x18>", 1).run, 2);
    EXPECT_EQ(blocksOf("bfp<8,block=24x24>", 1).run, 1) << "9 taps do not divide 24";
    EXPECT_EQ(blocksOf("bfp<8,block=1x24x3x3>", 1).run, 24);
}

TEST(IntegerBlocks, AreNotWhatSpansManyPowersOfTwo) {
    for (const std::string format :
         {"fp32", "bf16", "fp8_e5m2", "bfp<8,rule=exempt>", "affine<8>", "pow2<4>", "mx<e5m2>"}) {
        EXPECT_FALSE(integerBlocks(parseFormat(format).value(), {32, 64}, 1)) << format;
    }
}

}  // namespace
}  // namespace mantissa::numerics
