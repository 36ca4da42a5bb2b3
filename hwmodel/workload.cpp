// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/workload.h"

#include <algorithm>
#include <utility>

#include "core/numerics/registry.h"

namespace mantissa::hw {
namespace {

Shape withBatch(std::int64_t batch, const Shape& image) {
    Shape shape;
    shape.reserve(image.size() + 1);
    shape.push_back(batch);
    shape.insert(shape.end(), image.begin(), image.end());
    return shape;
}

}  // namespace

StoredTensor storedTensor(const StoredFormat& stored, Shape shape, int axis) {
    const auto elements = static_cast<double>(elementCount(shape));
    const double bits =
        elements * numerics::storageBitsPerElement(stored.format.format, shape, axis);
    return {&stored, std::move(shape), axis, elements, bits};
}

StoredTensor binary32Tensor(double elements) {
    constexpr double kBits = 32;
    return {&binary32Format(), {}, 1, elements, elements * kBits};
}

void addDistinct(Copies& copies, const StoredTensor& copy) {
    const bool present = std::any_of(copies.begin(), copies.end(), [&](const StoredTensor* other) {
        return other->stored == copy.stored && other->elements == copy.elements &&
               other->encoding == copy.encoding &&
               (!copy.stored->followsAxis ||
                (other->axis == copy.axis && other->shape == copy.shape));
    });
    if (!present) {
        copies.push_back(&copy);
    }
}

GemmLayer gemmLayer(const LayerOutline& outline, const LayerFormats& formats, std::int64_t batch) {
    const auto& e = outline.extents;
    const auto x = withBatch(batch, outline.shapes.input);
    const auto dy = withBatch(batch, outline.shapes.output);
    const auto& w = outline.shapes.weight;
    using enum nn::GemmPass;
    using T = nn::GemmTensor;
    const auto stored = [&](const StoredFormat* format, const Shape& shape, nn::GemmPass pass,
                            T tensor) {
        auto blocks = nn::operandBlocks(format->format.format, shape, e.groups, pass, tensor);
        return storedTensor(*format, std::move(blocks.shape), blocks.axis);
    };
    GemmLayer layer;
    layer.forward = {static_cast<double>(batch * e.outPixels),
                     static_cast<double>(e.outChannels),
                     e.inChannels / e.groups,
                     e.kernelTaps,
                     stored(formats.activationForward, x, Forward, T::Activation),
                     stored(formats.weightForward, w, Forward, T::Weight)};
    layer.inputGradient = {static_cast<double>(batch * e.inPixels),
                           static_cast<double>(e.inChannels),
                           e.outChannels / e.groups,
                           e.gradientTaps,
                           stored(formats.errorInputGradient, dy, InputGradient, T::Error),
                           stored(formats.weightInputGradient, w, InputGradient, T::Weight)};
    layer.weightGradient = {
        static_cast<double>(e.outChannels),
        static_cast<double>(e.inChannels / e.groups * e.kernelTaps),
        batch,
        e.outPixels,
        stored(formats.errorWeightGradient, dy, WeightGradient, T::Error),
        stored(formats.activationWeightGradient, x, WeightGradient, T::Activation)};
    if (!formats.stash->isBinary32 && outline.trainsBefore) {
        auto& read = layer.weightGradient.b;  // from a stash of its own
        read.encoding = stored(formats.stash, x, Forward, T::Activation).bits / read.bits;
    }
    layer.result = stored(formats.weightGradient, w, WeightGradient, T::WeightGradient);
    return layer;
}

}  // namespace mantissa::hw
