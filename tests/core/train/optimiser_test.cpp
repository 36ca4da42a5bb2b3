// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/optimiser.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>

#include "core/numerics/quantise.h"

namespace mantissa::train {
namespace {

using ::testing::ElementsAre;

constexpr Recipe kRecipe{.momentum = 0.5, .weightDecay = 0.25};
constexpr double kRate = 0.5;

struct TwoTensors {
    std::vector<float> weight{1.0F, -2.0F};
    std::vector<float> weightGradient{0.5F, 1.0F};
    std::vector<float> bias{1.0F};
    std::vector<float> biasGradient{0.5F};
    std::vector<float> runningMean{3.0F};

    std::vector<OptimisedParameter> parameters(const StatePrecision& precision = {}) {
        return {{{"fc.weight", weight, weightGradient, true}, {1, 2}, precision},
                {{"fc.bias", bias, biasGradient, false}, {1}, precision},
                {{"bn.running_mean", runningMean, {}, false}, {1}, {}}};
    }
};

std::optional<NonFinite> stepOf(Optimiser& optimiser, const Recipe& recipe, double rate = kRate,
                                float factor = 1, int threads = 1) {
    ThreadTeam team(threads);
    return optimiser.step(recipe, rate, factor, {.seed = 1, .step = 2}, team);
}

// By hand, all values exact in binary: first step g = (0.5, 1) + (1, -2) / 4 = (0.75, 0.5) = v;
// second g = (0.5, 1) + (0.625, -2.25) / 4 = (0.65625, 0.4375), v = v / 2 + g = (1.03125, 0.6875).
TEST(Sgd, FollowsMomentumAndWeightDecayByHand) {
    TwoTensors tensors;
    Optimiser sgd(OptimiserKind::Sgd, tensors.parameters());
    EXPECT_FALSE(stepOf(sgd, kRecipe));
    EXPECT_THAT(tensors.weight, ElementsAre(0.625F, -2.25F));
    EXPECT_FALSE(stepOf(sgd, kRecipe));
    EXPECT_THAT(sgd.states()[0][0].values(), ElementsAre(1.03125F, 0.6875F));
    EXPECT_THAT(tensors.weight, ElementsAre(0.109375F, -2.59375F));
    EXPECT_EQ(sgd.states()[0][1].size(), 0);
    EXPECT_EQ(sgd.updates(), 2);
}

// By hand: g = (0.75, 0.5) = v; w -= (g + v / 2) / 2 = (0.5625, 0.375).
TEST(Sgd, LooksAheadWithNesterov) {
    TwoTensors tensors;
    Optimiser sgd(OptimiserKind::Sgd, tensors.parameters());
    Recipe recipe = kRecipe;
    recipe.nesterov = true;
    EXPECT_FALSE(stepOf(sgd, recipe));
    EXPECT_THAT(tensors.weight, ElementsAre(0.4375F, -2.375F));
}

TEST(Sgd, DoesNotDecayBiases) {
    TwoTensors tensors;
    Optimiser sgd(OptimiserKind::Sgd, tensors.parameters());
    stepOf(sgd, kRecipe);
    EXPECT_THAT(tensors.bias, ElementsAre(0.75F));
    stepOf(sgd, kRecipe);
    EXPECT_THAT(tensors.bias, ElementsAre(0.375F));
}

TEST(Sgd, MultipliesTheGradientBeforeItDecaysTheWeight) {
    TwoTensors tensors;
    Optimiser sgd(OptimiserKind::Sgd, tensors.parameters());
    stepOf(sgd, kRecipe, kRate, 0.5F);  // g = (0.25, 0.5) + (0.25, -0.5)
    EXPECT_THAT(tensors.weight, ElementsAre(0.75F, -2.0F));
}

/// Algorithm 1 of Kingma and Ba, and algorithm 2 of Loshchilov and Hutter, in binary64.
std::vector<double> adamReference(OptimiserKind kind, int steps, const Recipe& recipe) {
    std::vector<double> weight{1.0, -2.0};
    const std::vector<double> gradient{0.5, 1.0};
    for (std::size_t i = 0; i < weight.size(); ++i) {
        double m = 0;
        double v = 0;
        for (int t = 1; t <= steps; ++t) {
            double g = gradient[i];
            if (kind == OptimiserKind::Adam) {
                g += recipe.weightDecay * weight[i];
            } else {
                weight[i] -= kRate * recipe.weightDecay * weight[i];
            }
            m = recipe.momentum * m + (1 - recipe.momentum) * g;
            v = recipe.beta2 * v + (1 - recipe.beta2) * g * g;
            const double first = m / (1 - std::pow(recipe.momentum, t));
            const double second = v / (1 - std::pow(recipe.beta2, t));
            weight[i] -= kRate * first / (std::sqrt(second) + recipe.epsilon);
        }
    }
    return weight;
}

class Adam : public ::testing::TestWithParam<OptimiserKind> {};

TEST_P(Adam, FollowsItsPaper) {
    TwoTensors tensors;
    Optimiser adam(GetParam(), tensors.parameters());
    const Recipe recipe{
        .optimiser = GetParam(), .momentum = 0.9, .beta2 = 0.99, .weightDecay = 0.1};
    for (int step = 1; step <= 6; ++step) {
        EXPECT_FALSE(stepOf(adam, recipe));
        const auto expected = adamReference(GetParam(), step, recipe);
        EXPECT_NEAR(static_cast<double>(tensors.weight[0]), expected[0], 1e-5) << step;
        EXPECT_NEAR(static_cast<double>(tensors.weight[1]), expected[1], 1e-5) << step;
    }
}

TEST_P(Adam, DoesNotDecayBiases) {
    Recipe recipe{.optimiser = GetParam(), .weightDecay = 0};
    TwoTensors plain;
    Optimiser without(GetParam(), plain.parameters());
    stepOf(without, recipe);
    recipe.weightDecay = 0.5;
    TwoTensors decayed;
    Optimiser with(GetParam(), decayed.parameters());
    stepOf(with, recipe);
    stepOf(with, recipe);
    stepOf(without, recipe);
    EXPECT_EQ(plain.bias, decayed.bias);
    EXPECT_NE(plain.weight, decayed.weight);
}

INSTANTIATE_TEST_SUITE_P(Kinds, Adam, ::testing::Values(OptimiserKind::Adam, OptimiserKind::AdamW));

class EveryOptimiser : public ::testing::TestWithParam<OptimiserKind> {
protected:
    TwoTensors m_tensors;
};

TEST_P(EveryOptimiser, LeavesRunningStatisticsAlone) {
    Optimiser optimiser(GetParam(), m_tensors.parameters());
    stepOf(optimiser, kRecipe);
    EXPECT_THAT(m_tensors.runningMean, ElementsAre(3.0F));
    EXPECT_EQ(optimiser.states()[2][0].size(), 0);
}

TEST_P(EveryOptimiser, NamesTheGradientThatIsNotFinite) {
    for (const float bad :
         {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
        TwoTensors tensors;
        tensors.biasGradient[0] = bad;
        Optimiser optimiser(GetParam(), tensors.parameters());
        const auto found = stepOf(optimiser, kRecipe);
        ASSERT_TRUE(found);
        EXPECT_EQ(found->parameter, "fc.bias");
        EXPECT_TRUE(found->inGradient);
    }
}

TEST_P(EveryOptimiser, NamesTheWeightThatOverflowed) {
    m_tensors.weight[1] = 3e38F;
    Optimiser optimiser(GetParam(), m_tensors.parameters());
    m_tensors.weightGradient[1] = -1;
    const auto found = stepOf(optimiser, {.momentum = 0, .weightDecay = 0}, 1e38);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->parameter, "fc.weight");
    EXPECT_FALSE(found->inGradient);
}

TEST_P(EveryOptimiser, GivesTheSameBytesWithMoreThreads) {
    constexpr std::size_t kSize = 300'001;
    std::vector<float> first(kSize);
    for (std::size_t i = 0; i < kSize; ++i) {
        first[i] = 1.0F / static_cast<float>(i + 1);
    }
    const std::vector<float> start = first;
    std::vector<float> second = first;
    std::vector<float> gradient(first.rbegin(), first.rend());
    StatePrecision precision;
    precision.master = {numerics::Minifloat{.exponentBits = 5, .mantissaBits = 10},
                        numerics::Rounding::Stochastic};
    std::array<double, 2> norms{};
    for (auto* values : {&first, &second}) {
        const int threads = values == &first ? 1 : 2;
        Optimiser optimiser(GetParam(), {{{"w", *values, gradient, true}, {kSize}, precision}});
        ThreadTeam team(threads);
        norms.at(static_cast<std::size_t>(threads - 1)) = optimiser.gradientNorm(team);
        stepOf(optimiser, {}, 0.1, 1, threads);
        stepOf(optimiser, {}, 0.1, 1, threads);
    }
    EXPECT_EQ(norms[0], norms[1]);
    EXPECT_EQ(first, second);
    EXPECT_NE(first, start);
}

TEST_P(EveryOptimiser, KeepsItsStateInTheFormatsOfThePlan) {
    const numerics::TensorFormat half{numerics::Minifloat{.exponentBits = 5, .mantissaBits = 10}};
    const numerics::TensorFormat narrow{numerics::Minifloat{.exponentBits = 5, .mantissaBits = 2}};
    m_tensors.weight = {1.2345678F, -2.3456789F};
    m_tensors.weightGradient = {0.123456F, 0.987654F};
    Optimiser optimiser(GetParam(), m_tensors.parameters({half, narrow, narrow}));
    stepOf(optimiser, {}, 0.01);
    const auto expectHolds = [](std::span<const float> values,
                                const numerics::TensorFormat& format) {
        std::vector<float> rounded(values.size());
        numerics::quantiseRef(values, rounded, {static_cast<std::int64_t>(values.size())}, 0,
                              format, {});
        EXPECT_THAT(values, ::testing::ElementsAreArray(rounded));
    };
    expectHolds(m_tensors.weight, half);
    EXPECT_NE(m_tensors.weight[0], 1.2345678F);
    for (std::size_t state = 0; state < kMostStates; ++state) {
        expectHolds(std::as_const(optimiser).states()[0][state].values(), narrow);
    }
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryOptimiser,
                         ::testing::Values(OptimiserKind::Sgd, OptimiserKind::Adam,
                                           OptimiserKind::AdamW));

// At 1, FP16 has steps of 2^-11 below and 2^-10 above. An update of 2^-14 is an eighth of a step:
// to nearest it is lost for ever, stochastically it moves the weight at every eighth step on
// average.
TEST(MasterWeights, MoveBySmallUpdatesOnlyWhenRoundedStochastically) {
    for (const bool stochastic : {false, true}) {
        constexpr std::size_t kSize = 1000;
        std::vector<float> weight(kSize, 1.0F);
        const std::vector<float> gradient(kSize, 1.0F);
        std::vector<float> writable = gradient;
        StatePrecision precision;
        precision.master = {
            numerics::Minifloat{.exponentBits = 5, .mantissaBits = 10},
            stochastic ? numerics::Rounding::Stochastic : numerics::Rounding::NearestEven};
        Optimiser sgd(OptimiserKind::Sgd, {{{"w", weight, writable, false}, {kSize}, precision}});
        ThreadTeam team;
        constexpr int kSteps = 16;
        for (std::uint64_t step = 0; step < kSteps; ++step) {
            sgd.step({.momentum = 0, .weightDecay = 0}, std::ldexp(1.0, -14), 1,
                     {.seed = 3, .step = step}, team);
        }
        double sum = 0;
        for (const float value : weight) {
            sum += static_cast<double>(value);
        }
        const double moved = 1 - sum / kSize;
        EXPECT_NEAR(moved, stochastic ? kSteps * std::ldexp(1.0, -14) : 0.0, 5e-5);
    }
}

TEST(MasterWeights, NameTheWeightThatTheirFormatCannotHold) {
    TwoTensors tensors;
    StatePrecision precision;
    precision.master = {
        numerics::Minifloat{.exponentBits = 5, .mantissaBits = 10, .saturate = false}};
    tensors.weight[0] = 60000;
    tensors.weightGradient[0] = -60000;
    Optimiser sgd(OptimiserKind::Sgd, tensors.parameters(precision));
    const auto found = stepOf(sgd, {.momentum = 0, .weightDecay = 0}, 1);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->parameter, "fc.weight");
    EXPECT_FALSE(found->inGradient);
}

TEST(GradientNorm, IsThatOfAllGradientsTogether) {
    TwoTensors tensors;
    tensors.weightGradient = {3.0F, 0.0F};
    tensors.biasGradient = {-4.0F};
    Optimiser sgd(OptimiserKind::Sgd, tensors.parameters());
    ThreadTeam team;
    EXPECT_EQ(sgd.gradientNorm(team), 5.0);
    EXPECT_EQ(sgd.firstWithoutFiniteGradient(), "");
    tensors.biasGradient = {std::numeric_limits<float>::quiet_NaN()};
    EXPECT_FALSE(std::isfinite(sgd.gradientNorm(team)));
    EXPECT_EQ(sgd.firstWithoutFiniteGradient(), "fc.bias");
}

TEST(OptimisedParameters, TakeShapesAndFormatsFromTheLayersWithProducts) {
    nn::NetworkSpec network;
    network.input = {2, 8, 8};
    network.classes = 3;
    network.layers = {{"conv1", nn::Conv2d{.outChannels = 4, .kernel = 3}, {}},
                      {"bn1", nn::BatchNorm{}, {}},
                      {"flatten", nn::Flatten{}, {}},
                      {"fc1", nn::Linear{.outFeatures = 3}, {}}};
    ThreadTeam team;
    auto made = nn::Network::make(network, std::vector<nn::LayerPrecision>(4), 2, team);
    ASSERT_TRUE(made);
    std::vector<StatePrecision> precision(4);
    for (auto& one : precision) {
        one.master = {numerics::Minifloat{.exponentBits = 5, .mantissaBits = 10}};
    }
    for (const auto& one : optimisedParameters(made->parameters(), network, precision)) {
        const bool hasProducts = one.parameter.name.substr(0, 2) != "bn";
        EXPECT_EQ(one.precision, hasProducts ? precision[0] : StatePrecision{});
        if (one.parameter.name == "conv1.weight") {
            EXPECT_EQ(one.shape, (Shape{4, 2, 3, 3}));
        }
        EXPECT_EQ(elementCount(one.shape), static_cast<std::int64_t>(one.parameter.value.size()));
    }
}

TEST(OptimiserKinds, HaveNamesAndSources) {
    ASSERT_EQ(optimiserKinds().size(), 3U);
    for (const auto& kind : optimiserKinds()) {
        EXPECT_FALSE(kind.id.empty());
        EXPECT_FALSE(kind.help.empty());
        EXPECT_LE(kind.states, kMostStates);
    }
}

}  // namespace
}  // namespace mantissa::train
