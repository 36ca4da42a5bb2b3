// SPDX-License-Identifier: GPL-3.0-or-later
// What holds for every format and number, and the worked examples of the literature.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/core/numerics/format_cases.h"

namespace mantissa::numerics {
namespace {

using ::testing::ElementsAre;

std::vector<float> quantised(const std::vector<float>& in, const TensorFormat& format,
                             const RandomKey& key = {}) {
    std::vector<float> out(in.size());
    ThreadTeam team;
    quantise(in, out, {static_cast<std::int64_t>(in.size())}, 0, format, key, team);
    return out;
}

std::vector<float> quantised(const std::vector<float>& in, const char* format,
                             Rounding rounding = Rounding::NearestEven) {
    return quantised(in, {parseFormat(format).value(), rounding});
}

float largestMagnitude(const std::vector<float>& values) {
    float largest = 0;
    for (const float x : values) {
        largest = std::max(largest, std::fabs(x));
    }
    return largest;
}

rc::Gen<Rounding> nearestRoundings() {
    return rc::gen::element(Rounding::NearestEven, Rounding::NearestAway, Rounding::NearestUp);
}

rc::Gen<float> finiteNumbers() {
    return rc::gen::apply(
        [](int mantissa, int exponent) {
            return std::ldexp(static_cast<float>(mantissa), exponent - 24);
        },
        rc::gen::inRange(-(1 << 24), 1 << 24), rc::gen::inRange(-40, 20));
}

rc::Gen<Minifloat> minifloats() {
    return rc::gen::apply(
        [](int exponentBits, int mantissaBits, MinifloatVariant variant, bool subnormals) {
            return Minifloat{exponentBits, mantissaBits, {}, variant, subnormals, true};
        },
        rc::gen::inRange(2, 8), rc::gen::inRange(0, 11),
        rc::gen::element(MinifloatVariant::Ieee, MinifloatVariant::Fn, MinifloatVariant::AllCodes),
        rc::gen::arbitrary<bool>());
}

rc::Gen<BlockFloat> blockFloats() {
    return rc::gen::apply(
        [](int bits, std::int64_t size, SharedExponentRule rule) {
            BlockFloat format{.mantissaBits = bits};
            format.block.size = size;
            format.rule = rule;
            return format;
        },
        rc::gen::inRange(2, 14), rc::gen::inRange<std::int64_t>(1, 20),
        rc::gen::element(SharedExponentRule::Floor, SharedExponentRule::Ceil));
}

TEST(Property, MinifloatsAreFixedPoints) {
    ASSERT_TRUE(kSeeded);
    EXPECT_TRUE(rc::check([] {
        const TensorFormat format{*minifloats(), *nearestRoundings()};
        const auto once =
            quantised(*rc::gen::container<std::vector<float>>(20, finiteNumbers()), format);
        RC_ASSERT(quantised(once, format) == once);
        RC_ASSERT(quantised(once, {format.format, Rounding::Stochastic}) == once);
    }));
}

TEST(Property, FloorRuleBlocksAreFixedPoints) {
    EXPECT_TRUE(rc::check([] {
        auto block = *blockFloats();
        block.rule = SharedExponentRule::Floor;
        const TensorFormat format{block, *nearestRoundings()};
        const auto once =
            quantised(*rc::gen::container<std::vector<float>>(20, finiteNumbers()), format);
        RC_ASSERT(quantised(once, format) == once);
    }));
}

TEST(Property, MinifloatErrorIsAtMostHalfAStepInRange) {
    EXPECT_TRUE(rc::check([] {
        auto minifloat = *minifloats();
        minifloat.subnormals = true;
        const auto range = rangeOf(minifloat);
        const float x = *finiteNumbers();
        RC_PRE(std::fabs(static_cast<double>(x)) <= range.largest);
        const double magnitude = std::max(std::fabs(static_cast<double>(x)), range.smallestNormal);
        const double step = std::ldexp(1.0, std::ilogb(magnitude) - minifloat.mantissaBits);
        const float q = quantised({x}, {minifloat, *nearestRoundings()})[0];
        RC_ASSERT(std::fabs(static_cast<double>(q) - static_cast<double>(x)) <= step / 2);
    }));
}

TEST(Property, BlockErrorIsAtMostHalfAStepBelowTheLargestCode) {
    EXPECT_TRUE(rc::check([] {
        auto format = *blockFloats();
        format.block.kind = BlockShape::Kind::Tensor;
        const auto in = *rc::gen::container<std::vector<float>>(20, finiteNumbers());
        const float largest = largestMagnitude(in);
        RC_PRE(largest > 0);
        const int p = format.magnitudeBits();
        const int exponent = std::ilogb(largest);
        const bool powerOfTwo = std::ldexp(1.0F, exponent) == largest;
        const bool oneMore = format.rule == SharedExponentRule::Floor || !powerOfTwo;
        const double step = std::ldexp(1.0, exponent + (oneMore ? 1 : 0) - p);
        const auto out = quantised(in, {format, *nearestRoundings()});
        for (std::size_t i = 0; i < in.size(); ++i) {
            const double error =
                std::fabs(static_cast<double>(out[i]) - static_cast<double>(in[i]));
            const bool clamped =
                std::fabs(static_cast<double>(in[i])) > (std::ldexp(1.0, p) - 1) * step;
            RC_ASSERT(error <= (clamped ? step : step / 2));
        }
    }));
}

TEST(Property, RoundingIsMonotone) {
    EXPECT_TRUE(rc::check([] {
        auto block = *blockFloats();
        block.block.kind = BlockShape::Kind::Tensor;
        const Format format = *rc::gen::arbitrary<bool>() ? Format{*minifloats()} : Format{block};
        auto in = *rc::gen::container<std::vector<float>>(20, finiteNumbers());
        std::sort(in.begin(), in.end());
        const auto out =
            quantised(in, {format, *rc::gen::element(Rounding::NearestEven, Rounding::NearestAway,
                                                     Rounding::NearestUp, Rounding::TowardZero)});
        RC_ASSERT(std::is_sorted(out.begin(), out.end()));
    }));
}

TEST(Property, SymmetricRoundingsAreOdd) {
    EXPECT_TRUE(rc::check([] {
        const Format format =
            *rc::gen::arbitrary<bool>() ? Format{*minifloats()} : Format{*blockFloats()};
        const TensorFormat tensorFormat{
            format, *rc::gen::element(Rounding::NearestEven, Rounding::NearestAway,
                                      Rounding::TowardZero, Rounding::Stochastic)};
        auto in = *rc::gen::container<std::vector<float>>(20, finiteNumbers());
        const auto out = quantised(in, tensorFormat);
        for (auto& x : in) {
            x = -x;
        }
        const auto mirrored = quantised(in, tensorFormat);
        for (std::size_t i = 0; i < in.size(); ++i) {
            RC_ASSERT(mirrored[i] == -out[i]);
            RC_ASSERT(std::signbit(mirrored[i]) != std::signbit(out[i]));
        }
    }));
}

TEST(Quantise, RoundsTiesAsNamed) {
    const std::vector<float> ties{0.5F, 1.5F, 2.5F, -0.5F, -1.5F, -2.5F, 63.0F};
    const char* const format = "bfp<7,block=16>";  // steps of one
    EXPECT_THAT(quantised(ties, format, Rounding::NearestEven),
                ElementsAre(0, 2, 2, -0.0F, -2, -2, 63));
    EXPECT_THAT(quantised(ties, format, Rounding::NearestAway),
                ElementsAre(1, 2, 3, -1, -2, -3, 63));
    EXPECT_THAT(quantised(ties, format, Rounding::NearestUp),
                ElementsAre(1, 2, 3, -0.0F, -1, -2, 63));
    EXPECT_THAT(quantised(ties, format, Rounding::TowardZero),
                ElementsAre(0, 1, 2, -0.0F, -1, -2, 63));
}

TEST(Quantise, JustBelowATieGoesDown) {
    const float below = std::nextafter(0.5F, 0.0F);
    for (const auto rounding :
         {Rounding::NearestEven, Rounding::NearestAway, Rounding::NearestUp}) {
        EXPECT_EQ(quantised({below, 63}, "bfp<7,block=16>", rounding)[0], 0)
            << roundingText(rounding);
    }
}

// The block {7, 1.3, -0.4, 0.24} in the conventions of the published systems.
TEST(Quantise, GivesTheWorkedExampleOfEachConvention) {
    const std::vector<float> block{7, 1.3F, -0.4F, 0.24F};
    const auto zero = Rounding::TowardZero;
    EXPECT_THAT(quantised(block, "bfp<3,sign=out,block=16>", zero), ElementsAre(7, 1, 0, 0));
    EXPECT_THAT(quantised(block, "bfp<7,sign=out,block=16>", zero),
                ElementsAre(7, 1.25F, -0.375F, 0.1875F));
    EXPECT_THAT(quantised(block, "bfp<8,sign=out,block=16>", zero),
                ElementsAre(7, 1.28125F, -0.375F, 0.21875F));
    EXPECT_THAT(quantised(block, "bfp<2,sign=out,block=16>", zero), ElementsAre(6, 0, 0, 0));
    EXPECT_THAT(quantised(block, "hbfp4"), ElementsAre(7, 1, 0, 0));
    EXPECT_THAT(quantised(block, "hbfp6"), ElementsAre(7, 1.25F, -0.5F, 0.25F));
    EXPECT_THAT(quantised(block, "hbfp8"), ElementsAre(7, 1.3125F, -0.375F, 0.25F));
}

// HBFPEmulator's rule in binary32: 1e-8 is lost beside 1, so a power of two clips.
TEST(Quantise, HbfpClipsAPowerOfTwo) {
    EXPECT_THAT(quantised({1.0F}, "hbfp8"), ElementsAre(0.9921875F));
    EXPECT_THAT(quantised({0.125F}, "hbfp8"), ElementsAre(0.125F));
    EXPECT_THAT(quantised({0.9F, -0.33F, 0.05F, 0.011F}, "hbfp4"),
                ElementsAre(0.875F, -0.375F, 0, 0));
}

TEST(Quantise, ExponentJustBelowAPowerOfTwoIsExact) {
    const float below = std::nextafter(1024.0F, 0.0F);  // whose binary32 log2 rounds to 10
    EXPECT_THAT(quantised({below, 4.0F}, "bfp<8,block=16>"), ElementsAre(1016, 0));
    EXPECT_THAT(quantised({below, 8.0F}, "bfp<8,block=16>"), ElementsAre(1016, 8));
}

TEST(Quantise, SharedExponentsStayInsideTheirField) {
    // exp=4: exponents -7 to 8, so with 7 magnitude bits steps 2^-13 to 4.
    EXPECT_THAT(quantised({0x1p-10F, 0x1.8p-14F, 0x1p-15F}, "bfp<8,exp=4,block=16>"),
                ElementsAre(0x1p-10F, 0x1p-13F, 0));
    EXPECT_THAT(quantised({100000, 5}, "bfp<8,exp=4,block=16>"), ElementsAre(508, 4));
}

TEST(Quantise, AScaleBeyondItsBitsMakesItsBlockNaN) {
    // scale=4: up to 2^7; E2M1's largest exponent is 2, so that numbers end below 2^10.
    constexpr auto kFormat = "mx<e2m1,block=16,scale=4>";
    std::vector<float> in(48, 1.0F);
    in[3] = 1023;
    in[20] = 1024;
    const auto out = quantised(in, kFormat);
    EXPECT_EQ(out[3], 768);
    EXPECT_TRUE(
        std::all_of(out.begin() + 16, out.begin() + 32, [](float x) { return std::isnan(x); }));
    EXPECT_EQ(out[40], 1);
    EXPECT_EQ(quantised({0x1p-11F, 0x1p-8F}, kFormat)[0], 0);  // below, the smallest scale serves
    // What rounds up past the top needs the next scale; the last binade of binary32 has none above.
    EXPECT_TRUE(std::isnan(quantised({1000}, "mx<e2m1,block=16,scale=4,rule=even>")[0]));
    EXPECT_TRUE(std::isfinite(
        quantised({std::numeric_limits<float>::max()}, "mx<e2m1,block=16,rule=even>")[0]));
}

TEST(Quantise, NonFiniteNumbersPassThroughABlockThatTheFiniteOnesShape) {
    const float inf = std::numeric_limits<float>::infinity();
    const auto out = quantised({std::nanf(""), inf, -inf, 1.3F}, "bfp<4,block=16>");
    EXPECT_TRUE(std::isnan(out[0]));
    EXPECT_EQ(out[1], inf);
    EXPECT_EQ(out[2], -inf);
    EXPECT_EQ(out[3], 1.25F);
}

TEST(Quantise, OverflowSaturatesOrBecomesInfinity) {
    const float inf = std::numeric_limits<float>::infinity();
    EXPECT_THAT(quantised({463, 464, 465, 1e9F, -1e9F, inf}, "float<4,3,variant=fn,overflow=inf>"),
                ElementsAre(448, 448, inf, inf, -inf, inf));
    EXPECT_THAT(quantised({465, -1e9F, inf}, "fp8_e4m3"), ElementsAre(448, -448, inf));
}

TEST(Quantise, WorksInTensorsWithoutElements) {
    std::vector<float> none;
    ThreadTeam team;
    quantise(none, none, {3, 0}, 1, {parseFormat("bfp<8,block=16>").value()}, {}, team);
    EXPECT_TRUE(none.empty());
}

}  // namespace
}  // namespace mantissa::numerics
