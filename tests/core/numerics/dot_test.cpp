// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/dot.h"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <random>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace mantissa::numerics {
namespace {

// The same cases in every run, unless the caller asks for others.
const bool kSeeded = setenv("RC_PARAMS", "seed=20239161", 0) == 0;

constexpr float kInf = std::numeric_limits<float>::infinity();

const LoadedMultiplier kExact{};

LoadedMultiplier loaded(const char* name) {
    return loadMultiplier(parseMultiplier(name).value()).value();
}

FloatAccumulator floating(const char* text) {
    return std::get<FloatAccumulator>(parseAccumulator(text).value());
}
IntegerAccumulator integer(const char* text) {
    return std::get<IntegerAccumulator>(parseAccumulator(text).value());
}

/// NaN all the same, zeros by their sign.
bool same(float a, float b) {
    return (std::isnan(a) && std::isnan(b)) ||
           std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

struct Vectors {
    std::vector<float> a;
    std::vector<float> b;
};

/// Two vectors of equal length, 0 to 39.
rc::Gen<Vectors> vectors(const rc::Gen<float>& number) {
    return rc::gen::mapcat(rc::gen::inRange<std::size_t>(0, 40), [number](std::size_t size) {
        const auto vector = rc::gen::container<std::vector<float>>(size, number);
        return rc::gen::apply(
            [](std::vector<float> a, std::vector<float> b) {
                return Vectors{std::move(a), std::move(b)};
            },
            vector, vector);
    });
}

rc::Gen<float> moderateNumbers() {
    return rc::gen::apply(
        [](int mantissa, int exponent) {
            return std::ldexp(static_cast<float>(mantissa), exponent - 24);
        },
        rc::gen::inRange(-(1 << 24), 1 << 24), rc::gen::inRange(-12, 12));
}

/// Products of these are subnormal or zero about as often as not.
rc::Gen<float> smallNumbers() {
    return rc::gen::map(moderateNumbers(), [](float x) { return std::ldexp(x, -68); });
}

rc::Gen<float> anyNumbers() {
    return rc::gen::map(rc::gen::arbitrary<std::uint32_t>(),
                        [](std::uint32_t b) { return std::bit_cast<float>(b * 2654435761U); });
}

float fusedChain(const Vectors& v) {
    float sum = 0;
    for (std::size_t k = 0; k < v.a.size(); ++k) {
        sum = std::fma(v.a[k], v.b[k], sum);
    }
    return sum;
}

TEST(DotProperty, Fp32IsTheChainOfFusedMultiplyAdds) {
    ASSERT_TRUE(kSeeded);
    EXPECT_TRUE(rc::check([] {
        const auto v = *vectors(*rc::gen::element(moderateNumbers(), smallNumbers(), anyNumbers()));
        RC_ASSERT(same(dot(v.a, v.b, 1, kExact, floating("fp32")), fusedChain(v)));
    }));
}

TEST(DotProperty, Fp32AddsApproximateProductsInBinary32) {
    const auto mitchell = loaded("mit_7");
    EXPECT_TRUE(rc::check([&] {
        const auto v = *vectors(*rc::gen::element(moderateNumbers(), anyNumbers()));
        float sum = 0;
        for (std::size_t k = 0; k < v.a.size(); ++k) {
            sum += multiply(v.a[k], v.b[k], mitchell);
        }
        RC_ASSERT(same(dot(v.a, v.b, 1, mitchell, floating("fp32")), sum));
    }));
}

TEST(DotProperty, NoiseFreeSumsNeverMoveUnderAnyRounding) {
    EXPECT_TRUE(rc::check([] {
        auto v = *vectors(
            rc::gen::map(rc::gen::inRange(-7, 8), [](int n) { return static_cast<float>(n); }));
        const float exact = std::inner_product(v.a.begin(), v.a.end(), v.b.begin(), 0.0F);
        for (const char* text :
             {"fp<6,12,rounding=stochastic>", "fp<6,12,rounding=toward_zero,after=block>",
              "fp<6,12>", "fp<8,12,rounding=stochastic,after=block>"}) {
            RC_ASSERT(dot(v.a, v.b, 5, kExact, floating(text), {.seed = 3}) == exact);
        }
    }));
}

TEST(DotProperty, WrappingIsModularArithmetic) {
    EXPECT_TRUE(rc::check([] {
        const int bits = *rc::gen::inRange(2, 54);
        const auto modulus = std::int64_t{1} << static_cast<unsigned>(bits);
        const auto terms = *rc::gen::container<std::vector<std::int64_t>>(
            20, rc::gen::inRange<std::int64_t>(-(std::int64_t{1} << 55), std::int64_t{1} << 55));
        std::int64_t wrapped = 0;
        std::int64_t whole = 0;
        for (const auto term : terms) {
            wrapped = addInteger(wrapped, term, bits, IntegerOverflow::Wrap);
            whole += term;
            RC_ASSERT(wrapped >= -modulus / 2);
            RC_ASSERT(wrapped < modulus / 2);
            RC_ASSERT((whole - wrapped) % modulus == 0);
        }
    }));
}

TEST(DotProperty, SaturationStaysInsideItsEndsAndIsExactWithin) {
    EXPECT_TRUE(rc::check([] {
        const int bits = *rc::gen::inRange(2, 54);
        const auto end = std::int64_t{1} << static_cast<unsigned>(bits - 1);
        const auto sum = *rc::gen::inRange<std::int64_t>(-end, end);
        const auto term =
            *rc::gen::inRange<std::int64_t>(-(std::int64_t{1} << 62), std::int64_t{1} << 62);
        const auto total = addInteger(sum, term, bits, IntegerOverflow::Saturate);
        const auto expected = sum + term < -end ? -end : std::min(sum + term, end - 1);
        RC_ASSERT(total == expected);
    }));
}

TEST(DotProperty, AWideIntegerGivesTheFloatSumOfTheSameBlocks) {
    EXPECT_TRUE(rc::check([] {
        const auto size = *rc::gen::inRange<std::size_t>(0, 60);
        const auto blockSize = *rc::gen::inRange<std::int64_t>(1, 20);
        const auto blocks =
            (size + static_cast<std::size_t>(blockSize) - 1) / static_cast<std::size_t>(blockSize);
        const auto mantissas =
            rc::gen::container<std::vector<std::int32_t>>(size, rc::gen::inRange(-2047, 2048));
        const auto steps = rc::gen::container<std::vector<int>>(blocks, rc::gen::inRange(-20, 10));
        const auto a = *mantissas;
        const auto b = *mantissas;
        const auto stepsA = *steps;
        const auto stepsB = *steps;
        Vectors v;
        for (std::size_t k = 0; k < size; ++k) {
            const auto block = k / static_cast<std::size_t>(blockSize);
            v.a.push_back(std::ldexp(static_cast<float>(a[k]), stepsA[block]));
            v.b.push_back(std::ldexp(static_cast<float>(b[k]), stepsB[block]));
        }
        const RandomKey key{.seed = 9, .step = 2, .tensor = 1};
        for (const std::string sum : {"", ",rounding=toward_zero", ",rounding=stochastic"}) {
            const auto inBlocks =
                blockDot({a, stepsA}, {b, stepsB}, blockSize,
                         integer(("int<40,exp=8,man=9" + sum + ">").c_str()), key, 7);
            const auto inFloat = dot(v.a, v.b, blockSize, kExact,
                                     floating(("fp<8,9,after=block" + sum + ">").c_str()), key, 7);
            RC_ASSERT(same(inBlocks, inFloat));
        }
    }));
}

TEST(BlockDot, RoundsABlocksIntegerToBinary32BeforeItIsAdded) {
    // 32767^2 has 30 bits, of which binary32 keeps 24.
    const std::vector<std::int32_t> a{32767, -32768, 0};
    const std::vector<std::int32_t> b{32767, 32766, 1};
    const std::vector<int> steps{0, 0, 0};
    EXPECT_EQ(blockDot({a, steps}, {b, steps}, 1, integer("int<40>")),
              1073676288.0F - 1073676288.0F);
}

TEST(Dot, RoundsAfterEveryAddOrEveryBlock) {
    // Two fraction bits: steps of 1 from 4, of 2 from 8.
    const std::vector<float> a{4, 0.5F, 0.5F, 0.5F, 4, 1};
    const std::vector<float> ones(6, 1);
    EXPECT_EQ(dot(a, ones, 6, kExact, floating("fp<5,2>")), 8);  // 4, 4, 4, 4, 8, 8 (tie to even)
    EXPECT_EQ(dot(a, ones, 6, kExact, floating("fp<5,2,after=block>")), 10);  // 10.5 once
    EXPECT_EQ(dot(a, ones, 4, kExact, floating("fp<5,2,after=block>")), 12);  // 6 (5.5), 11
    EXPECT_EQ(dot(a, ones, 1, kExact, floating("fp<5,2,after=block>")), 8);
    const auto truncating = floating("fp<5,2,after=block,rounding=toward_zero>");
    EXPECT_EQ(dot(a, ones, 4, kExact, truncating), 10);  // 5, 10
}

TEST(Dot, RoundsTheExactSumOnce) {
    // 1 + 2^-3 is a tie of two fraction bits; what lies far below decides, though binary64 rounds
    // 1.125 + 2^-60 back to the tie.
    PartialSum two{.mantissaBits = 2};
    EXPECT_EQ(addRounded(1.0F, 0.125, two), 1.0F);
    EXPECT_EQ(addRounded(0x1p-60F, 1.125, two), 1.25F);
    EXPECT_EQ(addRounded(-0x1p-60F, 1.125, two), 1.0F);
    EXPECT_EQ(addRounded(-0x1p-60F, 1.375, two), 1.25F);
    two.rounding = Rounding::TowardZero;
    EXPECT_EQ(addRounded(-0x1p-60F, 1.25, two), 1.0F);
    EXPECT_EQ(addRounded(0x1p-60F, -1.25, two), -1.0F);
}

TEST(Dot, EndsOfTheRangeAreAsTheSumSays) {
    const std::vector<float> half{100000, -100000};
    const std::vector<float> one{1, 1};
    const auto first = [](const std::vector<float>& v) { return std::span(v).first(1); };
    // Five exponent bits: up to 65504 with ten fraction bits, smallest normal 2^-14.
    EXPECT_EQ(dot(first(half), first(one), 1, kExact, floating("fp<5,10>")), kInf);
    EXPECT_EQ(dot(first(half), first(one), 1, kExact, floating("fp<5,10,saturate=on>")), 65504);
    EXPECT_TRUE(std::isnan(dot(std::vector<float>{kInf, -kInf}, one, 1, kExact, floating("fp32"))));
    EXPECT_EQ(dot(half, one, 1, kExact, floating("fp<5,10,saturate=on>")), 65504 - 100000 + 0.0F);
    const std::vector<float> small{0x1.8p-15F};
    EXPECT_EQ(dot(small, first(one), 1, kExact, floating("fp<5,10>")), 0x1.8p-15F);
    EXPECT_EQ(dot(small, first(one), 1, kExact, floating("fp<5,10,subnormals=off>")), 0);
}

TEST(Dot, OfNothingIsZero) {
    EXPECT_TRUE(same(dot({}, {}, 4, kExact, floating("fp<5,10,rounding=stochastic>")), 0.0F));
    EXPECT_TRUE(same(blockDot({}, {}, 4, integer("int<8>")), 0.0F));
}

TEST(Dot, KeepsTheSignOfASumThatVanished) {
    const std::vector<float> a{-0x1p-100F, -0.0F};
    const std::vector<float> b{0x1p-100F, 1};
    EXPECT_TRUE(same(fusedChain({a, b}), -0.0F));
    EXPECT_TRUE(same(dot(a, b, 1, kExact, floating("fp32")), -0.0F));
}

TEST(Dot, StochasticRoundingIsUnbiased) {
    // 1 + 2^-10 with two fraction bits: up to 1.25 with probability 2^-8.
    const std::vector<float> a{1, 0x1p-10F};
    const std::vector<float> ones(2, 1);
    const auto accumulator = floating("fp<5,2,rounding=stochastic>");
    constexpr int kDraws = 200000;
    double sum = 0;
    for (int element = 0; element < kDraws; ++element) {
        sum += static_cast<double>(dot(a, ones, 1, kExact, accumulator, {.seed = 5}, element));
    }
    const double probability = 0x1p-8;
    const double standardError = 0.25 * std::sqrt(probability * (1 - probability) / kDraws);
    EXPECT_NEAR(sum / kDraws, 1 + 0x1p-10, 3 * standardError);
}

TEST(Dot, StochasticRoundingTakesTheWordsOfItsElement) {
    // Element e of two terms takes the words 2e and 2e + 1, which elements of one term take too.
    const auto accumulator = floating("fp<5,1,rounding=stochastic>");
    const std::vector<float> one{1};
    const auto single = [&](float x, std::int64_t element) {
        return dot(std::vector<float>{x}, one, 1, kExact, accumulator, {.seed = 8}, element);
    };
    int moved = 0;
    for (std::int64_t element = 0; element < 64; ++element) {
        const std::vector<float> a{1.25F, 1.0F};
        const float both =
            dot(a, std::vector<float>{1, 1}, 1, kExact, accumulator, {.seed = 8}, element);
        const float first = single(1.25F, 2 * element);
        EXPECT_EQ(both, single(first + 1.0F, 2 * element + 1));
        moved += first > 1.25F ? 1 : 0;
    }
    EXPECT_GT(moved, 16);
    EXPECT_LT(moved, 48);
}

TEST(BlockDot, SaturatesAfterEveryAdditionAndWrapsAtTheEnd) {
    const std::vector<std::int32_t> a{100, 100, -100};
    const std::vector<std::int32_t> ones(3, 1);
    const std::vector<int> steps{-3};
    const BlockVector left{a, steps};
    const BlockVector right{ones, steps};
    EXPECT_EQ(blockDot(left, right, 3, integer("int<8>")), 27 / 64.0F);  // 127 - 100
    EXPECT_EQ(blockDot(left, right, 3, integer("int<8,overflow=wrap>")), 100 / 64.0F);
    EXPECT_EQ(blockDot(left, right, 3, integer("int<9>")), 100 / 64.0F);
}

TEST(BlockDot, ScalesEachBlockByItsExponents) {
    const std::vector<std::int32_t> a{3, 5, 7};
    const std::vector<std::int32_t> b{2, 2, -2};
    const std::vector<int> stepsA{0, 4};
    const std::vector<int> stepsB{-1, 1};
    EXPECT_EQ(blockDot({a, stepsA}, {b, stepsB}, 2, integer("int<16>")), 8 - 14 * 32);
}

TEST(BlockDot, HoldsTheLargestProductsOfMantissas) {
    const auto least = std::numeric_limits<std::int32_t>::min();
    const std::vector<std::int32_t> a{least, least};
    const std::vector<int> steps{0};
    EXPECT_EQ(blockDot({a, steps}, {a, steps}, 2, integer("int<53>")), 0x1p52F);
    EXPECT_EQ(blockDot({a, steps}, {a, steps}, 2, integer("int<53,overflow=wrap>")), 0.0F);
}

/// Against arithmetic with 64 bits of significand, which holds these sums exactly.
TEST(AddRounded, RoundsTheExactSumOnceAtEveryWidth) {
    std::mt19937 generator(17);
    std::uniform_real_distribution<float> uniform(-2, 2);
    for (const auto rounding : {Rounding::NearestEven, Rounding::TowardZero}) {
        for (int i = 0; i < 20000; ++i) {
            const PartialSum format{.exponentBits = 6,
                                    .mantissaBits = 1 + static_cast<int>(generator() % 23U),
                                    .rounding = rounding};
            const float sum = std::ldexp(uniform(generator), static_cast<int>(generator() % 24U));
            const float term = std::ldexp(uniform(generator), static_cast<int>(generator() % 24U));
            const long double exact =
                static_cast<long double>(sum) + static_cast<long double>(term);
            const int step = std::ilogb(exact) - format.mantissaBits;
            const long double steps = std::ldexp(exact, -step);
            const long double whole =
                rounding == Rounding::NearestEven ? std::nearbyint(steps) : std::trunc(steps);
            EXPECT_EQ(addRounded(sum, static_cast<double>(term), format),
                      static_cast<float>(std::ldexp(whole, step)))
                << sum << " + " << term << ", " << format.mantissaBits << " bits";
        }
    }
}

}  // namespace
}  // namespace mantissa::numerics
