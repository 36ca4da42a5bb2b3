// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/softmax.h"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "core/nn/portable_math.h"

namespace mantissa::nn {
namespace {

TEST(SoftmaxCrossEntropy, HasTheKnownLossAndGradient) {
    const std::vector<float> scores{0, 0, 1, 2};
    const std::vector<Label> labels{1, 0};
    std::vector<float> gradient(4);
    const StepResult result = softmaxCrossEntropy(scores, 2, labels, gradient);
    const double p = 1 / (1 + std::exp(1.0));
    EXPECT_NEAR(result.lossSum, std::log(2.0) - std::log(p), 1e-14);
    EXPECT_EQ(result.correct, 0);  // a tie goes to class 0, the second row to class 1
    EXPECT_FLOAT_EQ(gradient[0], 0.25F);
    EXPECT_FLOAT_EQ(gradient[1], -0.25F);
    EXPECT_NEAR(static_cast<double>(gradient[2]), (p - 1) / 2, 1e-7);
}

TEST(SoftmaxCrossEntropy, ClassesGoBeyondAByte) {
    std::vector<float> scores(1000);
    scores[700] = 20;
    std::vector<float> gradient(scores.size());
    const StepResult result = softmaxCrossEntropy(scores, 1000, std::vector<Label>{700}, gradient);
    EXPECT_EQ(result.correct, 1);
    EXPECT_NEAR(result.lossSum, std::log1p(999 * std::exp(-20.0)), 1e-12);
    EXPECT_LT(gradient[700], 0);
    EXPECT_GT(gradient[700 % 256], 0);
}

TEST(SoftmaxCrossEntropy, IsStableForLargeScores) {
    const std::vector<float> scores{1e30F, -1e30F};
    const std::vector<Label> labels{0};
    const StepResult result = softmaxCrossEntropy(scores, 2, labels, {});
    EXPECT_EQ(result.lossSum, 0);
    EXPECT_EQ(result.correct, 1);
}

TEST(SoftmaxCrossEntropy, ScoresThatAreNoNumbersShowInTheLoss) {
    for (const float bad :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        for (const std::size_t place : {0U, 1U}) {
            std::vector<float> scores{1, 2};
            scores[place] = bad;
            const std::vector<Label> labels{0};
            EXPECT_TRUE(std::isnan(softmaxCrossEntropy(scores, 2, labels, {}).lossSum));
        }
    }
}

TEST(PortableMath, AgreesWithTheLibrary) {
    for (double x = -690; x < 690; x += 0.37) {
        EXPECT_NEAR(portableExp(x) / std::exp(x), 1, 1e-14) << x;
    }
    for (double x = 1e-9; x < 1e9; x *= 1.7) {
        EXPECT_NEAR(portableLog(x), std::log(x), 1e-14 * (1 + std::fabs(std::log(x)))) << x;
    }
    EXPECT_EQ(portableExp(-1e300), 0);
    EXPECT_TRUE(std::isinf(portableExp(1e300)));
    EXPECT_TRUE(std::isnan(portableExp(std::nan(""))));
}

TEST(PortableMath, NormalQuantileInvertsTheDistribution) {
    for (const double p : {1e-10, 1e-5, 0.01, 0.07, 0.3, 0.5, 0.92, 0.9999}) {
        const double x = normalQuantile(p);
        EXPECT_NEAR(0.5 * std::erfc(-x / std::sqrt(2.0)) / p, 1, 1e-12) << p;
    }
}

// Two classes with scores ln 3 and 0 have softmax 3/4 and 1/4.
TEST(SoftmaxCrossEntropy, SpreadsASmoothedTargetOverAllClasses) {
    const std::array<float, 2> logits{std::log(3.0F), 0.0F};
    const std::array<Label, 1> labels{0};
    std::array<float, 2> gradient{};
    const auto result = softmaxCrossEntropy(logits, 2, labels, gradient, {.smoothing = 0.5});
    // The target is (3/4, 1/4): softmax itself, so that the gradient is 0.
    EXPECT_NEAR(gradient[0], 0, 1e-7);
    EXPECT_NEAR(gradient[1], 0, 1e-7);
    EXPECT_NEAR(result.lossSum, 0.75 * std::log(4.0 / 3) + 0.25 * std::log(4.0), 1e-7);
}

TEST(SoftmaxCrossEntropy, ScalesItsGradientButNotTheLoss) {
    const std::array<float, 2> logits{1.0F, -0.5F};
    const std::array<Label, 1> labels{1};
    std::array<float, 2> plain{};
    std::array<float, 2> scaled{};
    const auto loss = softmaxCrossEntropy(logits, 2, labels, plain).lossSum;
    EXPECT_EQ(softmaxCrossEntropy(logits, 2, labels, scaled, {.scale = 1024}).lossSum, loss);
    EXPECT_EQ(scaled[0], 1024 * plain[0]);
    EXPECT_EQ(scaled[1], 1024 * plain[1]);
}

}  // namespace
}  // namespace mantissa::nn
