// SPDX-License-Identifier: GPL-3.0-or-later
// A run that was stopped and resumed ends with the bytes of one that was not, whatever the recipe.
#include <gmock/gmock.h>

#include "tests/core/train/run_tiny.h"

namespace mantissa::train {
namespace {

const numerics::TensorFormat kHalf{numerics::Minifloat{.exponentBits = 5, .mantissaBits = 10},
                                   numerics::Rounding::Stochastic};

struct Case {
    OptimiserKind optimiser = OptimiserKind::Sgd;
    LossScalingKind scaling = LossScalingKind::None;
    ScheduleKind schedule = ScheduleKind::Cosine;
};

TrainSpec specOf(const Case& tested) {
    TrainSpec spec = tinySpec(blockFloat(6, numerics::Rounding::Stochastic));
    spec.statePrecision.assign(spec.network.layers.size(), {kHalf, kHalf, kHalf});
    spec.recipe.optimiser = tested.optimiser;
    spec.recipe.learningRate = tested.optimiser == OptimiserKind::Sgd ? 0.03 : 0.003;
    spec.recipe.nesterov = true;
    spec.recipe.clipNorm = 0.5;
    spec.recipe.labelSmoothing = 0.1;
    spec.recipe.schedule = tested.schedule;
    spec.recipe.warmupEpochs = 1.5;
    spec.recipe.lossScaling = tested.scaling;
    spec.recipe.lossScale = 4;
    spec.recipe.scaleInterval = 5;
    spec.recipe.minimumInterval = 6;
    spec.recipe.cropPadding = 1;
    spec.recipe.flip = true;
    spec.recipe.normalisation = Normalisation::Measured;
    return spec;
}

class Resume : public ::testing::TestWithParam<Case> {};

TEST_P(Resume, EndsAsIfNeverStopped) {
    const TrainSpec spec = specOf(GetParam());
    const Outcome whole = runTiny(spec);
    for (const std::size_t stopped : {0U, 1U}) {
        const Outcome resumed = runTiny(spec, whole.checkpoints[stopped]);
        EXPECT_EQ(resumed.checkpoints.back().state, whole.checkpoints.back().state);
        EXPECT_EQ(resumed.result.epochs.back().testLoss, whole.result.epochs.back().testLoss);
    }
}

TEST_P(Resume, GivesTheSameBytesWithMoreThreads) {
    TrainSpec spec = specOf(GetParam());
    const Outcome one = runTiny(spec);
    spec.threads = 3;
    EXPECT_EQ(runTiny(spec).checkpoints.back().state, one.checkpoints.back().state);
}

INSTANTIATE_TEST_SUITE_P(
    Recipes, Resume,
    ::testing::Values(Case{OptimiserKind::Sgd, LossScalingKind::Dynamic, ScheduleKind::Step},
                      Case{OptimiserKind::Adam, LossScalingKind::Enhanced, ScheduleKind::OneCycle},
                      Case{OptimiserKind::AdamW, LossScalingKind::Static, ScheduleKind::Constant}));

}  // namespace
}  // namespace mantissa::train
