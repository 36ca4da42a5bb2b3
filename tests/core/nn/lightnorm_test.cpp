// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/lightnorm.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include "core/nn/network.h"
#include "core/numerics/quantise.h"
#include "core/numerics/registry.h"
#include "tests/core/nn/test_values.h"

namespace mantissa::nn {
namespace {

std::vector<float> wideValues(std::int64_t count, std::uint32_t seed) {
    auto values = randomValues(count, seed);
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] *= std::ldexp(1.0F, static_cast<int>(i % 41) - 20);
    }
    return values;
}

TEST(TruncatedFloat, RoundsAsTheFormatTowardZero) {
    for (const auto& [exponent, fraction] : {std::pair(5, 4), {6, 3}, {5, 12}, {8, 7}, {5, 2}}) {
        const auto type = truncatedFloat(exponent, fraction, false);
        const numerics::TensorFormat format{
            numerics::Minifloat{exponent, fraction, {}, numerics::MinifloatVariant::Ieee, false},
            numerics::Rounding::TowardZero};
        auto x = wideValues(500, 1);
        x.insert(x.end(), {0.0F, -0.0F, 1e30F, -1e30F, 1e-38F, HUGE_VALF, -HUGE_VALF});
        std::vector<float> expected(x.size());
        numerics::quantiseRef(x, expected, {static_cast<std::int64_t>(x.size())}, 0, format, {});
        for (std::size_t i = 0; i < x.size(); ++i) {
            EXPECT_EQ(truncatedRef(type, x[i]), expected[i])
                << x[i] << " in 1-" << exponent << "-" << fraction;
        }
    }
}

TEST(TruncatedFloat, AndsExponentsWhereTheSimulatorDoes) {
    const auto type = truncatedFloat(5, 4, true);       // exponents -14 .. 15
    EXPECT_EQ(truncatedRef(type, 65536.0F), 32768.0F);  // 143 & 142 = 142
    EXPECT_EQ(truncatedRef(type, 3 * 65536.0F), 3.0F);  // 144 & 142 = 128: exponent 1
    EXPECT_EQ(truncatedRef(type, 0.0F), 0.0F);
    EXPECT_EQ(truncatedRef(type, 1.5F), 1.5F);
    EXPECT_EQ(truncatedRef(type, std::ldexp(1.0F, -15)), std::ldexp(1.0F, -15));  // 112 & 113
}

TEST(TruncatedFloat, HasTheBytesOfTheReferenceOnEveryPath) {
    for (const bool ands : {false, true}) {
        const auto element = truncatedFloat(5, 4, ands);
        const auto sums = truncatedFloat(5, 12, ands);
        const auto x = wideValues(205, 2);
        const auto g = randomValues(205, 3);
        for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
            hwy::SetSupportedTargetsForTest(target);
            std::vector<float> y(x.size());
            truncate(element, x.data(), y.data(), 205);
            for (std::size_t i = 0; i < x.size(); ++i) {
                EXPECT_EQ(y[i], truncatedRef(element, x[i])) << hwy::TargetName(target);
            }
            for (const std::int64_t count : {1, 15, 16, 100, 205}) {
                EXPECT_EQ(truncatedSum(sums, x.data(), count),
                          truncatedSumRef(sums, x.data(), count));
                EXPECT_EQ(
                    truncatedProducts(sums, element, g.data(), x.data(), 0.25F, 1.5F, count),
                    truncatedProductsRef(sums, element, g.data(), x.data(), 0.25F, 1.5F, count));
            }
            truncatedNormalise(element, x.data(), 0.25F, 1.5F, 0.75F, -0.5F, y.data(), 205);
            std::vector<float> dx(x.size());
            truncatedGradient(element, g.data(), 0.75F, 0.125F, 1.5F, dx.data(), 205);
            for (std::size_t i = 0; i < x.size(); ++i) {
                const float hat = truncatedRef(element, (x[i] - 0.25F) * 1.5F);
                EXPECT_EQ(y[i], truncatedRef(element, hat * 0.75F + -0.5F));
                const float scaled = truncatedRef(element, g[i] * 0.75F);
                EXPECT_EQ(dx[i], truncatedRef(element, (scaled - 0.125F) * 1.5F));
            }
        }
        hwy::SetSupportedTargetsForTest(0);
    }
}

/// One LightNorm layer between the input and the scores.
struct Bench {
    static constexpr int kBatch = 8;
    NetworkSpec spec{.input = {12, 5, 4}, .classes = 3, .layers = {}};
    ThreadTeam team{2};
    std::vector<float> pictures = randomValues(kBatch * 12 * 20, 3, -2, 5);
    std::vector<Label> labels = std::vector<Label>(kBatch, 1);

