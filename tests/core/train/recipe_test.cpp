// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/recipe.h"

#include <set>

#include <gmock/gmock.h>

namespace mantissa::train {
namespace {

TEST(RecipeParams, DescribeLegalDefaults) {
    std::set<std::string_view> ids;
    for (const auto& param : recipeParams()) {
        EXPECT_TRUE(ids.insert(param.spec.id).second) << param.spec.id;
        EXPECT_FALSE(param.spec.label.empty()) << param.spec.id;
        EXPECT_FALSE(param.spec.help.empty()) << param.spec.id;
        EXPECT_EQ(param.get(Recipe{}), param.spec.defaultValue) << param.spec.id;
        EXPECT_TRUE(checkParam(param.spec, param.spec.defaultValue, "")) << param.spec.id;
    }
}

TEST(RecipeParams, CoverEveryMember) {
    Recipe changed;
    for (const auto& param : recipeParams()) {
        const double other =
            param.get(changed) == param.spec.minimum ? param.spec.maximum : param.spec.minimum;
        param.set(changed, other);
        EXPECT_EQ(param.get(changed), other) << param.spec.id;
    }
    const Recipe recipe;
    EXPECT_NE(changed.epochs, recipe.epochs);
    EXPECT_NE(changed.batch, recipe.batch);
    EXPECT_NE(changed.learningRate, recipe.learningRate);
    EXPECT_NE(changed.momentum, recipe.momentum);
    EXPECT_NE(changed.weightDecay, recipe.weightDecay);
    EXPECT_NE(changed.schedule, recipe.schedule);
    EXPECT_NE(changed.stepEpochs, recipe.stepEpochs);
    EXPECT_NE(changed.stepFactor, recipe.stepFactor);
    EXPECT_NE(changed.trainImages, recipe.trainImages);
    EXPECT_NE(changed.seedInit, recipe.seedInit);
    EXPECT_NE(changed.seedData, recipe.seedData);
    EXPECT_NE(changed.seedRounding, recipe.seedRounding);
}

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

}  // namespace
}  // namespace mantissa::train
