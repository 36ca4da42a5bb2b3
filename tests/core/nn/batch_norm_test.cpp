// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/batch_norm.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/core/nn/test_values.h"

namespace mantissa::nn {
namespace {

const BatchNorm kPaper{
    .kind = BatchNormKind::Range, .chunks = 2, .constant = RangeConstant::Paper, .epsilon = 1e-5};

void expectNear(const std::vector<double>& actual, const std::vector<double>& expected) {
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i) {
        EXPECT_NEAR(actual[i], expected[i], 1e-8) << i;
    }
}

// Eight samples in two chunks, worked by hand from the paper's equations.
TEST(RangeBatchNorm, ReproducesTheWorkedExample) {
    const std::vector<double> x{0.5, -1.0, 2.0, 0.25, -0.75, 1.5, 0.0, -2.0};
    const std::vector<double> g{0.1, -0.2, 0.3, 0.4, -0.5, 0.6, -0.7, 0.8};
    const BatchNormRef r = batchNormRef(kPaper, x, g, 1.5, 0.25);
    EXPECT_NEAR(r.scaleFactor, 0.600561204, 1e-8);
    EXPECT_NEAR(r.mean, 0.0625, 1e-12);
    EXPECT_NEAR(r.scale, 1.951833914, 1e-8);
    EXPECT_NEAR(r.dBeta, 0.8, 1e-12);
    EXPECT_NEAR(r.dGamma, 0.294594738, 1e-8);
    expectNear(r.normalised, {0.224148170, -0.544359841, 0.992656181, 0.096063501, -0.416275173,
                              0.736486844, -0.032021167, -1.056698516});
    expectNear(r.y, {0.586222255, -0.566539762, 1.738984272, 0.394095252, -0.374412759, 1.354730266,
                     0.201968249, -1.335047773});
    expectNear(r.dx, {0, -0.162569351, 0.085718550, 0.230552403, -0.461104807, 0.316270953,
                      -0.614806409, 0.605938661});
}

TEST(RangeBatchNorm, ReleasedCodeScalesThePaperConstant) {
    const RangeChunks chunks(4096, 8);
    EXPECT_NEAR(chunks.scale(RangeConstant::Paper), 1 / std::sqrt(2 * std::log(512.0)), 1e-14);
    EXPECT_NEAR(chunks.scale(RangeConstant::ReleasedCode) / chunks.scale(RangeConstant::Paper),
                0.540208, 5e-7);
}

TEST(RangeBatchNorm, FewSamplesReduceTheChunksToPairs) {
    EXPECT_EQ(RangeChunks(15, 8).count, 7);
    EXPECT_EQ(RangeChunks(1, 8).count, 1);
    EXPECT_TRUE(std::isfinite(RangeChunks(1, 8).scale(RangeConstant::Paper)));
    const RangeChunks ragged(13, 3);
    EXPECT_EQ(ragged.first(0), 0);
    EXPECT_EQ(ragged.first(1), 4);
    EXPECT_EQ(ragged.first(2), 8);
    EXPECT_EQ(ragged.first(3), 13);
}

std::vector<BatchNorm> variants() {
    return {{.kind = BatchNormKind::Conventional},
            {.kind = BatchNormKind::Range, .chunks = 4, .constant = RangeConstant::Paper},
            {.kind = BatchNormKind::Range, .chunks = 4, .constant = RangeConstant::ReleasedCode}};
}

TEST(BatchNormRef, HasTheGradientOfItsForwardPass) {
    for (const auto& norm : variants()) {
        const auto values = randomValues(64, 1);
        const auto weights = randomValues(64, 2);
        std::vector<double> x(values.begin(), values.end());
        const std::vector<double> g(weights.begin(), weights.end());
        const auto loss = [&] {
            const auto r = batchNormRef(norm, x, g, 1.3, -0.4);
            double sum = 0;
            for (std::size_t i = 0; i < x.size(); ++i) {
                sum += r.y[i] * g[i];
            }
            return sum;
        };
        const auto exact = batchNormRef(norm, x, g, 1.3, -0.4);
        double total = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            constexpr double kStep = 1e-5;
            const double value = x[i];
            x[i] = value + kStep;
            const double above = loss();
            x[i] = value - kStep;
            const double below = loss();
            x[i] = value;
            EXPECT_NEAR(exact.dx[i], (above - below) / (2 * kStep), 1e-8) << i;
            total += exact.dx[i];
        }
        EXPECT_NEAR(total, 0, 1e-12);
    }
}

