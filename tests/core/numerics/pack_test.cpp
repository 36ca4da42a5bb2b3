// SPDX-License-Identifier: GPL-3.0-or-later
// What pack() stores is what the format says, no bit more, and unpack() gives it back.
#include "core/numerics/pack.h"

#include <algorithm>
#include <array>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/numerics/format_cases.h"

namespace mantissa::numerics {
namespace {

using ::testing::HasSubstr;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

class EveryFormatPacked : public testing::TestWithParam<std::string> {};

void expectRoundTrip(const std::vector<float>& values, const Shape& shape, int axis,
                     const Format& format) {
    const auto packed = pack(values, shape, axis, format);
    ASSERT_TRUE(packed) << packed.error().text();
    EXPECT_EQ(packed->bits, storageBits(format, shape, axis));
    EXPECT_EQ(packed->bytes.size(), static_cast<std::size_t>((packed->bits + 7) / 8));
    const auto back = unpack(*packed, shape, axis, format);
    ASSERT_TRUE(back) << back.error().text();
    ASSERT_EQ(back->size(), values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        ASSERT_TRUE(sameNumber(values[i], (*back)[i]))
            << "element " << i << ": " << std::hexfloat << values[i] << " came back as "
            << (*back)[i];
    }
}

TEST_P(EveryFormatPacked, ComesBackBitForBitInEveryShapeAndRounding) {
    const Format format = formatOf(GetParam());
    std::uint32_t seed = 0;
    forEachShapeAndAxis([&](const Shape& shape, int axis) {
        for (const auto rounding : kAllRoundings) {
            for (const auto kind : {Numbers::Ordinary, Numbers::Wild}) {
                SCOPED_TRACE(testing::Message()
                             << roundingText(rounding) << " " << shapeText(shape) << " axis "
                             << axis << (kind == Numbers::Wild ? " wild" : ""));
                auto values = scalarQuantised(numbersOf(kind, elementCount(shape), ++seed), shape,
                                              axis, {format, rounding});
                // What a format without saturation made of numbers too large for it.
                std::replace_if(
                    values.begin(), values.end(), [](float x) { return std::isinf(x); }, 0.0F);
                expectRoundTrip(values, shape, axis, format);
            }
        }
    });
}

TEST_P(EveryFormatPacked, TakesTheStorageBitsOfTheRegistry) {
    const Format format = formatOf(GetParam());
    forEachShapeAndAxis([&](const Shape& shape, int axis) {
        const auto count = elementCount(shape);
        const auto values = scalarQuantised(numbersOf(Numbers::Ordinary, count, 3), shape, axis,
                                            {format, Rounding::NearestEven});
        const auto packed = pack(values, shape, axis, format);
        ASSERT_TRUE(packed) << packed.error().text();
        EXPECT_NEAR(static_cast<double>(packed->bits),
                    storageBitsPerElement(format, shape, axis) * static_cast<double>(count), 1e-6);
    });
}

/// Blocks far from zero for their width leave the least to find their scale or step from.
TEST_P(EveryFormatPacked, ComesBackFromNumbersThatLieCloseTogether) {
    const Format format = formatOf(GetParam());
    std::uint32_t seed = 100;
    for (const float centre : {1.0F, -300.0F, 255.75F, 0x1p20F, 0x1p-140F, 0x1.fffffep127F}) {
        for (int spread = 2; spread < 24; spread += 3) {
            for (const auto rounding :
                 {Rounding::NearestEven, Rounding::Floor, Rounding::Stochastic}) {
                auto in = numbersOf(Numbers::Ordinary, 48, ++seed);
                for (float& x : in) {
                    x = centre + std::ldexp(centre * std::clamp(x, -4.0F, 0.0F) / 4, -spread);
                }
                SCOPED_TRACE(testing::Message() << centre << " " << spread);
                const auto values = scalarQuantised(in, {48}, 0, {format, rounding});
                if (std::none_of(values.begin(), values.end(),
                                 [](float x) { return std::isinf(x); })) {
                    expectRoundTrip(values, {48}, 0, format);
                }
            }
        }
    }
}

TEST_P(EveryFormatPacked, RefusesTooFewAndTooManyBits) {
    const Format format = formatOf(GetParam());
    const Shape shape{3, 20};
    const auto packed = pack(scalarQuantised(numbersOf(Numbers::Ordinary, 60, 5), shape, 1,
                                             {format, Rounding::NearestEven}),
                             shape, 1, format)
                            .value();
    auto truncated = packed;
    truncated.bytes.pop_back();
    auto oversized = packed;
    oversized.bytes.push_back(0);
    auto miscounted = packed;
    ++miscounted.bits;
    for (const auto& wrong : {truncated, oversized, miscounted, PackedTensor{}}) {
        const auto result = unpack(wrong, shape, 1, format);
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, ErrorCode::Corrupt);
        EXPECT_THAT(result.error().text(), HasSubstr(std::to_string(packed.bits)));
    }
    EXPECT_FALSE(unpack(packed, {3, 21}, 1, format));
}

TEST_P(EveryFormatPacked, AnyBitsAreNumbersThatPackAgainOrAnError) {
    const Format format = formatOf(GetParam());
    const Shape shape{5, 7};
    std::mt19937 random(9);
    for (int trial = 0; trial < 200; ++trial) {
        PackedTensor packed{{}, storageBits(format, shape, 0)};
        packed.bytes.resize(static_cast<std::size_t>((packed.bits + 7) / 8));
        for (auto& byte : packed.bytes) {
            byte = static_cast<std::uint8_t>(random());
        }
        if (packed.bits % 8 != 0) {
            packed.bytes.back() = static_cast<std::uint8_t>(
                packed.bytes.back() & ((1U << static_cast<unsigned>(packed.bits % 8)) - 1));
        }
        if (const auto values = unpack(packed, shape, 0, format)) {
            // What quantise() returns has the block's minimum, or the largest exponent, among it;
            // any bits need not.
            const auto* b = std::get_if<BlockFloat>(&format);
            if (!std::holds_alternative<AffineInteger>(format) &&
                (b == nullptr || b->rule != SharedExponentRule::Exempt)) {
                expectRoundTrip(*values, shape, 0, format);
                ASSERT_FALSE(HasFatalFailure());
            }
        } else {
            EXPECT_EQ(values.error().code, ErrorCode::Corrupt);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Pack, EveryFormatPacked, testing::ValuesIn(formatTexts()),
                         [](const auto& param) { return std::to_string(param.index); });

TEST(Pack, KeepsTheSpecialNumbersThatAFormatHas) {
    expectRoundTrip({kNaN, kInf, -kInf, -0.0F, 1e-45F}, {5}, 0, Fp32{});
    expectRoundTrip({kNaN, kInf, -kInf, 0.0F, -0.0F}, {5}, 0, formatOf("fp16"));
    expectRoundTrip({kNaN, 448, -0.0F}, {3}, 0, formatOf("fp8_e4m3"));
    expectRoundTrip({kInf, -kInf, 0}, {3}, 0, formatOf("float<3,0>"));
    expectRoundTrip({kNaN, kNaN, 1, -0.0F}, {4}, 0, formatOf("mx<e4m3,block=2>"));
    expectRoundTrip({0.0F, -0.0F}, {2}, 0, formatOf("hbfp8"));
}

struct Refused {
    const char* format;
    std::vector<float> values;
    std::size_t element;
    const char* reason;
};

class PackRefuses : public testing::TestWithParam<Refused> {};

TEST_P(PackRefuses, WhatTheFormatHasNoCodeFor) {
    const auto& p = GetParam();
    const auto result =
        pack(p.values, {static_cast<std::int64_t>(p.values.size())}, 0, formatOf(p.format));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::InvalidInput);
    EXPECT_THAT(result.error().message, HasSubstr("element " + std::to_string(p.element) + " is"));
    EXPECT_THAT(result.error().message, HasSubstr(formatText(formatOf(p.format))));
    EXPECT_THAT(result.error().message, HasSubstr(p.reason));
}

INSTANTIATE_TEST_SUITE_P(
    Pack, PackRefuses,
    testing::Values(
        Refused{"fixed<4,4>", {1, kNaN}, 1, "NaN"}, Refused{"fixed<4,4>", {1, -0.0F}, 1, "-0"},
        Refused{"fixed<4,4>", {1, 2, 0.03125F}, 2, "2^-4"}, Refused{"fixed<4,4>", {8}, 0, "7.9375"},
        Refused{"fixed<4,4,symmetric=on>", {0, -8}, 1, "7.9375"},
        Refused{"fixed<4,4,clamp=off>", {0, 100}, 1, "larger"},
        Refused{"fp8_e4m3", {1, kInf}, 1, "infinity"},
        Refused{"fp8_e4m3", {1, 1.0625F}, 1, "between"}, Refused{"fp8_e4m3", {449}, 0, "448"},
        Refused{"fp4_e2m1", {kNaN}, 0, "NaN"}, Refused{"float<3,0>", {kNaN}, 0, "NaN"},
        Refused{"fp10_a", {0x1p-15F}, 0, "between"},
        Refused{"bfp<4,block=2>", {8, 2, 8, 1}, 3, "2^1"},
        Refused{"bfp<4,block=2>", {8, kNaN}, 1, "NaN"},
        Refused{"bfp<4,exp=2,block=2>", {8, 64}, 0, "7"}, Refused{"smx9", {1, 0x1p-8F}, 1, "2^-6"},
        Refused{"mx<e4m3,block=2>", {kNaN, 1}, 0, "NaN"},
        Refused{"mx<int8,block=2>", {1, -0.0F}, 1, "-0"},
        Refused{"mx<e2m1,block=2>", {6, 5}, 1, "between"},
        Refused{"affine<2>", {0, 1, 10, 3.14159F}, 2, "no scale"},
        Refused{"affine<8>", {0, kInf}, 1, "infinities"},
        Refused{"pow2<3>", {4, 2, 0.5F}, 2, "2^0 to 2^2"},
        Refused{"pow2<3>", {4, 3}, 1, "power of two"}, Refused{"binary", {1, 0}, 1, "neither"},
        Refused{"binary<scale=mean>", {2, -2, 3}, 2, "magnitude"},
        Refused{"ternary", {2, 0, -3}, 0, "magnitude"},
        Refused{"codebook<1>", {2, 0, -3}, 0, "3 values"},
        Refused{"bounded<0.5>", {2, 0.5F}, 1, "twice the bound"},
        Refused{"bounded<0.5,bits=2>", {0, 2}, 1, "larger than 1"},
        Refused{"bounded<0.1,kind=relative,bits=3>", {1, 0, 3.5F}, 2, "no step"}),
    [](const auto& param) { return std::to_string(param.index); });

TEST(Pack, RefusesShapesAndAxesThatCannotBe) {
    const Format format = formatOf("hbfp8");
    const std::vector<float> four(4);
    EXPECT_THAT(pack(four, {5}, 0, format).error().text(), HasSubstr("must be 5"));
    EXPECT_THAT(pack(four, {4}, 1, format).error().text(), HasSubstr("from 0 to 0"));
    EXPECT_THAT(pack(four, {2, 2}, -1, format).error().text(), HasSubstr("from 0 to 1"));
    EXPECT_THAT(pack(four, {-4}, 0, format).error().text(), HasSubstr("0 or more"));
    EXPECT_FALSE(pack(four, {std::int64_t{1} << 40, std::int64_t{1} << 40}, 0, format));
    EXPECT_FALSE(unpack({}, {std::int64_t{1} << 40, std::int64_t{1} << 40}, 0, format));
    EXPECT_FALSE(pack(four, {4}, 0, FixedPoint{100, 100}));
}

TEST(Unpack, RefusesOnesBehindTheLastBit) {
    const Format format = formatOf("fp4_e2m1");
    auto packed = pack(std::vector<float>{1, 2, 3}, {3}, 0, format).value();
    packed.bytes.back() |= 0x80U;
    EXPECT_THAT(unpack(packed, {3}, 0, format).error().text(), HasSubstr("behind its last bit"));
}

}  // namespace
}  // namespace mantissa::numerics
