// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/evaluation.h"

namespace mantissa::train {
namespace {

// Training counts its steps from 0, so evaluation draws from the other half of the steps.
constexpr std::uint64_t kFirstEvaluationStep = std::uint64_t{1} << 63U;

}  // namespace

data::BatchOptions testBatches(const Recipe& recipe, const data::Dataset& dataset) {
    return {.images = dataset.test.count(),
            .batch = recipe.batch,
            .scale = channelScale(recipe, dataset),
            .augmentation = {},
            .prefetch = true};
}

numerics::RandomKey evaluationKey(std::uint64_t seedRounding, std::int64_t batch) {
    return {.seed = seedRounding, .step = kFirstEvaluationStep + static_cast<std::uint64_t>(batch)};
}

std::optional<Evaluation> evaluate(nn::Network& network, data::Batches& batches,
                                   std::uint64_t seedRounding, const JobContext& context,
                                   const std::function<void()>& betweenBatches) {
    nn::StepResult total;
    for (std::int64_t index = 0; index < batches.count(); ++index) {
        if (betweenBatches) {
            betweenBatches();
        }
        if (context.cancelled()) {
            return std::nullopt;
        }
        const data::Batch batch = batches.at(index);
        const nn::StepResult result =
            network.evaluate(batch.images, batch.labels, evaluationKey(seedRounding, index));
        if (result.cancelled) {
            return std::nullopt;
        }
        total.lossSum += result.lossSum;
        total.correct += result.correct;
        total.images += result.images;
    }
    const auto images = static_cast<double>(total.images);
    return Evaluation{total.lossSum / images, static_cast<double>(total.correct) / images};
}

}  // namespace mantissa::train
