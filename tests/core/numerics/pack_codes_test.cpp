// SPDX-License-Identifier: GPL-3.0-or-later
// Every code of every small format: the number that it stands for packs to it again.
#include <fstream>
#include <limits>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "core/numerics/bit_stream.h"
#include "core/numerics/pack.h"
#include "tests/core/numerics/format_cases.h"

namespace mantissa::numerics {
namespace {

struct Field {
    std::uint32_t value;
    int width;
};

PackedTensor packedFields(const std::vector<Field>& fields) {
    BitWriter writer;
    for (const auto& field : fields) {
        writer.put(field.value, field.width);
    }
    const auto bits = writer.bits();
    return {writer.takeBytes(), bits};
}

constexpr std::uint32_t bitsOf(float x) {
    return std::bit_cast<std::uint32_t>(x);
}

/// A block of two elements, whose shared fields and whose first element (the largest magnitude)
/// stay while the second goes through every code.
struct Codes {
    std::string format;
    int width;
    int unused;  ///< codes that stand for no number
    int notANumber = 0;
    std::vector<Field> shared = {};
    std::uint32_t first = 0;
    bool quantiserKeepsThem = true;
};

class EveryCode : public testing::TestWithParam<Codes> {};

TEST_P(EveryCode, StandsForANumberThatPacksToIt) {
    const auto& p = GetParam();
    const Format format = formatOf(p.format);
    int unused = 0;
    int notANumber = 0;
    std::set<std::uint32_t> numbers;
    for (std::uint32_t code = 0; code < 1U << static_cast<unsigned>(p.width); ++code) {
        auto fields = p.shared;
        fields.push_back({p.first, p.width});
        fields.push_back({code, p.width});
        const auto packed = packedFields(fields);
        const auto values = unpack(packed, {2}, 0, format);
        if (!values) {
            ++unused;
            continue;
        }
        if (std::isnan(values->at(1))) {
            ++notANumber;
            continue;
        }
        EXPECT_TRUE(numbers.insert(bitsOf(values->at(1))).second) << code << " is another's number";
        const auto again = pack(*values, {2}, 0, format);
        ASSERT_TRUE(again) << again.error().text();
        EXPECT_EQ(*again, packed) << "code " << code << ", number " << values->at(1);
        const auto kept = scalarQuantised(*values, {2}, 0, {format, Rounding::NearestEven});
        EXPECT_TRUE(!p.quantiserKeepsThem || sameNumber(kept.at(1), values->at(1)))
            << values->at(1);
    }
    EXPECT_EQ(unused, p.unused);
    EXPECT_EQ(notANumber, p.notANumber);
}

INSTANTIATE_TEST_SUITE_P(Minifloats, EveryCode,
                         testing::Values(Codes{"fp8_e5m2", 8, 0, 6}, Codes{"fp8_e4m3", 8, 0, 2},
                                         Codes{"fp8_e3m4", 8, 0, 2}, Codes{"fp6_e3m2", 6, 0},
                                         Codes{"fp6_e2m3", 6, 0}, Codes{"fp4_e2m1", 4, 0},
                                         Codes{"float<4,3>", 8, 0, 14}, Codes{"float<7,0>", 8, 0},
                                         Codes{"float<6,1,bias=100>", 8, 0, 2},
                                         Codes{"float<5,2,subnormals=off>", 8, 6, 6},
                                         Codes{"float<1,4,variant=all>", 6, 0},
                                         Codes{"float<1,6>", 8, 0, 126},
                                         Codes{"float<1,1,bias=149>", 3, 0, 2},
                                         // above binary32: one binade and more; below it
                                         Codes{"float<7,0,variant=all,bias=0>", 8, 0},
                                         Codes{"float<7,0,variant=all,bias=-2>", 8, 4},
                                         Codes{"float<6,1,variant=all,bias=-100>", 8, 144},
                                         Codes{"float<6,1,variant=fn,bias=190>", 8, 164, 2},
                                         Codes{"float<2,0,variant=fn>", 3, 0, 2},
                                         Codes{"float<3,3,variant=all,subnormals=off>", 7, 14}),
                         [](const auto& param) { return std::to_string(param.index); });

// Half of the codes with two chunks have a sign in one that the other has not. A maximum of 2^p
// steps quantises to twice the step (clamp=off), one of a power of two to less than itself (ceil).
INSTANTIATE_TEST_SUITE_P(
    BlockFloats, EveryCode,
    testing::Values(Codes{"bfp<8,block=2>", 8, 0, 0, {{130, 8}}, 0x7F},
                    Codes{"bfp<3,sign=out,block=2>", 4, 0, 0, {{3, 8}}, 0xF},
                    Codes{"bfp<1,sign=out,block=2,rule=ceil>", 2, 0, 0, {{127, 8}}, 1, false},
                    Codes{"bfp<6,block=2,rule=ceil,exp=10>", 6, 0, 0, {{511, 10}}, 0x1F},
                    Codes{"bfp<5,exp=4,block=2,clamp=off>", 6, 30, 0, {{9, 4}}, 0x10, false},
                    Codes{"bfp<4,sign=out,exp=4,block=2,chunk=2>", 6, 32, 0, {{9, 4}}, 0x3F},
                    Codes{"bfp<2,sign=out,exp=4,block=2,chunk=2>", 3, 0, 0, {{9, 4}}, 3},
                    Codes{"smx<7,block=2>", 8, 0, 0, {{127, 8}, {0, 1}}, 0x7F},
                    Codes{"smx<4,block=2,micro=2>", 5, 0, 0, {{127, 8}, {0, 2}}, 0xF}),
    [](const auto& param) { return std::to_string(param.index); });

// OCP elements: of E5M2 the codes of Inf and NaN stay unused, of E4M3 that of NaN, of integers the
// most negative.
INSTANTIATE_TEST_SUITE_P(Microscaled, EveryCode,
                         testing::Values(Codes{"mx<e5m2,block=2>", 8, 8, 0, {{127, 8}}, 0x7B},
                                         Codes{"mx<e4m3,block=2>", 8, 2, 0, {{127, 8}}, 0x7E},
                                         Codes{"mx<e3m2,block=2>", 6, 0, 0, {{127, 8}}, 0x1F},
                                         Codes{"mx<e2m3,block=2>", 6, 0, 0, {{1, 8}}, 0x1F},
                                         Codes{"mx<e2m1,block=2>", 4, 0, 0, {{130, 8}}, 7},
                                         Codes{"mx<int8,block=2>", 8, 1, 0, {{127, 8}}, 0x7F},
                                         Codes{"mx<int4,block=2,scale=4>", 4, 1, 0, {{9, 4}}, 7}),
                         [](const auto& param) { return std::to_string(param.index); });

INSTANTIATE_TEST_SUITE_P(Integers, EveryCode,
                         testing::Values(Codes{"fixed<4,4>", 8, 0}, Codes{"fixed<1,7>", 8, 0},
                                         Codes{"fixed<4,4,symmetric=on>", 8, 1},
                                         Codes{"fixed<10,-4>", 6, 0}, Codes{"fixed<-2,6>", 4, 0},
                                         Codes{"bounded<0.5,bits=8>", 8, 0},
                                         Codes{"bounded<0.001,bits=5>", 5, 0}),
                         [](const auto& param) { return std::to_string(param.index); });

INSTANTIATE_TEST_SUITE_P(
    ValueSets, EveryCode,
    testing::Values(Codes{"pow2<8,top=0>", 8, 0}, Codes{"pow2<4,top=-3>", 4, 0},
                    Codes{"pow2<4>", 4, 0, 0, {{149, 9}}, 7},
                    Codes{"pow2<2>", 2, 0, 0, {{149, 9}}, 1}, Codes{"binary", 1, 0},
                    Codes{"binary<scale=mean>", 1, 0, 0, {{bitsOf(3.5F), 32}}, 1},
                    Codes{"ternary<scale=one,threshold=0>", 2, 1},
                    Codes{"ternary<scale=max,threshold=0>", 2, 1, 0, {{bitsOf(3.5F), 32}}, 1}),
    [](const auto& param) { return std::to_string(param.index); });

/// All codes in one block, where the shared fields follow from all of its numbers.
void expectAllCodesPackToThemselves(const std::vector<Field>& shared, int width,
                                    const std::string& text) {
    auto fields = shared;
    const std::int64_t count = std::int64_t{1} << width;
    for (std::int64_t code = 0; code < count; ++code) {
        fields.push_back({static_cast<std::uint32_t>(code), width});
    }
    const auto packed = packedFields(fields);
    const auto values = unpack(packed, {count}, 0, formatOf(text));
    ASSERT_TRUE(values) << values.error().text();
    EXPECT_EQ(std::set<float>(values->begin(), values->end()).size(),
              static_cast<std::size_t>(count));
    EXPECT_EQ(pack(*values, {count}, 0, formatOf(text)).value(), packed);
}

TEST(EveryCodeOf, AffineBlocksPacksToItself) {
    for (int bits = 1; bits <= 8; ++bits) {
        SCOPED_TRACE(bits);
        expectAllCodesPackToThemselves({{bitsOf(0x1.8p-7F), 32}, {bitsOf(-1.75F), 32}}, bits,
                                       "affine<" + std::to_string(bits) + ">");
    }
}

TEST(EveryCodeOf, CodebooksPacksToItself) {
    for (int bits = 1; bits <= 8; ++bits) {
        std::vector<Field> values;
        for (int j = 0; j < 1 << bits; ++j) {
            values.push_back({bitsOf(0.37F * static_cast<float>(j * j) - 3), 32});
        }
        SCOPED_TRACE(bits);
        expectAllCodesPackToThemselves(values, bits, "codebook<" + std::to_string(bits) + ">");
    }
}

TEST(EveryScaleOf, MicroscalingIsEightBitsWithANaN) {
    for (std::uint32_t scale = 0; scale < 256; ++scale) {
        // 1.5 2^s, in the spelling of E2M1; larger scales leave room for it in binary32.
        const auto values =
            unpack(packedFields({{scale, 8}, {3, 4}}), {1}, 0, formatOf("mx<e2m1,block=1>"));
        ASSERT_TRUE(values) << scale << ": " << values.error().text();
        if (scale == 0xFF) {
            EXPECT_TRUE(std::isnan(values->front()));
        } else {
            EXPECT_EQ(values->front(), std::ldexp(1.5F, static_cast<int>(scale) - 127));
        }
    }
}

TEST(PackedLayout, IsAsDocumented) {
    // fp4_e2m1: 1 -> 0b0010, -6 -> 0b1111, 0.5 -> 0b0001; the first lies lowest.
    EXPECT_EQ(pack(std::vector<float>{1, -6, 0.5F}, {3}, 0, formatOf("fp4_e2m1")).value().bytes,
              (std::vector<std::uint8_t>{0xF2, 0x01}));
    // bfp<4,block=2>: exponent 3 + 127, then -8 as 4 steps of 2, 2 as 1 step.
    EXPECT_EQ(pack(std::vector<float>{-8, 2}, {2}, 0, formatOf("bfp<4,block=2>")).value().bytes,
              (std::vector<std::uint8_t>{130, 0x1C}));
    // Two blocks, each a column: exponents 0 + 127 and 1 + 127, elements 1 and -1 step.
    EXPECT_EQ(
        pack(std::vector<float>{1, 2, -1, -2}, {2, 2}, 0, formatOf("bfp<2,block=2>")).value().bytes,
        (std::vector<std::uint8_t>{127, 0x0D, 0xD8}));
}

struct Golden {
    const char* file;
    const char* format;
};

class GoldenCodes : public testing::TestWithParam<Golden> {};

TEST_P(GoldenCodes, StandForTheNumbersOfTheTable) {
    std::ifstream file(std::string(MANTISSA_TEST_DATA_DIR) + "/golden/codes_" + GetParam().file +
                       ".csv");
    std::string line;
    std::getline(file, line);
    int rows = 0;
    const Format format = formatOf(GetParam().format);
    const int width = static_cast<int>(storageBits(format, {1}, 0));
    while (std::getline(file, line)) {
        ++rows;
        const auto code = static_cast<std::uint32_t>(std::stoul(line.substr(0, 2), nullptr, 16));
        const auto number = std::bit_cast<float>(
            static_cast<std::uint32_t>(std::stoul(line.substr(3), nullptr, 16)));
        const auto packed = packedFields({{code, width}});
        const auto value = unpack(packed, {1}, 0, format);
        ASSERT_TRUE(value) << line;
        EXPECT_TRUE(sameNumber(value->front(), number)) << line << " gave " << value->front();
        if (!std::isnan(number)) {
            EXPECT_EQ(pack(std::vector<float>{number}, {1}, 0, format).value(), packed) << line;
        }
    }
    EXPECT_GE(rows, 8);
}

INSTANTIATE_TEST_SUITE_P(Pack, GoldenCodes,
                         testing::Values(Golden{"E2M1", "fp4_e2m1"}, Golden{"E2M3", "fp6_e2m3"},
                                         Golden{"E3M2", "fp6_e3m2"}, Golden{"E3M4", "fp8_e3m4"},
                                         Golden{"E4M3", "fp8_e4m3"}, Golden{"E5M2", "fp8_e5m2"}),
                         [](const auto& param) { return param.param.file; });

}  // namespace
}  // namespace mantissa::numerics
