// SPDX-License-Identifier: GPL-3.0-or-later
// The one table of layer kinds.
#include <algorithm>
#include <array>
#include <vector>

#include "core/nn/layer_kind.h"

namespace mantissa::nn {
namespace {

/// In the order of LayerParams.
using Table = std::array<const LayerKind*, std::variant_size_v<LayerParams>>;

const Table& table() {
    static const Table kKinds{
        &conv2dKind(),   &linearKind(),        &reluKind(),    &maxPool2dKind(), &avgPool2dKind(),
        &flattenKind(),  &batchNormKind(),     &relu6Kind(),   &leakyReluKind(), &geluKind(),
        &siluKind(),     &hardSwishKind(),     &sigmoidKind(), &tanhKind(),      &softmaxKind(),
        &dropoutKind(),  &globalAvgPoolKind(), &addKind(),     &concatKind(),    &shortcutKind(),
        &kWinnersKind(),
    };
    return kKinds;
}

}  // namespace

std::span<const LayerKindInfo> layerKinds() {
    static const auto kInfos = [] {
        std::vector<LayerKindInfo> infos;
        std::transform(table().begin(), table().end(), std::back_inserter(infos),
                       [](const LayerKind* kind) { return kind->info; });
        return infos;
    }();
    return kInfos;
}

const LayerKindInfo& kindOf(const LayerParams& params) {
    return layerKinds()[params.index()];
}

const LayerKind& entryOf(const LayerParams& params) {
    return *table()[params.index()];
}

std::unique_ptr<Layer> makeLayer(const LayerSpec& spec, const LayerShapes& shapes,
                                 const LayerPrecision& precision, std::uint32_t index, int batch,
                                 const ApproximateMultiplication* multiplication) {
    return entryOf(spec.params).make({spec, shapes, precision, index, batch, multiplication});
}

}  // namespace mantissa::nn
