// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "core/numerics/quantise.h"

namespace mantissa::numerics {
namespace {

ErrorStatistics statisticsOf(const std::vector<float>& in, const Shape& shape, int axis,
                             const char* text) {
    const Format format = parseFormat(text).value();
    std::vector<float> out(in.size());
    quantiseRef(in, out, shape, axis, {format}, {});
    return errorStatistics(in, out, shape, axis, {format}, {});
}

TEST(ErrorStatistics, SumsPowersAndTheLargestError) {
    const auto s = statisticsOf({4, 1.25F, 2.75F, -0.25F}, {4}, 0, "bfp<4,block=4>");  // steps of 1
    EXPECT_EQ(s.count, 4);
    EXPECT_DOUBLE_EQ(s.signalPower, 16 + 1.5625 + 7.5625 + 0.0625);
    EXPECT_DOUBLE_EQ(s.noisePower, 3 * 0.0625);
    EXPECT_DOUBLE_EQ(s.maxAbsError, 0.25);
    EXPECT_DOUBLE_EQ(s.sqnrDb(), 10 * std::log10(s.signalPower / s.noisePower));
    EXPECT_EQ(s.flushed, 1);
    EXPECT_DOUBLE_EQ(s.flushedShare(), 0.25);
}

TEST(ErrorStatistics, CountsWhatABlockCannotHold) {
    // Two columns, blocks down the rows: {8, 1} shares 2^3 and holds 7, {4, 1} holds 3.5.
    const auto s = statisticsOf({8, 4, 1, 1}, {2, 2}, 0, "bfp<4,block=2,rule=ceil>");
    EXPECT_EQ(s.clipped, 2);
    EXPECT_DOUBLE_EQ(s.clippedShare(), 0.5);
}

TEST(ErrorStatistics, CountsSaturation) {
    const auto s = statisticsOf({449, 448, -1000, 1}, {4}, 0, "fp8_e4m3");
    EXPECT_EQ(s.clipped, 2);
    EXPECT_EQ(s.flushed, 0);
}

TEST(ErrorStatistics, ExactTensorsHaveNoNoise) {
    const auto s = statisticsOf({1, -2, 0, 0.5F}, {4}, 0, "fp32");
    EXPECT_EQ(s.sqnrDb(), std::numeric_limits<double>::infinity());
    EXPECT_EQ(s.clipped + s.flushed, 0);
}

TEST(ErrorStatistics, NonFiniteInputsAddNothingButTheirCount) {
    const auto s = statisticsOf({std::nanf(""), INFINITY, 1}, {3}, 0, "bfp<8,block=16>");
    EXPECT_EQ(s.count, 3);
    EXPECT_DOUBLE_EQ(s.signalPower, 1);
    EXPECT_EQ(s.noisePower, 0);
}

TEST(ErrorStatistics, FiniteInputsThatBecomeNanAreInfinitelyWrong) {
    std::vector<float> in(64, 1.0F);
    in[3] = std::nanf("");
    const auto s = statisticsOf(in, {64}, 0, "mxint8");
    EXPECT_EQ(s.noisePower, std::numeric_limits<double>::infinity());
    EXPECT_EQ(s.maxAbsError, std::numeric_limits<double>::infinity());
    EXPECT_EQ(s.sqnrDb(), -std::numeric_limits<double>::infinity());
    EXPECT_EQ(s.clipped + s.flushed, 0);
}

TEST(ErrorStatistics, AddsUp) {
    auto total = statisticsOf({449, 1}, {2}, 0, "fp8_e4m3");
    total.add(statisticsOf({-0x1p-12F, 480}, {2}, 0, "fp8_e4m3"));
    EXPECT_EQ(total.count, 4);
    EXPECT_EQ(total.clipped, 2);
    EXPECT_EQ(total.flushed, 1);
    EXPECT_DOUBLE_EQ(total.maxAbsError, 32);
    EXPECT_EQ(ErrorStatistics{}.clippedShare(), 0);
}

/// A uniform quantiser of step d on data spread over many steps has noise d^2/12.
TEST(ErrorStatistics, NoiseOfAUniformQuantiserIsItsStepSquaredOverTwelve) {
    std::vector<float> ramp(20001);
    for (std::size_t i = 0; i < ramp.size(); ++i) {
        ramp[i] = (static_cast<float>(i) - 10000) * 0x1p-14F;
    }
    ramp.push_back(0.99F);
    const auto count = static_cast<std::int64_t>(ramp.size());
    const auto s = statisticsOf(ramp, {count}, 0, "bfp<8,block=tensor>");  // steps of 2^-7
    EXPECT_NEAR(s.noisePower / static_cast<double>(count) / (0x1p-14 / 12), 1, 0.01);
}

}  // namespace
}  // namespace mantissa::numerics
