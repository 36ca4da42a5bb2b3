// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/recipe.h"

#include <array>
#include <cmath>
#include <numbers>
#include <string_view>
#include <type_traits>

namespace mantissa::train {
namespace {

constexpr std::array<std::string_view, 3> kScheduleNames{"constant", "step", "cosine"};

// Whole numbers travel as doubles, which hold every integer up to 2^53.
constexpr double kLargestSeed = 9007199254740991.0;

/// Binds a description to a member; the member's initialiser is the default.
template <auto Member>
Param<Recipe> bind(ParamSpec spec) {
    using Value = std::remove_reference_t<decltype(Recipe{}.*Member)>;
    spec.defaultValue = static_cast<double>(Recipe{}.*Member);
    return {spec, [](const Recipe& recipe) { return static_cast<double>(recipe.*Member); },
            [](Recipe& recipe, double value) { recipe.*Member = static_cast<Value>(value); }};
}

std::array<Param<Recipe>, 12> makeParams() {
    return {
        bind<&Recipe::epochs>({.id = "epochs",
                               .label = "Epochs",
                               .help = "Passes over the training images.",
                               .minimum = 1,
                               .maximum = 1000}),
        bind<&Recipe::batch>({.id = "batch",
                              .label = "Batch size",
                              .unit = "images",
                              .help = "Images averaged in one optimiser step; the last batch of an "
                                      "epoch may be smaller.",
                              .minimum = 1,
                              .maximum = 4096,
                              .powersOfTwo = true}),
        bind<&Recipe::learningRate>(
            {.id = "learning_rate",
             .label = "Learning rate",
             .help = "Factor on the update at the start of training; the schedule scales it.",
             .kind = ParamKind::Real,
             .minimum = 1e-6,
             .maximum = 100}),
        bind<&Recipe::momentum>(
            {.id = "momentum",
             .label = "Momentum",
             .help = "Share of the last update that is kept: v = momentum v + gradient.",
             .kind = ParamKind::Real,
             .minimum = 0,
             .maximum = 0.999}),
        bind<&Recipe::weightDecay>({.id = "weight_decay",
                                    .label = "Weight decay",
                                    .help = "L2 penalty, added to the gradient of weights but not "
                                            "of biases or of batch normalisation.",
                                    .kind = ParamKind::Real,
                                    .minimum = 0,
                                    .maximum = 1}),
        bind<&Recipe::schedule>(
            {.id = "schedule",
             .label = "Schedule",
             .help = "How the learning rate falls: not at all, in steps, or as half a cosine to 0 "
                     "(Loshchilov and Hutter, ICLR 2017, without restarts).",
             .kind = ParamKind::Choice,
             .minimum = 0,
             .maximum = kScheduleNames.size() - 1,
             .choices = kScheduleNames}),
        bind<&Recipe::stepEpochs>({.id = "step_epochs",
                                   .label = "Epochs per step",
                                   .unit = "epochs",
                                   .help = "Step schedule: epochs between two drops.",
                                   .minimum = 1,
                                   .maximum = 1000}),
        bind<&Recipe::stepFactor>({.id = "step_factor",
                                   .label = "Step factor",
                                   .help = "Step schedule: what each drop multiplies the learning "
                                           "rate by.",
                                   .kind = ParamKind::Real,
                                   .minimum = 0.001,
                                   .maximum = 1}),
        bind<&Recipe::trainImages>({.id = "train_images",
                                    .label = "Training images",
                                    .unit = "images",
                                    .help = "Only the first so many images of the training set, "
                                            "for a quick look; 0 takes all.",
                                    .minimum = 0,
                                    .maximum = 1'000'000,
                                    .zeroText = "all"}),
        bind<&Recipe::seedInit>({.id = "seed_init",
                                 .label = "Seed of the weights",
                                 .help = "Draws the initial weights.",
                                 .minimum = 0,
                                 .maximum = kLargestSeed}),
        bind<&Recipe::seedData>({.id = "seed_data",
                                 .label = "Seed of the order",
                                 .help = "Draws the order of the training images in each epoch.",
                                 .minimum = 0,
                                 .maximum = kLargestSeed}),
        bind<&Recipe::seedRounding>({.id = "seed_rounding",
                                     .label = "Seed of the rounding",
                                     .help = "Draws the directions of stochastic rounding.",
                                     .minimum = 0,
                                     .maximum = kLargestSeed}),
    };
}

}  // namespace

std::span<const Param<Recipe>> recipeParams() {
    static const auto kParams = makeParams();
    return kParams;
}

double learningRateAt(const Recipe& recipe, std::int64_t step, std::int64_t stepsPerEpoch) {
    switch (recipe.schedule) {
        case ScheduleKind::Constant:
            break;
        case ScheduleKind::Step: {
            const std::int64_t drops = step / (stepsPerEpoch * recipe.stepEpochs);
            return recipe.learningRate * std::pow(recipe.stepFactor, static_cast<double>(drops));
        }
        case ScheduleKind::Cosine: {
            const auto total = static_cast<double>(stepsPerEpoch * recipe.epochs);
            const double angle = std::numbers::pi * static_cast<double>(step) / total;
            return recipe.learningRate * 0.5 * (1 + std::cos(angle));
        }
    }
    return recipe.learningRate;
}

}  // namespace mantissa::train
