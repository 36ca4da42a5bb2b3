// SPDX-License-Identifier: GPL-3.0-or-later
// How a network is trained: everything that can change the weights, apart from network and
// precision.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/data/image_reader.h"
#include "core/param_spec.h"

namespace mantissa::train {

// What each of a kind does stands in the table of its kind: optimiser.h, schedule.h, loss_scaler.h,
// weight_transform.h.
enum class OptimiserKind { Sgd, Adam, AdamW };
enum class ScheduleKind { Constant, Step, Cosine, OneCycle };
enum class LossScalingKind { None, Static, Dynamic, Enhanced };
enum class WeightTransformKind { None, Pruned, Shared, PrunedShared, PowerBasis, Complementary };

/// How pixels become the network's input.
enum class Normalisation {
    Half,      ///< mean and deviation 0.5
    Measured,  ///< mean and deviation of each channel over the training set
    Given,     ///< the recipe's
};

/// The defaults take LeNet-5 with batch normalisation to 89.8 to 90.0 % on Fashion-MNIST (three
/// seeds, binary32). Batches of 32 rather than 128 bring about 0.9 points within the three epochs.
struct Recipe {
    int epochs = 3;
    int batch = 32;
    OptimiserKind optimiser = OptimiserKind::Sgd;
    double learningRate = 0.03;
    double momentum = 0.9;  ///< also beta 1 of Adam
    bool nesterov = false;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weightDecay = 1e-4;
    double clipNorm = 0;  ///< 0: off
    double labelSmoothing = 0;
    ScheduleKind schedule = ScheduleKind::Cosine;
    double warmupEpochs = 0;
    int stepEpochs = 1;
    double stepFactor = 0.1;
    double peakShare = 0.3;
    LossScalingKind lossScaling = LossScalingKind::None;
    double lossScale = 65536;
    int scaleInterval = 2000;     ///< steps without overflow until the scale doubles
    double minimumScale = 1;      ///< of enhanced scaling, at the start
    int minimumInterval = 10000;  ///< steps until that minimum doubles
    WeightTransformKind weightTransform = WeightTransformKind::None;
    double density = 0.25;  ///< share of the weights, or of their vectors, that is not zero
    int denseEpochs = 1;    ///< before the transform sets in
    int sharedBits = 4;
    int basisSize = 3;  ///< of linear layers; convolutions have their kernel's
    int coefficientBits = 4;
    int cropPadding = 0;
    bool flip = false;
    Normalisation normalisation = Normalisation::Half;
    double mean1 = 0.5, mean2 = 0.5, mean3 = 0.5;
    double deviation1 = 0.5, deviation2 = 0.5, deviation3 = 0.5;
    int trainImages = 0;  ///< 0: all; else the first n of the training set (for quick looks)
    std::uint64_t seedInit = 1;
    std::uint64_t seedData = 2;
    std::uint64_t seedRounding = 3;
    bool operator==(const Recipe&) const = default;
};

std::span<const Param<Recipe>> recipeParams();

/// Whether a parameter has an effect beside the others: "step_epochs" with the step schedule alone.
bool recipeParamMatters(const Recipe& recipe, std::string_view id);

/// How a data set's pixels are scaled.
data::ChannelScale channelScale(const Recipe& recipe, const data::Dataset& dataset);

}  // namespace mantissa::train