    /// The layer's output, seen through an identity.
    std::vector<float> outputOf(const BatchNorm& norm, bool training) {
        spec.layers = {{"bn", norm, {}}, {"flat", Flatten{}, {}}, {"fc", Linear{3, false}, {}}};
        auto network = Network::make(spec, std::vector<LayerPrecision>(3), kBatch, team,
                                     {.keepsOperands = true});
        network->initialise(1);
        network->trainStep(pictures, labels, {});
        if (!training) {
            network->evaluate(pictures, labels, {});
        }
        const auto y = network->operands(2).activation;
        return {y.begin(), y.end()};
    }
};

BatchNorm lightNorm() {
    return {.kind = BatchNormKind::LightNorm, .chunks = 4, .constant = RangeConstant::Paper};
}

TEST(LightNorm, GivesGroupsOfItsFormat) {
    Bench bench;
    for (const auto& [alignment, rule] :
         {std::pair(NormAlignment::Exempt, numerics::SharedExponentRule::Exempt),
          {NormAlignment::Largest, numerics::SharedExponentRule::Floor}}) {
        auto norm = lightNorm();
        norm.group = 4;
        norm.alignment = alignment;
        const auto y = bench.outputOf(norm, true);
        const auto quantised = [&, rule = rule](int bits) {
            numerics::BlockFloat format{.mantissaBits = bits, .signCounted = false};
            format.exponentBits = format.firstExponentBits = 5;
            format.firstMantissaBits = 4;
            format.block.size = 4;
            format.rule = rule;
            std::vector<float> q(y.size());
            numerics::quantiseRef(y, q, {Bench::kBatch, 12, 20}, 1,
                                  {format, numerics::Rounding::TowardZero}, {});
            return q;
        };
        EXPECT_EQ(y, quantised(5));
        EXPECT_NE(y, quantised(4)) << "all five bits are in use";
    }
}

// With binary32 throughout it is range batch normalisation.
TEST(LightNorm, IsRangeNormalisationWhereNothingIsRounded) {
    Bench bench;
    auto wide = lightNorm();
    wide.forwardElement = NormElement::Binary32;
    wide.backwardElement = NormElement::Binary32;
    auto range = lightNorm();
    range.kind = BatchNormKind::Range;
    for (const bool training : {true, false}) {
        const auto y = bench.outputOf(wide, training);
        const auto expected = bench.outputOf(range, training);
        for (std::size_t i = 0; i < y.size(); ++i) {
            ASSERT_NEAR(y[i], expected[i], 2e-5F);
        }
    }
}

TEST(LightNorm, StaysNearRangeNormalisationInTenBits) {
    Bench bench;
    auto range = lightNorm();
    range.kind = BatchNormKind::Range;
    const auto y = bench.outputOf(lightNorm(), true);
    const auto expected = bench.outputOf(range, true);
    double noise = 0;
    double signal = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
        noise += std::pow(static_cast<double>(y[i] - expected[i]), 2);
        signal += std::pow(static_cast<double>(expected[i]), 2);
    }
    EXPECT_LT(noise, 0.05 * signal);
    EXPECT_GT(noise, 1e-5 * signal) << "four fraction bits must show";
}

TEST(LightNorm, StatisticsHaveTheChosenTypes) {
    const ThreadTeam team;
    const ChannelRuns runs{.runs = 4, .length = 30, .stride = 30};
    auto x = randomValues(120, 5, 0, 1);
    auto norm = lightNorm();
    ChunkExtremes extremes{std::vector<std::int64_t>(4), std::vector<std::int64_t>(4)};
    const auto pass = lightNormPass(norm, norm.forwardElement);
    truncate(pass.element, x.data(), x.data(), 120);
    const auto statistics = lightNormStatistics(norm, pass, runs, x.data(), extremes, team);
    EXPECT_EQ(statistics.mean, truncatedRef(pass.element, statistics.mean));
    EXPECT_EQ(statistics.inverse, truncatedRef(pass.element, statistics.inverse));
    EXPECT_EQ(statistics.range, truncatedRef(pass.sums, statistics.range));
    EXPECT_NE(statistics.range, truncatedRef(pass.element, statistics.range));
    norm.quirkStatisticsFp32 = true;
    const auto exact = lightNormStatistics(norm, lightNormPass(norm, norm.forwardElement), runs,
                                           x.data(), extremes, team);
    EXPECT_NE(exact.mean, truncatedRef(pass.element, exact.mean));
    EXPECT_NEAR(exact.mean, statistics.mean, 0.07F * exact.mean);
}

