// SPDX-License-Identifier: GPL-3.0-or-later
// What the parts of a recipe do to a training.
#include <gmock/gmock.h>

#include "core/train/loss_scaler.h"
#include "tests/core/train/run_tiny.h"

namespace mantissa::train {
namespace {

using ::testing::HasSubstr;

const numerics::TensorFormat kHalf{
    numerics::Minifloat{.exponentBits = 5, .mantissaBits = 10, .saturate = false}};

std::vector<std::byte> lastState(const TrainSpec& spec) {
    return runTiny(spec).checkpoints.back().state;
}

TEST(Recipe, EveryOptimiserLearns) {
    for (const auto kind : {OptimiserKind::Sgd, OptimiserKind::Adam, OptimiserKind::AdamW}) {
        TrainSpec spec = tinySpec();
        spec.recipe.epochs = 8;
        spec.recipe.optimiser = kind;
        spec.recipe.learningRate = kind == OptimiserKind::Sgd ? 0.03 : 0.01;
        EXPECT_GT(runTiny(spec).result.epochs.back().testAccuracy, 0.95);
    }
}

/// Powers of two are exact in FP32, so undoing the scale gives the very same gradients.
TEST(LossScaling, OfAPowerOfTwoChangesNothingInFp32) {
    TrainSpec spec = tinySpec();
    const Outcome plain = runTiny(spec);
    spec.recipe.lossScaling = LossScalingKind::Static;
    spec.recipe.lossScale = 1024;
    const Outcome scaled = runTiny(spec);
    EXPECT_EQ(scaled.result.epochs.back().testLoss, plain.result.epochs.back().testLoss);
    EXPECT_TRUE(scaled.result.events.empty());
}

TEST(LossScaling, KeepsSmallErrorsFromUnderflow) {
    TrainSpec spec = tinySpec();
    // Errors are below 1 / 16 images; fixed point with steps of 1/16 flushes most of them.
    const numerics::TensorFormat coarse{numerics::Minifloat{.exponentBits = 3, .mantissaBits = 2}};
    for (auto& layer : spec.precision) {
        layer.errorInputGradient = coarse;
        layer.errorWeightGradient = coarse;
    }
    spec.recipe.epochs = 6;
    const double without = runTiny(spec).result.epochs.back().trainLoss;
    spec.recipe.lossScaling = LossScalingKind::Static;
    spec.recipe.lossScale = 64;
    EXPECT_LT(runTiny(spec).result.epochs.back().trainLoss, 0.9 * without);
}

TEST(LossScaling, LowersAScaleThatOverflowsAndTellsWhen) {
    TrainSpec spec = tinySpec();
    for (auto& layer : spec.precision) {
        layer.errorWeightGradient = kHalf;
        layer.weightGradient = kHalf;
    }
    spec.recipe.lossScaling = LossScalingKind::Dynamic;
    spec.recipe.lossScale = LossScaler::kLargest;
    std::vector<RunEvent> seen;
    TrainObserver observer;
    observer.onEvent = [&](const RunEvent& event) { seen.push_back(event); };
    const auto result = train(spec, tinyDataset(), {}, observer);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(result->status, RunStatus::Done);
    ASSERT_FALSE(seen.empty());
    EXPECT_EQ(seen, result->events);
    EXPECT_EQ(seen.front().step, 0);
    EXPECT_EQ(seen.front().subject, "loss scale");
    EXPECT_EQ(seen.front().value, LossScaler::kLargest / 2);
    EXPECT_THAT(seen.front().text, HasSubstr("overflowed at 1.68e+07; update left out"));
    EXPECT_EQ(result->steps.size(), 21U);
}

TEST(LossScaling, GivesUpARunWhoseGradientsAlwaysOverflow) {
    TrainSpec spec = tinySpec();
    for (auto& layer : spec.precision) {
        layer.errorWeightGradient = kHalf;
        layer.weightGradient = kHalf;
    }
    spec.recipe.epochs = 10;
    spec.recipe.lossScaling = LossScalingKind::Static;
    spec.recipe.lossScale = LossScaler::kLargest;
    const Outcome outcome = runTiny(spec);
    EXPECT_EQ(outcome.result.status, RunStatus::Diverged);
    EXPECT_THAT(outcome.result.reason, HasSubstr("overflowed in 50 steps on end"));
}

TEST(Clipping, BoundsTheUpdateAndLeavesSmallGradientsAlone) {
    TrainSpec spec = tinySpec();
    const auto plain = lastState(spec);
    spec.recipe.clipNorm = 1000;
    EXPECT_EQ(lastState(spec), plain);
    spec.recipe.clipNorm = 0.01;
    EXPECT_NE(lastState(spec), plain);
    spec.recipe.learningRate = 100;  // diverges when its gradients are not clipped
    spec.recipe.clipNorm = 1e-4;
    EXPECT_EQ(runTiny(spec).result.status, RunStatus::Done);
}

TEST(LabelSmoothing, RaisesTheTrainingLossOfASureNetwork) {
    TrainSpec spec = tinySpec();
    spec.recipe.epochs = 8;
    const double plain = runTiny(spec).result.epochs.back().trainLoss;
    spec.recipe.labelSmoothing = 0.3;
    EXPECT_GT(runTiny(spec).result.epochs.back().trainLoss, plain + 0.2);
}

TEST(Recipe, EachPartChangesTheTraining) {
    const TrainSpec plain = tinySpec();
    const auto before = lastState(plain);
    const auto changed = [&](auto change) {
        TrainSpec spec = plain;
        change(spec);
        return lastState(spec) != before;
    };
    EXPECT_TRUE(changed([](TrainSpec& spec) { spec.recipe.nesterov = true; }));
    EXPECT_TRUE(changed([](TrainSpec& spec) { spec.recipe.warmupEpochs = 1; }));
    EXPECT_TRUE(changed([](TrainSpec& spec) { spec.recipe.flip = true; }));
    EXPECT_TRUE(changed([](TrainSpec& spec) { spec.recipe.cropPadding = 1; }));
    EXPECT_TRUE(
        changed([](TrainSpec& spec) { spec.recipe.normalisation = Normalisation::Measured; }));
    EXPECT_FALSE(changed([](TrainSpec& spec) {
        spec.recipe.normalisation = Normalisation::Given;  // its defaults are those of half
    }));
    EXPECT_TRUE(changed([](TrainSpec& spec) {
        spec.statePrecision.assign(spec.network.layers.size(), {kHalf, {}, {}});
    }));
}

}  // namespace
}  // namespace mantissa::train
