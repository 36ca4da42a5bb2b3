// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/weight_transform.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/train/transform/kinds.h"

namespace mantissa::train {
namespace {

constexpr std::array<std::string_view, 2> kPrunedParameters{"density", "dense_epochs"};
constexpr std::array<std::string_view, 2> kSharedParameters{"shared_bits", "dense_epochs"};
constexpr std::array<std::string_view, 3> kPrunedSharedParameters{"density", "shared_bits",
                                                                  "dense_epochs"};
constexpr std::array<std::string_view, 4> kBasisParameters{"density", "basis_size",
                                                           "coefficient_bits", "dense_epochs"};
constexpr std::array<std::string_view, 2> kComplementaryParameters{"density", "dense_epochs"};

constexpr std::array<WeightTransformInfo, 6> kKinds{{
    {"none", "every weight as it is kept", {}, nullptr, nullptr},
    {"pruned", "the largest magnitudes of each layer stay, and gradients of these",
     kPrunedParameters, makePruned, prunedBits, prunedCode},
    {"shared",
     "each layer has few values, found by k-means; each learns from all weights that have it (Deep "
     "Compression, Han et al., ICLR 2016)",
     kSharedParameters, makeShared, sharedBits, sharedCode},
    {"pruned_shared", "pruned, and what is left shared (Deep Compression)", kPrunedSharedParameters,
     makePrunedShared, prunedSharedBits, prunedSharedCode},
    {"power_basis",
     "sparse vectors of powers of two times a small basis of each kernel, fitted each epoch; "
     "gradients pass straight through (SmartDeal, arXiv:2101.01163)",
     kBasisParameters, makePowerBasis, powerBasisBits, powerBasisCode},
    {"complementary",
     "sparse kernels drawn so that 1 / density of them overlay without meeting "
     "(arXiv:2112.13896); gradients of the drawn weights",
     kComplementaryParameters, makeComplementary, complementaryBits, complementaryCode,
     overlaidKernels},
}};

}  // namespace

std::span<const WeightTransformInfo> weightTransformKinds() {
    return kKinds;
}

const WeightTransformInfo& infoOf(WeightTransformKind kind) {
    return kKinds[static_cast<std::size_t>(kind)];
}

WeightTransforms::WeightTransforms(const Recipe& recipe, const nn::NetworkSpec& network)
    : m_denseEpochs(std::min(recipe.denseEpochs, recipe.epochs - 1)) {
    const auto& info = infoOf(recipe.weightTransform);
    const auto shapes = nn::checkNetwork(network);
    if (info.make == nullptr || !shapes) {
        return;
    }
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const auto& layer = network.layers[i];
        if (nn::kindOf(layer.params).hasGemm) {
            m_weights.push_back(
                {layer.name + ".weight", info.make(recipe, (*shapes)[i].weight), {}});
        }
    }
}

template <typename Task>
void WeightTransforms::forEach(std::span<const nn::Parameter> parameters, const Task& task) {
    for (auto& weight : m_weights) {
        const auto found = std::find_if(parameters.begin(), parameters.end(),
                                        [&](const auto& one) { return one.name == weight.name; });
        task(weight, *found);
    }
}

void WeightTransforms::startEpoch(int epoch, std::span<const nn::Parameter> parameters) {
    m_active = epoch >= m_denseEpochs;
    if (m_active) {
        forEach(parameters, [](Weight& weight, const nn::Parameter& parameter) {
            weight.transform->decide(parameter.value);
        });
    }
}

void WeightTransforms::enter(std::span<const nn::Parameter> parameters) {
    if (!m_active) {
        return;
    }
    forEach(parameters, [](Weight& weight, const nn::Parameter& parameter) {
        weight.kept.assign(parameter.value.begin(), parameter.value.end());
        weight.transform->apply(weight.kept, parameter.value);
    });
}

void WeightTransforms::leave(std::span<const nn::Parameter> parameters) {
    if (!m_active) {
        return;
    }
    forEach(parameters, [](Weight& weight, const nn::Parameter& parameter) {
        std::copy(weight.kept.begin(), weight.kept.end(), parameter.value.begin());
        weight.transform->pullBack(parameter.gradient);
    });
}

void WeightTransforms::endEpoch(std::span<const nn::Parameter> parameters) {
    enter(parameters);  // and never leaves
}

}  // namespace mantissa::train
