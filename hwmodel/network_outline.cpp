// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/network_outline.h"

#include <algorithm>
#include <utility>

#include "core/nn/graph.h"

namespace mantissa::hw {
namespace {

GemmExtents extentsOf(const nn::Conv2d& layer, const nn::LayerShapes& shapes) {
    const std::int64_t reach = (layer.kernel + layer.stride - 1) / layer.stride;
    return {shapes.input.at(0),
            shapes.input.at(1) * shapes.input.at(2),
            shapes.output.at(0),
            shapes.output.at(1) * shapes.output.at(2),
            std::int64_t{layer.kernel} * layer.kernel,
            reach * reach,
            layer.groups};
}

GemmExtents extentsOf(const nn::Linear& layer, const nn::LayerShapes& shapes) {
    GemmExtents extents;
    extents.inChannels = elementCount(shapes.input);
    extents.outChannels = layer.outFeatures;
    return extents;
}

LayerOutline outlineOf(const nn::LayerSpec& spec, nn::LayerShapes shapes) {
    const auto& kind = nn::kindOf(spec.params);
    LayerOutline layer;
    layer.name = spec.name;
    layer.kind = std::string(kind.id);
    if (const auto* conv = std::get_if<nn::Conv2d>(&spec.params)) {
        layer.role = LayerRole::Gemm;
        layer.extents = extentsOf(*conv, shapes);
    } else if (const auto* linear = std::get_if<nn::Linear>(&spec.params)) {
        layer.role = LayerRole::Gemm;
        layer.extents = extentsOf(*linear, shapes);
    } else if (const auto* norm = std::get_if<nn::BatchNorm>(&spec.params)) {
        layer.role = LayerRole::Norm;
        layer.norm = *norm;
    } else {
        layer.role = kind.joins ? LayerRole::Join : LayerRole::Stream;
        layer.work = kind.work(spec.params, shapes);
    }
    for (const Shape& input : shapes.inputs) {
        layer.inputElements += static_cast<double>(elementCount(input));
    }
    layer.outputElements = static_cast<double>(elementCount(shapes.output));
    layer.shapes = std::move(shapes);
    return layer;
}

/// Numbers the layers that multiply matrices, equal ones alike.
void classify(std::vector<LayerOutline>& layers) {
    std::vector<const LayerOutline*> distinct;
    for (auto& layer : layers) {
        if (layer.role != LayerRole::Gemm) {
            continue;
        }
        const auto same = std::find_if(distinct.begin(), distinct.end(), [&](const auto* other) {
            return other->extents == layer.extents && other->shapes.input == layer.shapes.input &&
                   other->shapes.output == layer.shapes.output &&
                   other->shapes.weight == layer.shapes.weight;
        });
        layer.gemm = static_cast<std::size_t>(same - distinct.begin());
        if (same == distinct.end()) {
            distinct.push_back(&layer);
        }
    }
}

void connect(const nn::NetworkSpec& network, std::vector<LayerOutline>& layers) {
    for (std::size_t i = 0; i < layers.size(); ++i) {
        auto& layer = layers[i];
        const auto sources = *nn::resolveInputs(network, i);
        for (std::size_t k = 0; k < sources.size(); ++k) {
            if (sources[k] == nn::kFromNetworkInput) {
                continue;
            }
            const auto index = static_cast<std::size_t>(sources[k]);
            const auto& before = layers[index];
            layer.trainsBefore =
                layer.trainsBefore || before.trainsBefore || before.shapes.parameters > 0;
            // What streams wrote nothing: the result was written by the layer that it reads.
            const auto writers =
                before.streams() ? before.producers : std::vector<std::size_t>{index};
            for (const std::size_t writer : writers) {
                layer.producers.push_back(writer);
                if (!layer.streams()) {
                    layers[writer].consumers.push_back({i, k});
                }
            }
        }
    }
    auto& last = layers.back();
    if (!last.streams()) {
        last.feedsLoss = true;
    } else if (!last.producers.empty()) {
        layers[last.producers.front()].feedsLoss = true;
    }
}

}  // namespace

Result<NetworkOutline> outlineOf(const nn::NetworkSpec& network) {
    return nn::checkNetwork(network).map([&](std::vector<nn::LayerShapes> shapes) {
        NetworkOutline outline{network, {}};
        for (std::size_t i = 0; i < network.layers.size(); ++i) {
            outline.layers.push_back(outlineOf(network.layers[i], std::move(shapes[i])));
        }
        classify(outline.layers);
        connect(network, outline.layers);
        return outline;
    });
}

}  // namespace mantissa::hw
