// SPDX-License-Identifier: GPL-3.0-or-later
// How well a network does on the images of a split.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "core/data/batches.h"
#include "core/data/dataset.h"
#include "core/job_context.h"
#include "core/nn/network.h"
#include "core/train/recipe.h"

namespace mantissa::train {

struct Evaluation {
    double loss = 0;      ///< mean softmax cross-entropy
    double accuracy = 0;  ///< top-1, 0..1
};

/// The whole test set in batches of the recipe's size, scaled by it.
data::BatchOptions testBatches(const Recipe& recipe, const data::Dataset& dataset);

/// Of a batch in an evaluation: stochastic rounding is keyed by `seedRounding` and the number of
/// the batch alone, so that the same weights always give the same result.
numerics::RandomKey evaluationKey(std::uint64_t seedRounding, std::int64_t batch);

/// Runs all batches in their order through the network in evaluation mode. `betweenBatches` is
/// called before each batch, for progress. Empty when cancelled, or when the network's team was
/// stopped.
std::optional<Evaluation> evaluate(nn::Network& network, data::Batches& batches,
                                   std::uint64_t seedRounding, const JobContext& context,
                                   const std::function<void()>& betweenBatches = {});

}  // namespace mantissa::train
