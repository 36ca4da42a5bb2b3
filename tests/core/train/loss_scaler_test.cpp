// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/loss_scaler.h"

#include <gtest/gtest.h>

namespace mantissa::train {
namespace {

Recipe recipeOf(LossScalingKind kind) {
    return {.lossScaling = kind,
            .lossScale = 1024,
            .scaleInterval = 3,
            .minimumScale = 256,
            .minimumInterval = 10};
}

TEST(LossScaler, IsOneWhereThereIsNone) {
    LossScaler scaler(recipeOf(LossScalingKind::None));
    EXPECT_FALSE(scaler.scales());
    EXPECT_EQ(scaler.scale(), 1);
}

TEST(LossScaler, StaysWhenStatic) {
    LossScaler scaler(recipeOf(LossScalingKind::Static));
    for (int step = 0; step < 20; ++step) {
        scaler.update(step, step % 2 == 0);
        EXPECT_EQ(scaler.scale(), 1024);
    }
}

TEST(LossScaler, HalvesAtAnOverflowAndDoublesAfterTheInterval) {
    LossScaler scaler(recipeOf(LossScalingKind::Dynamic));
    scaler.update(0, true);
    EXPECT_EQ(scaler.scale(), 512);
    for (int step = 1; step <= 2; ++step) {
        scaler.update(step, false);
        EXPECT_EQ(scaler.scale(), 512);
    }
    scaler.update(3, false);
    EXPECT_EQ(scaler.scale(), 1024);
    scaler.update(4, false);
    scaler.update(5, true);  // the count begins anew
    scaler.update(6, false);
    scaler.update(7, false);
    EXPECT_EQ(scaler.scale(), 512);
}

TEST(LossScaler, StaysWithinOneAndTwoToThe24) {
    LossScaler scaler(recipeOf(LossScalingKind::Dynamic));
    for (int step = 0; step < 30; ++step) {
        scaler.update(step, true);
    }
    EXPECT_EQ(scaler.scale(), 1);
    for (int step = 0; step < 200; ++step) {
        scaler.update(step, false);
    }
    EXPECT_EQ(scaler.scale(), LossScaler::kLargest);
}

TEST(LossScaler, EnhancedDoesNotFallBelowAMinimumThatRises) {
    const Recipe recipe = recipeOf(LossScalingKind::Enhanced);
    EXPECT_EQ(minimumScaleAt(recipe, 9), 256);
    EXPECT_EQ(minimumScaleAt(recipe, 10), 512);
    EXPECT_EQ(minimumScaleAt(recipe, 1'000'000), 32768);
    LossScaler scaler(recipe);
    for (int step = 0; step < 5; ++step) {
        scaler.update(step, true);
    }
    EXPECT_EQ(scaler.scale(), 256);
    scaler.update(10, true);
    EXPECT_EQ(scaler.scale(), 512);
    scaler.update(40, false);
    EXPECT_EQ(scaler.scale(), 4096);
}

TEST(LossScaler, GivesUpAfterFiftyOverflowsOnEnd) {
    LossScaler scaler(recipeOf(LossScalingKind::Dynamic));
    for (int step = 0; step < 49; ++step) {
        scaler.update(step, true);
    }
    EXPECT_FALSE(scaler.givesUp());
    scaler.update(49, false);
    scaler.update(50, true);
    EXPECT_FALSE(scaler.givesUp());
    for (int step = 51; step < 100; ++step) {
        scaler.update(step, true);
    }
    EXPECT_TRUE(scaler.givesUp());
}

TEST(LossScaler, GoesOnFromItsState) {
    LossScaler whole(recipeOf(LossScalingKind::Dynamic));
    whole.update(0, true);
    whole.update(1, false);
    LossScaler resumed(recipeOf(LossScalingKind::Dynamic));
    resumed.setState(whole.state());
    for (int step = 2; step < 9; ++step) {
        whole.update(step, step == 5);
        resumed.update(step, step == 5);
        EXPECT_EQ(resumed.state(), whole.state());
    }
}

}  // namespace
}  // namespace mantissa::train
