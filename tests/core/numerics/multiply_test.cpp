// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/multiply.h"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/support/files.h"
#include "tests/support/temporary_folder.h"

namespace mantissa::numerics {
namespace {

// The same cases in every run, unless the caller asks for others.
const bool kSeeded = setenv("RC_PARAMS", "seed=20239161", 0) == 0;

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kLargest = std::numeric_limits<float>::max();
constexpr float kSmallestNormal = std::numeric_limits<float>::min();

LoadedMultiplier loaded(const std::string& name) {
    return loadMultiplier(parseMultiplier(name).value()).value();
}

std::vector<LoadedMultiplier> approximate() {
    std::vector<LoadedMultiplier> all;
    for (const auto& named : namedMultipliers()) {
        if (named.name != "fp32") {
            all.push_back(loaded(named.name));
        }
    }
    return all;
}

std::uint32_t bits(float x) {
    return std::bit_cast<std::uint32_t>(x);
}

/// Any bit pattern, of which most are normal numbers.
rc::Gen<float> numbers() {
    return rc::gen::map(rc::gen::arbitrary<std::uint32_t>(),
                        [](std::uint32_t b) { return std::bit_cast<float>(b * 2654435761U); });
}

/// With exponents whose sums neither flush nor overflow.
rc::Gen<float> moderateNumbers() {
    return rc::gen::apply(
        [](std::uint32_t mantissa, int exponent, bool negative) {
            const float x = std::ldexp(1.0F + static_cast<float>(mantissa) * 0x1p-23F, exponent);
            return negative ? -x : x;
        },
        rc::gen::inRange(0U, 1U << 23U), rc::gen::inRange(-60, 60), rc::gen::arbitrary<bool>());
}

TEST(MultiplyProperty, EveryRuleCommutes) {
    ASSERT_TRUE(kSeeded);
    const auto all = approximate();
    EXPECT_TRUE(rc::check([&] {
        const auto& multiplier = all[*rc::gen::inRange<std::size_t>(0, all.size())];
        const float a = *numbers();
        const float b = *numbers();
        RC_ASSERT(bits(multiply(a, b, multiplier)) == bits(multiply(b, a, multiplier)));
    }));
}

TEST(MultiplyProperty, SignsOnlySignTheProduct) {
    const auto all = approximate();
    EXPECT_TRUE(rc::check([&] {
        const auto& multiplier = all[*rc::gen::inRange<std::size_t>(0, all.size())];
        const float a = *numbers();
        const float b = *numbers();
        RC_PRE(!std::isnan(multiply(a, b, multiplier)));
        RC_ASSERT(bits(multiply(-a, b, multiplier)) == bits(-multiply(a, b, multiplier)));
        RC_ASSERT(bits(multiply(-a, -b, multiplier)) == bits(multiply(a, b, multiplier)));
    }));
}

TEST(MultiplyProperty, MitchellIsExactForPowersOfTwo) {
    const auto direct = loaded("mit_23");
    const auto table = loaded("mit_7");
    EXPECT_TRUE(rc::check([&] {
        const float power = std::ldexp(*rc::gen::element(1.0F, -1.0F), *rc::gen::inRange(-60, 60));
        const float a = *moderateNumbers();
        RC_ASSERT(multiply(a, power, direct) == a * power);
        const auto cut = std::bit_cast<float>(bits(a) & 0xFFFF0000U);
        RC_ASSERT(multiply(a, power, table) == cut * power);
    }));
}

TEST(MultiplyProperty, MitchellErrsBetweenMinusOneNinthAndZero) {
    const auto direct = loaded("mit_23");
    EXPECT_TRUE(rc::check([&] {
        const float a = *moderateNumbers();
        const float b = *moderateNumbers();
        const double exact = static_cast<double>(a) * static_cast<double>(b);
        const double error = static_cast<double>(multiply(a, b, direct)) / exact - 1;
        RC_ASSERT(error <= 0);
        RC_ASSERT(error >= -1.0 / 9 - 1e-12);
    }));
}

TEST(MultiplyProperty, TheTruncatedProductIsBfloat16sCut) {
    const auto bfloat16 = loaded("acc_7");
    const auto binary32 = loaded("acc_23");
    const auto cut = [](double x, int kept) {  // toward zero, to 1 + kept bits
        const int step = std::ilogb(x) - kept;
        return std::ldexp(std::trunc(std::ldexp(x, -step)), step);
    };
    EXPECT_TRUE(rc::check([&] {
        const auto a = static_cast<double>(*moderateNumbers());
        const auto b = static_cast<double>(*moderateNumbers());
        const auto product = [&](const LoadedMultiplier& multiplier) {
            return static_cast<double>(
                multiply(static_cast<float>(a), static_cast<float>(b), multiplier));
        };
        RC_ASSERT(product(bfloat16) == cut(cut(a, 7) * cut(b, 7), 7));
        RC_ASSERT(product(binary32) == cut(a * b, 23));
    }));
}

TEST(MultiplyProperty, OnlyTheKeptBitsOfAnOperandCount) {
    EXPECT_TRUE(rc::check([] {
        const int m = *rc::gen::inRange(1, 8);
        const auto multiplier = loaded("mbm_" + std::to_string(m));
        const float a = *moderateNumbers();
        const float b = *moderateNumbers();
        const std::uint32_t kept = ~((1U << static_cast<unsigned>(23 - m)) - 1);
        const auto cut = std::bit_cast<float>(bits(a) & kept);
        const float product = multiply(a, b, multiplier);
        RC_ASSERT(bits(product) == bits(multiply(cut, b, multiplier)));
        RC_ASSERT((bits(product) & kept) == bits(product));
    }));
}

TEST(Multiply, IsBinary32sProductWhereExact) {
    const auto exact = loaded("fp32");
    EXPECT_EQ(multiply(0.1F, 3.0F, exact), 0.1F * 3.0F);
    EXPECT_EQ(multiply(0x1p-100F, 0x1p-40F, exact), 0x1p-140F);  // subnormal
}

TEST(Multiply, TakesMantissaAndCarryFromTheTable) {
    // 1.5 x 1.5 is 2.25; Mitchell says 2.
    EXPECT_EQ(multiply(1.5F, -1.5F, loaded("mit_7")), -2.0F);
    EXPECT_EQ(multiply(1.5F, 1.5F, loaded("acc_7")), 2.25F);
    // Lowest bits set: (64 + 1) + (64 + 1) - 128 + 5 = 7 of 128, with the carry.
    EXPECT_EQ(multiply(1.5F, 1.5F, loaded("mbm_7")), 2 * (1 + 7 / 128.0F));
    EXPECT_EQ(multiply(1.5F, 1.5F, loaded("mbm_23")), 2 * (1 + 0.0390625F));
}

TEST(Multiply, ZerosGiveZeroWhateverTheOther) {
    const float subnormal = kSmallestNormal / 2;
    for (const auto& multiplier : approximate()) {
        for (const float other : {0.0F, 1.0F, 2.0F, 1000.0F, kLargest, subnormal}) {
            EXPECT_EQ(bits(multiply(0.0F, other, multiplier)), bits(0.0F));
            EXPECT_EQ(bits(multiply(other, -0.0F, multiplier)), bits(-0.0F));
            EXPECT_EQ(bits(multiply(subnormal, other, multiplier)), bits(0.0F));
        }
    }
}

TEST(Multiply, FlushesWhereTheExponentFieldsSumTo127) {
    const auto mitchell = loaded("mit_7");
    EXPECT_EQ(multiply(0x1p-63F, 0x1p-63F, mitchell), 0x1p-126F);  // fields 64 + 64
    EXPECT_EQ(multiply(0x1p-63F, 0x1p-64F, mitchell), 0.0F);       // 64 + 63
    // 1.5 2^-63 x 1.5 2^-64 would be 2 2^-127 and normal, but is flushed before the carry.
    EXPECT_EQ(multiply(0x1.8p-63F, 0x1.8p-64F, mitchell), 0.0F);
    EXPECT_EQ(bits(multiply(-0x1p-100F, 0x1p-100F, mitchell)), bits(-0.0F));
}

TEST(Multiply, OverflowsToInfinity) {
    for (const auto& multiplier : approximate()) {
        EXPECT_EQ(multiply(0x1p64F, -0x1p64F, multiplier), -kInf);
        EXPECT_EQ(multiply(kLargest, kLargest, multiplier), kInf);
    }
    // The carry alone overflows: fields 191 + 190 give 254.
    EXPECT_EQ(multiply(0x1p64F, 0x1p63F, loaded("mit_7")), 0x1p127F);
    EXPECT_EQ(multiply(0x1.8p64F, 0x1.8p63F, loaded("mit_7")), kInf);
}

TEST(Multiply, TreatsNanAndInfinityAsIeee754) {
    for (const auto& multiplier : approximate()) {
        EXPECT_TRUE(std::isnan(multiply(std::nanf(""), 1.0F, multiplier)));
        EXPECT_TRUE(std::isnan(multiply(0.0F, std::nanf(""), multiplier)));
        EXPECT_TRUE(std::isnan(multiply(kInf, 0.0F, multiplier)));
        EXPECT_TRUE(std::isnan(multiply(kSmallestNormal / 2, kInf, multiplier)));
        EXPECT_EQ(multiply(kInf, -0x1p-100F, multiplier), -kInf);
        EXPECT_EQ(multiply(-kInf, -kInf, multiplier), kInf);
    }
}

TEST(Multiply, UsesAUsersTable) {
    const test::TemporaryFolder folder;
    test::writeFile(folder / "one.bin", test::Bytes{0, 1, 129, 128});  // not commutative
    const auto multiplier = loaded("lut<" + (folder / "one.bin").string() + ">");
    EXPECT_EQ(multiply(1.0F, 1.0F, multiplier), 1.0F);
    EXPECT_EQ(multiply(1.0F, 1.75F, multiplier), 1.5F);
    EXPECT_EQ(multiply(1.5F, 1.0F, multiplier), 3.0F);
    EXPECT_EQ(multiply(-3.0F, 0.375F, multiplier), -1.0F);
}

}  // namespace
}  // namespace mantissa::numerics
