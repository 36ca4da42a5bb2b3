// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "core/numerics/quantise.h"
#include "core/numerics/scalar_rounding.h"

namespace mantissa::numerics {
namespace {

constexpr std::size_t kDraws = 100000;

/// `kDraws` copies of x, next to a number that sets the step of the format to one.
std::vector<float> draws(float x, const char* format, const RandomKey& key) {
    std::vector<float> values(kDraws, x);
    values.push_back(64);
    ThreadTeam team(2);
    quantise(values, values, {static_cast<std::int64_t>(values.size())}, 0,
             {parseFormat(format).value(), Rounding::Stochastic}, key, team);
    values.pop_back();
    return values;
}

/// Binomial bounds: p within three standard errors, for a mean and variance of p and p(1 - p).
TEST(Stochastic, MeanAndVarianceAreThoseOfTheRemainder) {
    for (const float x : {0.25F, 0.5F, 0.9F, 3.7F, -1.125F}) {
        const auto values = draws(x, "bfp<8,block=tensor>", {11, 0, 0});
        double sum = 0;
        double squares = 0;
        for (const float v : values) {
            sum += static_cast<double>(v);
            squares += static_cast<double>(v) * static_cast<double>(v);
        }
        const double n = kDraws;
        const double p =
            std::fabs(static_cast<double>(x)) - std::floor(std::fabs(static_cast<double>(x)));
        const double variance = p * (1 - p);
        EXPECT_NEAR(sum / n, static_cast<double>(x), 3 * std::sqrt(variance / n)) << x;
        EXPECT_NEAR(squares / n - sum / n * (sum / n), variance, 0.005) << x;
    }
}

TEST(Stochastic, MinifloatsRoundWithTheRemaindersProbabilityInTheirOwnStep) {
    const auto values = draws(0x1.3p-8F, "fp8_e4m3", {3, 1, 4});  // 2.375 subnormal steps of 2^-9
    double sum = 0;
    for (const float v : values) {
        ASSERT_TRUE(v == 0x1p-8F || v == 0x1.8p-8F) << v;
        sum += std::ldexp(static_cast<double>(v), 9);
    }
    EXPECT_NEAR(sum / kDraws, 2.375, 3 * std::sqrt(0.375 * 0.625 / kDraws));
}

TEST(Stochastic, NumbersOfTheFormatNeverMove) {
    for (const float v : draws(5, "bfp<8,block=tensor>", {1, 2, 3})) {
        ASSERT_EQ(v, 5);
    }
}

TEST(Stochastic, DependsOnSeedStepAndTensor) {
    const auto base = draws(0.5F, "bfp<8,block=tensor>", {1, 1, 1});
    EXPECT_EQ(draws(0.5F, "bfp<8,block=tensor>", {1, 1, 1}), base);
    for (const auto& key : {RandomKey{2, 1, 1}, RandomKey{1, 2, 1}, RandomKey{1, 1, 2},
                            RandomKey{1ULL << 40U, 1, 1}, RandomKey{1, 1ULL << 40U, 1}}) {
        EXPECT_NE(draws(0.5F, "bfp<8,block=tensor>", key), base);
    }
}

/// Random123's known answer for philox4x32-7 with counter and key of zeros, laid out as documented.
TEST(Stochastic, WordsAreThoseOfPhilox) {
    EXPECT_EQ(randomWord({}, 0), 0x5F6FB709U);
    EXPECT_EQ(randomWord({}, 1), 0x0D893F64U);
    EXPECT_EQ(randomWord({}, 16), 0xB7095F6FU);
    EXPECT_EQ(randomWord({}, 32), 0x4F121F81U);
    EXPECT_EQ(randomWord({}, 49), 0x0A484F73U);
}

TEST(Stochastic, NeighboursAreUncorrelated) {
    const auto values = draws(0.5F, "bfp<8,block=tensor>", {5, 6, 7});
    for (const std::size_t lag : {std::size_t{1}, std::size_t{16}, std::size_t{64}}) {
        double agreement = 0;
        for (std::size_t i = lag; i < values.size(); ++i) {
            agreement += values[i] == values[i - lag] ? 1 : -1;
        }
        const double n = static_cast<double>(values.size() - lag);
        EXPECT_LT(std::fabs(agreement / n), 3.5 / std::sqrt(n)) << lag;
    }
}

}  // namespace
}  // namespace mantissa::numerics
