// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/workload.h"

#include <utility>

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
};

Extents extentsOf(const nn::Conv2d& layer, const nn::LayerShapes& shapes, std::int64_t batch) {
    const std::int64_t reach = (layer.kernel + layer.stride - 1) / layer.stride;
    return {batch,
            shapes.input.at(0),
            shapes.input.at(1) * shapes.input.at(2),
            shapes.output.at(0),
            shapes.output.at(1) * shapes.output.at(2),
            std::int64_t{layer.kernel} * layer.kernel,
            reach * reach};
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
    using nn::GemmPass;
    using nn::GemmTensor;
    GemmLayer layer;
    layer.forward = {static_cast<double>(e.batch * e.outPixels),
                     static_cast<double>(e.outChannels),
                     e.inChannels,
                     e.kernelTaps,
                     storedTensor(precision.activationForward, x,
                                  nn::blockAxis(GemmPass::Forward, GemmTensor::Activation)),
                     storedTensor(precision.weightForward, w,
                                  nn::blockAxis(GemmPass::Forward, GemmTensor::Weight))};
    layer.inputGradient = {
        static_cast<double>(e.batch * e.inPixels),
        static_cast<double>(e.inChannels),
        e.outChannels,
        e.gradientTaps,
        storedTensor(precision.errorInputGradient, dy,
                     nn::blockAxis(GemmPass::InputGradient, GemmTensor::Error)),
        storedTensor(precision.weightInputGradient, w,
                     nn::blockAxis(GemmPass::InputGradient, GemmTensor::Weight))};
    layer.weightGradient = {
        static_cast<double>(e.outChannels),
        static_cast<double>(e.inChannels * e.kernelTaps),
        e.batch,
        e.outPixels,
        storedTensor(precision.errorWeightGradient, dy,
                     nn::blockAxis(GemmPass::WeightGradient, GemmTensor::Error)),
        storedTensor(precision.activationWeightGradient, x,
                     nn::blockAxis(GemmPass::WeightGradient, GemmTensor::Activation))};
    layer.result =
        storedTensor(precision.weightGradient, w,
                     nn::blockAxis(GemmPass::WeightGradient, GemmTensor::WeightGradient));
    return layer;
}

std::optional<std::size_t> inputOf(const nn::NetworkSpec& network, std::size_t index) {
    const auto& inputs = network.layers[index].inputs;
    if (!inputs.empty()) {
        return network.indexOf(inputs.front());
    }
    return index > 0 ? std::optional(index - 1) : std::nullopt;
}

void connect(const nn::NetworkSpec& network, std::vector<LayerWork>& layers) {
    for (std::size_t i = 0; i < layers.size(); ++i) {
        auto source = inputOf(network, i);
        if (source) {
            const auto& before = layers[*source];
            layers[i].trainsBefore = before.trainsBefore || before.shapes.parameters > 0;
            // Element-wise layers stream: what they read was written by a layer farther back.
            if (before.isElementwise()) {
                source = before.producer;
            }
        }
        layers[i].producer = source;
        if (source && !layers[i].isElementwise()) {
            layers[*source].consumers.push_back(i);
        }
    }
    auto& last = layers.back();
    if (!last.isElementwise()) {
        last.feedsLoss = true;
    } else if (last.producer) {
        layers[*last.producer].feedsLoss = true;
    }
}

}  // namespace

StoredTensor storedTensor(const numerics::TensorFormat& format, Shape shape, int axis) {
    const auto elements = static_cast<double>(elementCount(shape));
    const double bits = elements * numerics::storageBitsPerElement(format.format, shape, axis);
    return {format, std::move(shape), axis, elements, bits, operandOf(format.format)};
}

std::vector<StoredTensor> distinctCopies(StoredTensor first, StoredTensor second) {
    const bool same = first.format == second.format &&
                      (first.axis == second.axis || !numerics::followsAxis(first.format.format));
    std::vector<StoredTensor> copies;
    copies.push_back(std::move(first));
    if (!same) {
        copies.push_back(std::move(second));
    }
    return copies;
}

bool LayerWork::isNorm() const {
    return std::holds_alternative<nn::BatchNorm>(spec->params);
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
