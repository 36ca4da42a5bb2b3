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

TEST(RecipeParams, MatterOnlyBesideTheChoiceThatReadsThem) {
    Recipe recipe;
    for (const auto* const id :
         {"beta2", "epsilon", "step_epochs", "step_factor", "peak_share", "loss_scale",
          "scale_interval", "minimum_scale", "mean_1", "deviation_3"}) {
        EXPECT_FALSE(recipeParamMatters(recipe, id)) << id;
    }
    EXPECT_TRUE(recipeParamMatters(recipe, "nesterov"));
    EXPECT_TRUE(recipeParamMatters(recipe, "learning_rate"));
    recipe.optimiser = OptimiserKind::AdamW;
    recipe.schedule = ScheduleKind::OneCycle;
    recipe.lossScaling = LossScalingKind::Enhanced;
    recipe.normalisation = Normalisation::Given;
    EXPECT_FALSE(recipeParamMatters(recipe, "nesterov"));
    for (const auto* const id :
         {"beta2", "peak_share", "loss_scale", "minimum_interval", "mean_2"}) {
        EXPECT_TRUE(recipeParamMatters(recipe, id)) << id;
    }
}

TEST(ChannelScale, IsWhatTheRecipeSays) {
    data::Dataset dataset;
    dataset.image = {1, 1, 2};
    dataset.train = {{0, 255, 255, 255}, {0, 1}};
    Recipe recipe;
    EXPECT_EQ(channelScale(recipe, dataset).mean[0], 0.5F);
    recipe.normalisation = Normalisation::Measured;
    EXPECT_EQ(channelScale(recipe, dataset).mean[0], 0.75F);
    recipe.normalisation = Normalisation::Given;
    recipe.mean1 = 0.25;
    recipe.deviation1 = 2;
    EXPECT_EQ(channelScale(recipe, dataset).mean[0], 0.25F);
    EXPECT_EQ(channelScale(recipe, dataset).deviation[0], 2.0F);
}

}  // namespace
}  // namespace mantissa::train
