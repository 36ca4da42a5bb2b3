// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/workload.h"

#include <algorithm>
#include <utility>

#include "core/nn/graph.h"
#include "core/numerics/registry.h"

namespace mantissa::hw {
namespace {

Shape withBatch(std::int64_t batch, const Shape& image) {
    Shape shape{batch};
    shape.insert(shape.end(), image.begin(), image.end());
    return shape;
}

/// The extents that set a layer's GEMMs. A linear layer is a 1 x 1 convolution of one pixel.
struct Extents {
    std::int64_t batch = 1;
    std::int64_t inChannels = 1;
    std::int64_t inPixels = 1;
    std::int64_t outChannels = 1;
    std::int64_t outPixels = 1;
    std::int64_t kernelTaps = 1;
    std::int64_t gradientTaps = 1;  ///< kernel positions that reach one input pixel: ceil(k/s)^2
    std::int64_t groups = 1;        ///< a product reduces along the channels of one
};

Extents extentsOf(const nn::Conv2d& layer, const nn::LayerShapes& shapes, std::int64_t batch) {
    const std::int64_t reach = (layer.kernel + layer.stride - 1) / layer.stride;
    return {batch,
            shapes.input.at(0),
            shapes.input.at(1) * shapes.input.at(2),
            shapes.output.at(0),
            shapes.output.at(1) * shapes.output.at(2),
            std::int64_t{layer.kernel} * layer.kernel,
            reach * reach,
            layer.groups};
}

Extents extentsOf(const nn::Linear& layer, const nn::LayerShapes& shapes, std::int64_t batch) {
    Extents extents;
    extents.batch = batch;
    extents.inChannels = elementCount(shapes.input);
    extents.outChannels = layer.outFeatures;
    return extents;
}

GemmLayer gemmLayer(const Extents& e, const nn::LayerShapes& shapes,
                    const nn::LayerPrecision& precision) {
    const auto x = withBatch(e.batch, shapes.input);
    const auto dy = withBatch(e.batch, shapes.output);
    const auto& w = shapes.weight;
    using enum nn::GemmPass;
    using T = nn::GemmTensor;
    const auto stored = [&](const numerics::TensorFormat& format, const Shape& shape,
                            nn::GemmPass pass, T tensor) {
        auto blocks = nn::operandBlocks(format.format, shape, e.groups, pass, tensor);
        return storedTensor(format, std::move(blocks.shape), blocks.axis);
    };
    GemmLayer layer;
    layer.forward = {static_cast<double>(e.batch * e.outPixels),
                     static_cast<double>(e.outChannels),
                     e.inChannels / e.groups,
                     e.kernelTaps,
                     stored(precision.activationForward, x, Forward, T::Activation),
                     stored(precision.weightForward, w, Forward, T::Weight)};
    layer.inputGradient = {static_cast<double>(e.batch * e.inPixels),
                           static_cast<double>(e.inChannels),
                           e.outChannels / e.groups,
                           e.gradientTaps,
                           stored(precision.errorInputGradient, dy, InputGradient, T::Error),
                           stored(precision.weightInputGradient, w, InputGradient, T::Weight)};
    layer.weightGradient = {
        static_cast<double>(e.outChannels),
        static_cast<double>(e.inChannels / e.groups * e.kernelTaps),
        e.batch,
        e.outPixels,
        stored(precision.errorWeightGradient, dy, WeightGradient, T::Error),
        stored(precision.activationWeightGradient, x, WeightGradient, T::Activation)};
    layer.result = stored(precision.weightGradient, w, WeightGradient, T::WeightGradient);
    return layer;
}

void connect(const nn::NetworkSpec& network, std::vector<LayerWork>& layers) {
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

StoredTensor storedTensor(const numerics::TensorFormat& format, Shape shape, int axis) {
    const auto elements = static_cast<double>(elementCount(shape));
    const double bits = elements * numerics::storageBitsPerElement(format.format, shape, axis);
    return {format, std::move(shape), axis, elements, bits, operandOf(format.format)};
}

void addDistinct(std::vector<StoredTensor>& copies, StoredTensor copy) {
    const bool present = std::any_of(copies.begin(), copies.end(), [&](const StoredTensor& other) {
        return other.format == copy.format && other.elements == copy.elements &&
               (!numerics::followsAxis(copy.format.format) ||
                (other.axis == copy.axis && other.shape == copy.shape));
    });
    if (!present) {
        copies.push_back(std::move(copy));
    }
}

std::vector<StoredTensor> distinctCopies(StoredTensor first, StoredTensor second) {
    std::vector<StoredTensor> copies;
    addDistinct(copies, std::move(first));
    addDistinct(copies, std::move(second));
    return copies;
}

bool LayerWork::isNorm() const {
    return std::holds_alternative<nn::BatchNorm>(spec->params);
}

bool LayerWork::isJoin() const {
    return nn::kindOf(spec->params).joins;
}

std::vector<LayerWork> workloadOf(const design::DesignPoint& design,
                                  const std::vector<nn::LayerShapes>& shapes) {
    const auto& network = design.network();
    const auto precision = design::resolvePrecision(design.precision(), network);
    const std::int64_t batch = design.recipe().batch;
    std::vector<LayerWork> layers(network.layers.size());
    for (std::size_t i = 0; i < layers.size(); ++i) {
        auto& layer = layers[i];
        layer.spec = &network.layers[i];
        layer.shapes = shapes[i];
        if (const auto* conv = std::get_if<nn::Conv2d>(&layer.spec->params)) {
            layer.gemm = gemmLayer(extentsOf(*conv, shapes[i], batch), shapes[i], precision[i]);
        } else if (const auto* linear = std::get_if<nn::Linear>(&layer.spec->params)) {
            layer.gemm = gemmLayer(extentsOf(*linear, shapes[i], batch), shapes[i], precision[i]);
        }
    }
    connect(network, layers);
    return layers;
}

}  // namespace mantissa::hw
