// SPDX-License-Identifier: GPL-3.0-or-later
// The constructors of every layer kind, for makeLayer.
#pragma once

#include <memory>

#include "core/nn/layer.h"

namespace mantissa::nn {

std::unique_ptr<Layer> makeConv2d(const Conv2d& conv, const LayerShapes& shapes,
                                  const LayerPrecision& precision, std::uint32_t index, int batch);
std::unique_ptr<Layer> makeLinear(const Linear& linear, const LayerShapes& shapes,
                                  const LayerPrecision& precision, std::uint32_t index, int batch);
std::unique_ptr<Layer> makeRelu(const LayerShapes& shapes);
std::unique_ptr<Layer> makeFlatten(const LayerShapes& shapes);
std::unique_ptr<Layer> makeMaxPool2d(const MaxPool2d& pool, const LayerShapes& shapes);
std::unique_ptr<Layer> makeAvgPool2d(const AvgPool2d& pool, const LayerShapes& shapes);
std::unique_ptr<Layer> makeBatchNorm(const BatchNorm& norm, const LayerShapes& shapes, int batch);

}  // namespace mantissa::nn
