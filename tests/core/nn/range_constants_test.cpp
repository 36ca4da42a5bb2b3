// SPDX-License-Identifier: GPL-3.0-or-later
// What range normalisation makes of Gaussian samples, by the expected range of n of them.
#include <cmath>

#include <gtest/gtest.h>

#include "core/nn/batch_norm.h"

namespace mantissa::nn {
namespace {

double normalDistribution(double x) {
    return 0.5 * std::erfc(-x / std::sqrt(2.0));
}

/// E[max - min] of n samples of N(0, 1): the integral of 1 - F^n - (1 - F)^n, by Simpson's rule.
double expectedRange(double n) {
    constexpr int kSteps = 20000;
    constexpr double kEnd = 12;
    constexpr double kStep = 2 * kEnd / kSteps;
    double sum = 0;
    for (int i = 0; i <= kSteps; ++i) {
        const double f = normalDistribution(-kEnd + i * kStep);
        const double value = 1 - std::pow(f, n) - std::pow(1 - f, n);
        sum += value * (i == 0 || i == kSteps ? 1 : i % 2 == 1 ? 4 : 2);
    }
    return sum * kStep / 3;
}

struct Row {
    int n;
    double range;         ///< E[range] / sigma
    double paper;         ///< times C(n)
    double releasedCode;  ///< times 0.540208
};

class RangeConstants : public testing::TestWithParam<Row> {};

TEST_P(RangeConstants, GiveTheDeviationOfNormalisedGaussianSamples) {
    const auto& row = GetParam();
    const double range = expectedRange(row.n);
    const RangeChunks chunks(row.n, 1);
    constexpr double kTolerance = 5e-4;
    EXPECT_NEAR(range, row.range, kTolerance);
    EXPECT_NEAR(range * chunks.scale(RangeConstant::Paper), row.paper, kTolerance);
    EXPECT_NEAR(range * chunks.scale(RangeConstant::ReleasedCode), row.releasedCode, kTolerance);
}

TEST_P(RangeConstants, LieWithinThePapersBounds) {
    const double scaled =
        expectedRange(GetParam().n) * RangeChunks(GetParam().n, 1).scale(RangeConstant::Paper);
    EXPECT_GE(scaled, 0.325);
    EXPECT_LE(scaled, 2);
}

INSTANTIATE_TEST_SUITE_P(
    Chunks, RangeConstants,
    testing::Values(Row{64, 4.6875, 1.6253, 0.8780}, Row{256, 5.6537, 1.6977, 0.9171},
                    Row{1024, 6.4965, 1.7448, 0.9426}, Row{4096, 7.2522, 1.7781, 0.9605},
                    Row{12544, 7.8140, 1.7986, 0.9716}, Row{65536, 8.5823, 1.8223, 0.9844},
                    Row{401408, 9.3573, 1.8420, 0.9951}));

TEST(RangeConstant, OfTheReleasedCodeIsItsFormula) {
    const RangeChunks chunks(1024, 1);
    const double pi = std::acos(-1.0);
    EXPECT_NEAR(chunks.scale(RangeConstant::ReleasedCode) / chunks.scale(RangeConstant::Paper),
                0.5 * 0.35 * (1 + std::sqrt(pi * std::log(4.0))), 1e-6);
    EXPECT_NEAR(0.5 * 0.35 * (1 + std::sqrt(pi * std::log(4.0))), 0.540208, 1e-6);
}

}  // namespace
}  // namespace mantissa::nn
