// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/divergence.h"

#include <limits>
#include <vector>

#include <gmock/gmock.h>

namespace mantissa::train {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

TEST(LossWatch, StopsAtNotANumberAndInfinity) {
    LossWatch watch(10);
    EXPECT_THAT(watch.check(std::numeric_limits<double>::quiet_NaN()), Optional(HasSubstr("NaN")));
    EXPECT_THAT(watch.check(std::numeric_limits<double>::infinity()),
                Optional(HasSubstr("infinite")));
}

TEST(LossWatch, StopsAfterFiftyStepsFarAboveGuessing) {
    LossWatch watch(10);  // the limit is 10 ln 10 = 23.03
    for (int step = 1; step < LossWatch::kPatience; ++step) {
        EXPECT_FALSE(watch.check(23.1)) << step;
    }
    EXPECT_THAT(watch.check(23.1), Optional(HasSubstr("50 steps")));
}

TEST(LossWatch, ForgivesPeaksThatEnd) {
    LossWatch watch(10);
    for (int step = 0; step < 200; ++step) {
        EXPECT_FALSE(watch.check(step % 50 == 49 ? 22.9 : 1000)) << step;
    }
}

TEST(DeadChannels, AreToldOfTheTensorThatHasMost) {
    const auto profile = [](const char* layer, std::int64_t dead) {
        nn::LayerProfile one{layer, "activation", {}};
        one.profile.channels = 64;
        one.profile.deadChannels = dead;
        return one;
    };
    EXPECT_EQ(deadChannels(std::vector{profile("conv2", 33), profile("conv3", 40)}),
              "40 of 64 channels of the activation of conv3 are dead");
    EXPECT_EQ(deadChannels(std::vector{profile("conv2", 31)}), "");
    EXPECT_EQ(deadChannels({}), "");
}

nn::OperandStatistics operandThatLost(const char* layer, std::int64_t flushed,
                                      std::int64_t clipped) {
    nn::OperandStatistics operand{layer, "error@weight_gradient", {}};
    operand.statistics.count = 100;
    operand.statistics.flushed = flushed;
    operand.statistics.clipped = clipped;
    return operand;
}

TEST(WorstOperand, IsTheOneThatLostMost) {
    EXPECT_EQ(
        worstOperand(std::vector{operandThatLost("conv2", 60, 0), operandThatLost("conv3", 71, 0),
                                 operandThatLost("fc1", 65, 3)}),
        "error@weight_gradient of conv3 flushed to zero: 71 %");
    EXPECT_EQ(
        worstOperand(std::vector{operandThatLost("conv3", 71, 0), operandThatLost("fc1", 0, 40)}),
        "error@weight_gradient of fc1 clipped: 40 %");
}

TEST(WorstOperand, IsNoneWhereLittleWasLost) {
    EXPECT_EQ(worstOperand(std::vector{operandThatLost("conv2", 49, 9)}), "");
    EXPECT_EQ(worstOperand({}), "");
}

TEST(LargestWeight, NamesTheTrainedTensor) {
    std::vector<float> small{1, -2};
    std::vector<float> large{3, -40};
    std::vector<float> running{1e6F};
    std::vector<float> gradient(2);
    const std::vector<nn::Parameter> parameters{{"conv1.weight", small, gradient, true},
                                                {"fc1.weight", large, gradient, true},
                                                {"bn1.running_var", running, {}, false}};
    EXPECT_EQ(largestWeight(parameters), "largest weight 40 in fc1.weight");
}

}  // namespace
}  // namespace mantissa::train