TEST(LightNorm, SaysWhatItsMapsLose) {
    Bench bench;
    bench.spec.layers = {{"conv", Conv2d{.outChannels = 12}, {}},
                         {"bn", lightNorm(), {}},
                         {"flat", Flatten{}, {}},
                         {"fc", Linear{3, false}, {}}};
    auto network =
        Network::make(bench.spec, std::vector<LayerPrecision>(4), Bench::kBatch, bench.team);
    network->initialise(1);
    network->gatherStatistics(true);
    network->trainStep(bench.pictures, bench.labels, {});
    const auto lost = network->statistics();
    std::vector<std::string> names;
    for (const auto& one : lost) {
        EXPECT_EQ(one.layer, "bn");
        EXPECT_GT(one.statistics.sqnrDb(), 10) << one.operand;
        EXPECT_LT(one.statistics.sqnrDb(), 35) << one.operand;
        names.emplace_back(one.operand);
    }
    EXPECT_EQ(names, (std::vector<std::string>{"normalisation@forward", "normalised@forward",
                                               "normalisation@input_gradient",
                                               "normalised@input_gradient"}));
}

// Clipped, flushed and infinite numbers among them.
TEST(LightNorm, MeasuresAMapAsOtherTensorsAreMeasured) {
    Bench bench;
    auto norm = lightNorm();
    norm.group = 0;
    bench.pictures = wideValues(Bench::kBatch * 12 * 20, 3);
    bench.pictures[7] = 1e30F;
    bench.pictures[9] = 1e-30F;
    bench.pictures[11] = HUGE_VALF;
    bench.spec.layers = {{"bn", norm, {}}, {"flat", Flatten{}, {}}, {"fc", Linear{3, false}, {}}};
    auto network =
        Network::make(bench.spec, std::vector<LayerPrecision>(3), Bench::kBatch, bench.team);
    network->initialise(1);
    network->gatherStatistics(true);
    network->trainStep(bench.pictures, bench.labels, {});
    const numerics::TensorFormat element{
        numerics::Minifloat{5, 4, {}, numerics::MinifloatVariant::Ieee, false},
        numerics::Rounding::TowardZero};
    const Shape shape{Bench::kBatch, 12, 5, 4};
    std::vector<float> quantised(bench.pictures.size());
    numerics::quantiseRef(bench.pictures, quantised, shape, 1, element, {});
    const auto expected =
        numerics::errorStatistics(bench.pictures, quantised, shape, 1, element, {});
    const auto lost = network->statistics().front();
    EXPECT_EQ(lost.operand, "normalisation@forward");
    EXPECT_EQ(lost.statistics.count, expected.count);
    EXPECT_EQ(lost.statistics.clipped, expected.clipped);
    EXPECT_EQ(lost.statistics.flushed, expected.flushed);
    EXPECT_EQ(lost.statistics.maxAbsError, expected.maxAbsError);
    EXPECT_NEAR(lost.statistics.sqnrDb(), expected.sqnrDb(), 1e-9);
}

TEST(LightNorm, AConstantChannelStaysFinite) {
    const ThreadTeam team;
    const std::vector<float> x(20, 1.5F);
    const ChannelRuns runs{.runs = 1, .length = 20, .stride = 20};
    const auto norm = lightNorm();
    const auto pass = lightNormPass(norm, norm.forwardElement);
    ChunkExtremes extremes{std::vector<std::int64_t>(4), std::vector<std::int64_t>(4)};
    const auto statistics = lightNormStatistics(norm, pass, runs, x.data(), extremes, team);
    std::vector<float> y(20);
    lightNormForward(pass, runs, x.data(), statistics, 1.0F, 0.25F, y.data(), team);
    for (const float value : y) {
        EXPECT_EQ(value, 0.25F);
    }
}

TEST(LightNorm, EvaluationUsesRunningStatisticsUnlessTheQuirkIsOn) {
    Bench bench;
    auto norm = lightNorm();
    const auto batch = bench.outputOf(norm, true);
    EXPECT_NE(bench.outputOf(norm, false), batch);
    norm.quirkBatchStatistics = true;
    EXPECT_EQ(bench.outputOf(norm, false), batch);
}

TEST(LightNorm, GroupsOfFourKeepTwoMoreBitsWithTheQuirk) {
    auto norm = lightNorm();
    norm.quirkGroup4Mantissa = true;
    const auto bitsOf = [&](NormElement element) {
        return std::get<numerics::BlockFloat>(lightNormPass(norm, element).grouped->format)
            .mantissaBits;
    };
    EXPECT_EQ(bitsOf(NormElement::S1E5M4), 5);
    norm.group = 4;
    EXPECT_EQ(bitsOf(NormElement::S1E5M4), 7);
    EXPECT_EQ(bitsOf(NormElement::S1E6M3), 6);
    EXPECT_EQ(bitsOf(NormElement::S1E8M7), 8) << "FP10 alone";
}

}  // namespace
}  // namespace mantissa::nn