TEST(BatchNormKernels, MatchTheReference) {
    for (const auto& norm : variants()) {
        const ThreadTeam team;
        // A channel of five images with 37 pixels each, between others.
        const ChannelRuns runs{.runs = 5, .length = 37, .stride = 111};
        const auto x = randomValues(5 * 111, 1, 2, 5);
        const auto dy = randomValues(5 * 111, 2);
        std::vector<double> samples;
        std::vector<double> errors;
        for (std::size_t i = 0; i < 5 * 37; ++i) {
            samples.push_back(static_cast<double>(x[i / 37 * 111 + i % 37]));
            errors.push_back(static_cast<double>(dy[i / 37 * 111 + i % 37]));
        }
        const auto expected = batchNormRef(norm, samples, errors, 1.5, 0.25);
        ChunkExtremes extremes{std::vector<std::int64_t>(4), std::vector<std::int64_t>(4)};
        std::vector<float> y(x.size());
        std::vector<float> dx(x.size());
        const auto statistics = channelStatistics(norm, runs, x.data(), extremes, team);
        const NormAffine affine{1.5F, 0.25F};
        normaliseChannel(runs, statistics, affine, x.data(), y.data(), team);
        const auto gradient = normaliseChannelBackward(norm, runs, statistics, extremes, affine,
                                                       x.data(), dy.data(), dx.data(), team);
        EXPECT_NEAR(statistics.mean, expected.mean, 1e-6);
        EXPECT_NEAR(statistics.scale, expected.scale, 1e-6);
        EXPECT_NEAR(gradient.beta, expected.dBeta, 1e-5);
        EXPECT_NEAR(gradient.gamma, expected.dGamma, 1e-5);
        for (std::size_t i = 0; i < samples.size(); ++i) {
            const std::size_t at = i / 37 * 111 + i % 37;
            EXPECT_NEAR(static_cast<double>(y[at]), expected.y[i], 1e-5) << i;
            EXPECT_NEAR(static_cast<double>(dx[at]), expected.dx[i], 1e-5) << i;
        }
        EXPECT_EQ(y[40], 0.0F) << "other channels are left alone";
    }
}

// So many samples that a stop looks in between: the pieces make up the channel.
TEST(BatchNormKernels, TakeLargeChannelsWhole) {
    const ThreadTeam team;
    const ChannelRuns runs{.runs = 3, .length = std::int64_t{1} << 21, .stride = (1 << 21) + 16};
    std::vector<float> x(static_cast<std::size_t>(3 * runs.stride));
    std::vector<float> dy(x.size());
    for (std::int64_t i = 0; i < runs.samples(); ++i) {
        const auto at = static_cast<std::size_t>(offsetOf(runs, i));
        x[at] = static_cast<float>(i / runs.length) + (i % 2 == 0 ? 0.5F : -0.5F);
        dy[at] = i / runs.length == 2 ? 0.25F : 0.0F;
    }
    const BatchNorm norm{.kind = BatchNormKind::Conventional, .epsilon = 0};
    ChunkExtremes extremes;
    const auto statistics = channelStatistics(norm, runs, x.data(), extremes, team);
    EXPECT_EQ(statistics.mean, 1);
    EXPECT_NEAR(statistics.variance, 2.0 / 3 + 0.25, 1e-12);
    std::vector<float> y(x.size());
    normaliseChannel(runs, statistics, {}, x.data(), y.data(), team);
    std::vector<float> dx(x.size());
    const auto gradient = normaliseChannelBackward(norm, runs, statistics, extremes, {}, x.data(),
                                                   dy.data(), dx.data(), team);
    const auto samples = static_cast<double>(runs.samples());
    EXPECT_EQ(gradient.beta, samples / 3 * 0.25);
    EXPECT_NEAR(gradient.gamma, samples / 3 * 0.25 / statistics.scale, 1e-6);
    for (const std::int64_t i : {std::int64_t{0}, runs.length, runs.samples() - 1}) {
        const auto at = static_cast<std::size_t>(offsetOf(runs, i));
        const double normalised = (static_cast<double>(x[at]) - 1) / statistics.scale;
        EXPECT_NEAR(static_cast<double>(y[at]), normalised, 1e-6) << i;
        EXPECT_NEAR(static_cast<double>(dx[at]),
                    (static_cast<double>(dy[at]) - gradient.beta / samples -
                     normalised * gradient.gamma / samples) /
                        statistics.scale,
                    1e-6)
            << i;
    }
}

TEST(BatchNormKernels, TheFirstOfEqualExtremesHasTheGradient) {
    const BatchNorm norm{.kind = BatchNormKind::Range, .chunks = 1};
    const std::vector<float> x{1, 3, 3, 0, 0, 2};
    const ThreadTeam team;
    ChunkExtremes extremes{{0}, {0}};
    channelStatistics(norm, {.runs = 2, .length = 3, .stride = 3}, x.data(), extremes, team);
    EXPECT_EQ(extremes.largest[0], 1);
    EXPECT_EQ(extremes.smallest[0], 3);
}

}  // namespace
}  // namespace mantissa::nn
