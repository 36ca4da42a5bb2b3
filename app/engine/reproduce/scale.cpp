// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/reproduce/scale.h"

#include <utility>

#include "app/engine/units.h"
#include "core/nn/network_spec.h"

namespace mantissa::app {
namespace {

Result<const nn::NetworkTemplate*> findTemplate(std::string_view id) {
    std::string known;
    for (const auto& one : nn::networkTemplates()) {
        if (one.id == id) {
            return &one;
        }
        known += (known.empty() ? "" : ", ") + std::string(one.id);
    }
    return fail(ErrorCode::NotFound, "there is no network \"" + std::string(id) + "\"", "network",
                "allowed: " + known);
}

Result<design::DesignPoint> baselineIn(const nn::NetworkTemplate& found, nn::NetworkSpec network,
                                       const Scale& scale) {
    auto recipe = train::Recipe{};
    recipe.epochs = scale.epochs;
    recipe.trainImages = scale.images;
    recipe.learningRate = scale.learningRate.value_or(recipe.learningRate);
    auto design = design::DesignPoint()
                      .withName("FP32: " + std::string(found.label))
                      .withNetwork(std::move(network))
                      .withDataset(scale.dataset)
                      .withRecipe(recipe);
    return design::validate(design).map([&] { return design; });
}

}  // namespace

Scale quickScale() {
    return {.images = 2000, .epochs = 1, .seeds = 1};
}

Scale fullScale() {
    return {.network = "resnet20", .dataset = "cifar10"};
}

std::string networkText(const Scale& scale) {
    const auto network = findTemplate(scale.network);
    return network ? std::string((*network)->label) : scale.network;
}

std::string scaleText(const Scale& scale) {
    const auto counted = [](int count, const char* what) {
        return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
    };
    return networkText(scale) + ", " + counted(scale.epochs, "epoch") + " of " +
           (scale.images == 0 ? "all" : cyclesText(scale.images)) + " images of " + scale.dataset +
           ", " + counted(scale.seeds, "seed") +
           (scale.learningRate ? ", learning rate " + exactText(*scale.learningRate) : "");
}

Result<design::DesignPoint> baselineFor(const Scale& scale, const data::Dataset& dataset) {
    return findTemplate(scale.network).and_then([&](const nn::NetworkTemplate* found) {
        const auto classes = static_cast<int>(dataset.classes.size());
        return baselineIn(*found, found->generate(dataset.image, classes), scale);
    });
}

Result<design::DesignPoint> baselineFor(const Scale& scale) {
    return findTemplate(scale.network).and_then([&](const nn::NetworkTemplate* found) {
        return baselineIn(*found, found->make(), scale);
    });
}

Result<design::DesignPoint> baselineOf(std::string_view network) {
    return findTemplate(network).map([](const nn::NetworkTemplate* found) {
        return design::DesignPoint()
            .withName("FP32: " + std::string(found->label))
            .withNetwork(found->make());
    });
}

}  // namespace mantissa::app
