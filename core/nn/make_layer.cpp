// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/layers.h"

namespace mantissa::nn {
namespace {

struct Maker {
    const LayerShapes& shapes;
    const LayerPrecision& precision;
    std::uint32_t index;
    int batch;

    std::unique_ptr<Layer> operator()(const Conv2d& conv) const {
        return makeConv2d(conv, shapes, precision, index, batch);
    }
    std::unique_ptr<Layer> operator()(const Linear& linear) const {
        return makeLinear(linear, shapes, precision, index, batch);
    }
    std::unique_ptr<Layer> operator()(const Relu&) const { return makeRelu(shapes); }
    std::unique_ptr<Layer> operator()(const Flatten&) const { return makeFlatten(shapes); }
    std::unique_ptr<Layer> operator()(const MaxPool2d& pool) const {
        return makeMaxPool2d(pool, shapes);
    }
    std::unique_ptr<Layer> operator()(const AvgPool2d& pool) const {
        return makeAvgPool2d(pool, shapes);
    }
    std::unique_ptr<Layer> operator()(const BatchNorm& norm) const {
        return makeBatchNorm(norm, shapes, batch);
    }
};

}  // namespace

std::unique_ptr<Layer> makeLayer(const LayerSpec& spec, const LayerShapes& shapes,
                                 const LayerPrecision& precision, std::uint32_t index, int batch) {
    return std::visit(Maker{shapes, precision, index, batch}, spec.params);
}

}  // namespace mantissa::nn
