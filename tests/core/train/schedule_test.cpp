// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/schedule.h"

#include <gtest/gtest.h>

namespace mantissa::train {
namespace {

TEST(LearningRate, StaysWhenConstant) {
    const Recipe recipe{.learningRate = 0.2, .schedule = ScheduleKind::Constant};
    EXPECT_EQ(learningRateAt(recipe, 0, 10), 0.2);
    EXPECT_EQ(learningRateAt(recipe, 29, 10), 0.2);
}

TEST(LearningRate, DropsAfterEveryStepEpochs) {
    const Recipe recipe{.epochs = 6,
                        .learningRate = 0.8,
                        .schedule = ScheduleKind::Step,
                        .stepEpochs = 2,
                        .stepFactor = 0.5};
    EXPECT_DOUBLE_EQ(learningRateAt(recipe, 0, 10), 0.8);
    EXPECT_DOUBLE_EQ(learningRateAt(recipe, 19, 10), 0.8);
    EXPECT_DOUBLE_EQ(learningRateAt(recipe, 20, 10), 0.4);
    EXPECT_DOUBLE_EQ(learningRateAt(recipe, 59, 10), 0.2);
}

TEST(LearningRate, FallsAsHalfACosine) {
    const Recipe recipe{.epochs = 3, .learningRate = 0.4, .schedule = ScheduleKind::Cosine};
    EXPECT_DOUBLE_EQ(learningRateAt(recipe, 0, 10), 0.4);
    EXPECT_NEAR(learningRateAt(recipe, 10, 10), 0.3, 1e-15);  // cos(pi/3) = 1/2
    EXPECT_NEAR(learningRateAt(recipe, 15, 10), 0.2, 1e-15);
    EXPECT_NEAR(learningRateAt(recipe, 30, 10), 0.0, 1e-15);
}

// torch.optim.lr_scheduler.OneCycleLR(max_lr=1, total_steps=11, pct_start=0.4545...): the peak is
// at step 4, half-way up is at step 2 and half-way down at step 7.
TEST(LearningRate, RisesAndFallsInOneCycle) {
    const Recipe recipe{
        .epochs = 1, .learningRate = 1, .schedule = ScheduleKind::OneCycle, .peakShare = 5.0 / 11};
    EXPECT_NEAR(learningRateAt(recipe, 0, 11), 0.04, 1e-15);
    EXPECT_NEAR(learningRateAt(recipe, 2, 11), 0.52, 1e-12);
    EXPECT_NEAR(learningRateAt(recipe, 4, 11), 1, 1e-12);
    EXPECT_NEAR(learningRateAt(recipe, 7, 11), 0.500002, 1e-12);
    EXPECT_NEAR(learningRateAt(recipe, 10, 11), 4e-6, 1e-12);
}

TEST(LearningRate, OfOneCycleIsPositiveHoweverShortTheRun) {
    for (int steps = 1; steps < 6; ++steps) {
        for (const double peak : {0.01, 0.5, 0.99}) {
            const Recipe recipe{.epochs = 1,
                                .learningRate = 1,
                                .schedule = ScheduleKind::OneCycle,
                                .peakShare = peak};
            for (int step = 0; step < steps; ++step) {
                const double rate = learningRateAt(recipe, step, steps);
                EXPECT_GT(rate, 0) << steps << " " << peak;
                EXPECT_LE(rate, 1) << steps << " " << peak;
            }
        }
    }
}

TEST(LearningRate, WarmsUpLinearlyUnderEverySchedule) {
    for (const auto kind : {ScheduleKind::Constant, ScheduleKind::Step, ScheduleKind::Cosine,
                            ScheduleKind::OneCycle}) {
        Recipe recipe{.epochs = 4, .schedule = kind};
        const auto plain = [&](std::int64_t step) {
            recipe.warmupEpochs = 0;
            return learningRateAt(recipe, step, 10);
        };
        for (const int step : {0, 1, 4, 9, 13, 14, 39}) {
            const double share = step < 14 ? (step + 1) / 15.0 : 1;
            const double expected = share * plain(step);
            recipe.warmupEpochs = 1.5;
            EXPECT_DOUBLE_EQ(learningRateAt(recipe, step, 10), expected) << step;
        }
    }
}

TEST(ScheduleKinds, HaveNamesAndHelp) {
    ASSERT_EQ(scheduleKinds().size(), 4U);
    for (const auto& kind : scheduleKinds()) {
        EXPECT_FALSE(kind.id.empty());
        EXPECT_FALSE(kind.help.empty());
    }
}

}  // namespace
}  // namespace mantissa::train
