// SPDX-License-Identifier: GPL-3.0-or-later
// How a network is trained: everything that can change the weights, apart from network and
// precision.
#pragma once

#include <cstdint>
#include <span>

#include "core/param_spec.h"

namespace mantissa::train {

enum class ScheduleKind {
    Constant,
    Step,    ///< multiplied by `stepFactor` after every `stepEpochs` epochs
    Cosine,  ///< half a cosine from the learning rate to 0 over all steps
};

/// The defaults take LeNet-5 with batch normalisation to 89.8 to 90.0 % on Fashion-MNIST (three
/// seeds, binary32). Batches of 32 rather than 128 bring about 0.9 points within the three epochs.
struct Recipe {
    int epochs = 3;
    int batch = 32;
    double learningRate = 0.03;
    double momentum = 0.9;
    double weightDecay = 1e-4;
    ScheduleKind schedule = ScheduleKind::Cosine;
    int stepEpochs = 1;
    double stepFactor = 0.1;
    int trainImages = 0;  ///< 0: all; else the first n of the training set (for quick looks)
    std::uint64_t seedInit = 1;
    std::uint64_t seedData = 2;
    std::uint64_t seedRounding = 3;
    bool operator==(const Recipe&) const = default;
};

std::span<const Param<Recipe>> recipeParams();

/// The learning rate of step `step` (0-based) of `stepsPerEpoch * recipe.epochs`.
double learningRateAt(const Recipe& recipe, std::int64_t step, std::int64_t stepsPerEpoch);

}  // namespace mantissa::train
