// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/sgd.h"

#include <limits>

#include <gmock/gmock.h>

namespace mantissa::train {
namespace {

using ::testing::ElementsAre;

constexpr SgdFactors kFactors{.learningRate = 0.5F, .momentum = 0.5F, .weightDecay = 0.25F};

struct TwoTensors {
    std::vector<float> weight{1.0F, -2.0F};
    std::vector<float> weightGradient{0.5F, 1.0F};
    std::vector<float> bias{1.0F};
    std::vector<float> biasGradient{0.5F};
    std::vector<float> runningMean{3.0F};

    std::vector<nn::Parameter> parameters() {
        return {{"fc.weight", weight, weightGradient, true},
                {"fc.bias", bias, biasGradient, false},
                {"bn.running_mean", runningMean, {}, false}};
    }
};

// By hand, all values exact in binary: first step g = (0.5, 1) + (1, -2) / 4 = (0.75, 0.5) = v;
// second g = (0.5, 1) + (0.625, -2.25) / 4 = (0.65625, 0.4375), v = v / 2 + g = (1.03125, 0.6875).
TEST(Sgd, FollowsMomentumAndWeightDecayByHand) {
    TwoTensors tensors;
    ThreadTeam team;
    Sgd sgd(tensors.parameters());
    EXPECT_FALSE(sgd.step(kFactors, team));
    EXPECT_THAT(tensors.weight, ElementsAre(0.625F, -2.25F));
    EXPECT_FALSE(sgd.step(kFactors, team));
    EXPECT_THAT(sgd.momenta()[0].values(), ElementsAre(1.03125F, 0.6875F));
    EXPECT_THAT(tensors.weight, ElementsAre(0.109375F, -2.59375F));
}

TEST(Sgd, DoesNotDecayBiases) {
    TwoTensors tensors;
    ThreadTeam team;
    Sgd sgd(tensors.parameters());
    sgd.step(kFactors, team);
    EXPECT_THAT(tensors.bias, ElementsAre(0.75F));
    sgd.step(kFactors, team);
    EXPECT_THAT(tensors.bias, ElementsAre(0.375F));
}

TEST(Sgd, LeavesRunningStatisticsAlone) {
    TwoTensors tensors;
    ThreadTeam team;
    Sgd sgd(tensors.parameters());
    sgd.step(kFactors, team);
    EXPECT_THAT(tensors.runningMean, ElementsAre(3.0F));
    EXPECT_EQ(sgd.momenta()[2].size(), 0);
}

TEST(Sgd, NamesTheGradientThatIsNotFinite) {
    for (const float bad :
         {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
        TwoTensors tensors;
        tensors.biasGradient[0] = bad;
        ThreadTeam team;
        Sgd sgd(tensors.parameters());
        const auto found = sgd.step(kFactors, team);
        ASSERT_TRUE(found);
        EXPECT_EQ(found->parameter, "fc.bias");
        EXPECT_TRUE(found->inGradient);
    }
}

TEST(Sgd, NamesTheWeightThatOverflowed) {
    TwoTensors tensors;
    tensors.weightGradient[1] = 3e38F;
    ThreadTeam team;
    Sgd sgd(tensors.parameters());
    const auto found = sgd.step({.learningRate = 100}, team);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->parameter, "fc.weight");
    EXPECT_FALSE(found->inGradient);
}

TEST(Sgd, GivesTheSameBytesWithMoreThreads) {
    constexpr std::size_t kSize = 300'001;
    std::vector<float> first(kSize);
    for (std::size_t i = 0; i < kSize; ++i) {
        first[i] = 1.0F / static_cast<float>(i + 1);
    }
    std::vector<float> second = first;
    std::vector<float> gradient(first.rbegin(), first.rend());
    for (auto* values : {&first, &second}) {
        ThreadTeam team(values == &first ? 1 : 2);
        const std::vector<nn::Parameter> parameters{{"w", *values, gradient, true}};
        Sgd sgd(parameters);
        sgd.step({0.1F, 0.9F, 1e-4F}, team);
        sgd.step({0.1F, 0.9F, 1e-4F}, team);
    }
    EXPECT_EQ(first, second);
    EXPECT_NE(first[0], 1.0F);
    EXPECT_NE(first[kSize - 1], 1.0F / static_cast<float>(kSize));
}

}  // namespace
}  // namespace mantissa::train
