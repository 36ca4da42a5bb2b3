// SPDX-License-Identifier: GPL-3.0-or-later
// Formats whose blocks take their values from the data: vectors give the norm's bytes where blocks
// are large, numbers lie between two codes, and scales are near the ends of what vectors take.
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "core/numerics/quantise.h"
#include "core/numerics/quantise_kernels.h"

namespace mantissa::numerics {
namespace {

constexpr RandomKey kKey{42, 7, 3};
constexpr Rounding kRoundings[] = {
    Rounding::NearestEven, Rounding::NearestAway, Rounding::NearestUp, Rounding::NearestDown,
    Rounding::TowardZero,  Rounding::Floor,       Rounding::Stochastic};
constexpr std::int64_t kCount = 20000;  // tables have bounds for so many

struct Numbers {
    const char* name;
    std::function<float(std::mt19937&, std::size_t)> at;
};

float normal(std::mt19937& random, std::size_t) {
    return std::normal_distribution<float>{}(random);
}

/// Quarters: between the codes of steps that are powers of two, and of ranges that they divide.
float quarters(std::mt19937& random, std::size_t) {
    return static_cast<float>(static_cast<int>(random() % 2048) - 1024) * 0.25F;
}

float positive(std::mt19937& random, std::size_t i) {
    return i % 3 == 0 ? 0.0F : std::fabs(normal(random, i)) + 0x1p-30F;
}

/// What clips, and what no chunk without exceptions has.
float outliers(std::mt19937& random, std::size_t i) {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    constexpr float kOdd[] = {kInfinity, -kInfinity, std::numeric_limits<float>::quiet_NaN(),
                              1e30F,     -1e-30F,    -0.0F};
    return i % 700 == 5 ? kOdd[i / 700 % 6] : normal(random, i);
}

float tiny(std::mt19937& random, std::size_t i) {
    return std::ldexp(normal(random, i), -60);
}

float constant(std::mt19937&, std::size_t) {
    return -0.375F;
}

const Numbers kNumbers[] = {{"normal", normal},     {"quarters", quarters}, {"positive", positive},
                            {"outliers", outliers}, {"tiny", tiny},         {"constant", constant}};

class EveryMap : public testing::TestWithParam<const char*> {};

void expectTheNorm(const std::vector<float>& in, const TensorFormat& format, const Shape& shape,
                   int threads) {
    std::vector<float> expected(in.size());
    quantiseRef(in, expected, shape, 0, format, kKey);
    ThreadTeam team(threads);
    std::vector<float> actual(in.size());
    const auto statistics = quantiseWithStatistics(in, actual, shape, 0, format, kKey, team);
    for (std::size_t i = 0; i < in.size(); ++i) {
        ASSERT_EQ(std::bit_cast<std::uint32_t>(expected[i]),
                  std::bit_cast<std::uint32_t>(actual[i]))
            << "element " << i << ": " << std::hexfloat << in[i] << " became " << actual[i]
            << ", the norm says " << expected[i];
    }
    const auto norm = errorStatistics(in, expected, shape, 0, format, kKey);
    EXPECT_EQ(statistics.noisePower, norm.noisePower);
    EXPECT_EQ(statistics.signalPower, norm.signalPower);
    EXPECT_EQ(statistics.maxAbsError, norm.maxAbsError);
    EXPECT_EQ(statistics.clipped, norm.clipped);
    EXPECT_EQ(statistics.flushed, norm.flushed);
}

TEST_P(EveryMap, IsTheNormsOnEveryPath) {
    const Format format = parseFormat(GetParam()).value();
    for (const auto path : vectorPaths()) {
        useVectorPath(path);
        for (const auto& numbers : kNumbers) {
            std::mt19937 random(3);
            std::vector<float> in(static_cast<std::size_t>(kCount));
            for (std::size_t i = 0; i < in.size(); ++i) {
                in[i] = numbers.at(random, i);
            }
            for (const auto rounding : kRoundings) {
                SCOPED_TRACE(testing::Message() << path << " " << GetParam() << " " << numbers.name
                                                << " " << roundingText(rounding));
                expectTheNorm(in, {format, rounding}, {kCount}, 2);
                expectTheNorm(in, {format, rounding, 8}, {kCount / 40, 40}, 1);
            }
        }
    }
    useVectorPath("");
}

INSTANTIATE_TEST_SUITE_P(Quantise, EveryMap,
                         testing::Values("affine<8>", "affine<16>", "affine<1>",
                                         "affine<8,block=64>", "affine<4,block=slice>",
                                         "bounded<0.125>", "bounded<0.001,bits=8>",
                                         "bounded<0.01,kind=relative>", "bounded<0.0001,bits=22>",
                                         "bounded<0.0001,bits=24>", "binary", "binary<scale=mean>",
                                         "binary<scale=max>", "ternary", "ternary<scale=one>",
                                         "ternary<block=40x10>", "codebook<1>", "codebook<4>",
                                         "codebook<8,iterations=3>"),
                         [](const auto& param) { return std::to_string(param.index); });

}  // namespace
}  // namespace mantissa::numerics
