// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/spec_check.h"

#include <algorithm>
#include <string>
#include <variant>

#include "core/train/precision_controller.h"

namespace mantissa::train {
namespace {

constexpr int kMostThreads = 1024;

Result<void> checkSplit(const data::Split& split, std::string_view name, const TrainSpec& spec) {
    const std::string place(name);
    if (split.count() == 0) {
        return fail(ErrorCode::InvalidInput, "the data set has no images", place);
    }
    if (static_cast<std::int64_t>(split.pixels.size()) !=
        split.count() * elementCount(spec.network.input)) {
        return fail(ErrorCode::InvalidInput,
                    "has " + std::to_string(split.count()) + " labels but " +
                        std::to_string(split.pixels.size()) + " pixels",
                    place);
    }
    const int largest = *std::max_element(split.labels.begin(), split.labels.end());
    if (largest >= spec.network.classes) {
        return fail(ErrorCode::InvalidInput,
                    "has label " + std::to_string(largest) + ", the network has " +
                        std::to_string(spec.network.classes) + " classes",
                    place);
    }
    return {};
}

/// Controls change the widths of operands; without any that has one a run would go on as if there
/// was no control.
Result<void> checkControl(const TrainSpec& spec) {
    const auto& info = controlKinds()[static_cast<std::size_t>(spec.control.kind)];
    if (info.make({spec.control, spec.network, spec.precision})->hasOperands()) {
        return {};
    }
    return fail(ErrorCode::InvalidInput,
                "precision control \"" + std::string(info.id) +
                    "\" steps the widths of block floating point, MX integers and fixed point, and "
                    "has nothing to act on: it needs a bfp, mx<int> or fixed format of " +
                    std::string(info.judged),
                "control", "give one of these such a format, or choose another control or none");
}

Result<void> checkDataset(const TrainSpec& spec, const data::Dataset& dataset) {
    if (dataset.image != spec.network.input) {
        return fail(ErrorCode::InvalidInput,
                    "the network takes images of " + shapeText(spec.network.input) + ", " +
                        dataset.name + " has " + shapeText(dataset.image),
                    "network", "set the network's input to the shape of the data set");
    }
    if (static_cast<std::int64_t>(dataset.classes.size()) != spec.network.classes) {
        return fail(ErrorCode::InvalidInput,
                    "the network has " + std::to_string(spec.network.classes) + " classes, " +
                        dataset.name + " has " + std::to_string(dataset.classes.size()),
                    "network", "set the network's classes and its last layer to those of the data");
    }
    if (spec.recipe.normalisation == Normalisation::Given && dataset.image[0] > 3) {
        return fail(ErrorCode::InvalidInput,
                    "normalisation \"given\" has three channels, " + dataset.name + " has " +
                        std::to_string(dataset.image[0]),
                    "recipe", "choose \"half\" or \"measured\"");
    }
    if (spec.recipe.trainImages > dataset.train.count()) {
        return fail(ErrorCode::InvalidInput,
                    "train_images is " + std::to_string(spec.recipe.trainImages) + ", " +
                        dataset.name + " has " + std::to_string(dataset.train.count()),
                    "recipe", "0 takes all");
    }
    if (auto split = checkSplit(dataset.train, "training set", spec); !split) {
        return split;
    }
    return checkSplit(dataset.test, "test set", spec);
}

}  // namespace

Result<void> checkSpec(const TrainSpec& spec, const data::Dataset& dataset) {
    if (spec.threads < 1 || spec.threads > kMostThreads) {
        return fail(ErrorCode::InvalidInput, "threads is " + std::to_string(spec.threads) +
                                                 ", must be an integer from 1 to " +
                                                 std::to_string(kMostThreads));
    }
    for (const auto& param : recipeParams()) {
        if (auto check = checkParam(param.spec, param.get(spec.recipe), "recipe"); !check) {
            return check;
        }
    }
    for (const auto& param : controlParams()) {
        if (auto check = checkParam(param.spec, param.get(spec.control), "control"); !check) {
            return check;
        }
    }
    if (spec.precision.size() != spec.network.layers.size()) {
        return fail(ErrorCode::InvalidInput, "there are " + std::to_string(spec.precision.size()) +
                                                 " precision entries for " +
                                                 std::to_string(spec.network.layers.size()) +
                                                 " layers");
    }
    if (!spec.statePrecision.empty() && spec.statePrecision.size() != spec.network.layers.size()) {
        return fail(ErrorCode::InvalidInput,
                    "there are " + std::to_string(spec.statePrecision.size()) +
                        " entries of the optimiser's precision for " +
                        std::to_string(spec.network.layers.size()) + " layers");
    }
    if (spec.control.kind != ControlKind::None) {
        if (auto control = checkControl(spec); !control) {
            return control;
        }
    }
    return checkDataset(spec, dataset);
}

std::int64_t trainImagesOf(const Recipe& recipe, const data::Dataset& dataset) {
    return recipe.trainImages == 0 ? dataset.train.count() : recipe.trainImages;
}

}  // namespace mantissa::train
