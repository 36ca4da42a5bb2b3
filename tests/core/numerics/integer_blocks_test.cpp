// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/integer_blocks.h"

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/numerics/quantise.h"
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

constexpr std::int64_t kRows = 5, kColumns = 40;

std::vector<float> quantised(const Format& format, std::vector<float> values) {
    ThreadTeam team;
    std::vector<float> result(values.size());
    quantise(values, result, {kRows, kColumns}, 1, {format, Rounding::NearestEven, {}}, {}, team);
    return result;
}

std::vector<float> spreadNumbers() {
    std::mt19937 generator(5);
    std::normal_distribution<float> normal;
    std::vector<float> values(static_cast<std::size_t>(kRows * kColumns));
    for (auto& value : values) {
        value = std::ldexp(normal(generator), static_cast<int>(generator() % 7));
    }
    return values;
}

std::vector<IntegerNumber> numbersOf(const Format& format, const std::vector<float>& values) {
    ThreadTeam team(2);
    std::vector<IntegerNumber> numbers(values.size());
    integerNumbers(values, {kRows, kColumns}, 1, format, numbers, team);
    return numbers;
}

TEST(IntegerNumbers, AreTheNumbersAndShareTheirStepInABlock) {
    for (const std::string text :
         {"bfp<8,block=16>", "bfp<12,block=5x8>", "bfp<4,block=tensor>",
          "bfp<8,block=16,rule=ceil>", "mx<int8,block=8>", "mx<e2m3>", "fixed<3,5>", "fp4_e2m1"}) {
        const auto format = parseFormat(text).value();
        const auto values = quantised(format, spreadNumbers());
        const auto numbers = numbersOf(format, values);
        const auto blocks = integerBlocks(format, {kRows, kColumns}, 1).value();
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto row = i / kColumns * kColumns;
            const auto run = static_cast<std::size_t>(std::min<std::int64_t>(blocks.run, kColumns));
            EXPECT_EQ(std::ldexp(static_cast<float>(numbers[i].code), numbers[i].step), values[i])
                << text << " " << i;
            EXPECT_LT(std::abs(numbers[i].code), 1 << blocks.magnitudeBits) << text;
            EXPECT_EQ(numbers[i].step, numbers[row + (i - row) / run * run].step) << text;
        }
    }
}

/// The largest magnitude of a block uses all its bits, and keeps the others' codes small.
TEST(IntegerNumbers, AreThoseThatMemoryHolds) {
    const auto format = parseFormat("bfp<8,block=4>").value();
    std::vector<float> values(static_cast<std::size_t>(kRows * kColumns));
    values[0] = 100;
    values[1] = -3;
    values[4] = 0.75F;
    const auto numbers = numbersOf(format, quantised(format, values));
    EXPECT_EQ(numbers[0], (IntegerNumber{100, 0}));
    EXPECT_EQ(numbers[1], (IntegerNumber{-3, 0}));
    EXPECT_EQ(numbers[4], (IntegerNumber{96, -7}));
    EXPECT_EQ(numbersOf(parseFormat("fixed<4,4>").value(), values)[4], (IntegerNumber{12, -4}));
}

TEST(IntegerNumbers, MarkWhatIsNoNumber) {
    std::vector<float> values(static_cast<std::size_t>(kRows * kColumns), 1.0F);
    values[3] = std::numeric_limits<float>::quiet_NaN();
    values[70] = -std::numeric_limits<float>::infinity();
    const auto numbers = numbersOf(parseFormat("bfp<8,block=16>").value(), values);
    EXPECT_EQ(numbers[3].step, IntegerNumber::kNone);
    EXPECT_EQ(numbers[70].step, IntegerNumber::kNone);
    EXPECT_EQ(numbers[2], (IntegerNumber{64, -6}));
}

}  // namespace
}  // namespace mantissa::numerics
