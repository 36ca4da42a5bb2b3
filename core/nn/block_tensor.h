// SPDX-License-Identifier: GPL-3.0-or-later
// An operand of a matrix product, rounded already or to be rounded by who reads it.
#pragma once

#include <cstdint>

#include "core/numerics/format.h"
#include "core/numerics/quantise_kernels.h"
#include "core/shape.h"

namespace mantissa::nn {

/// Rounds images of a batch apart from each other: no block reaches from one into the next, and no
/// random numbers are drawn.
struct ImageRounding {
    numerics::TensorFormat format;
    Shape shape;  ///< of one image
    int axis = 0;
};

/// Where `rounding` is not null the numbers are still to be rounded to that format, whose blocks
/// are the segments that bit-true products are summed in; where `images` is not, image by image.
struct BlockTensor {
    const float* data;
    const numerics::KernelFormat* rounding = nullptr;
    const ImageRounding* images = nullptr;

    // Not explicit: most operands are of their format already.
    BlockTensor(const float* numbers, const numerics::KernelFormat* format = nullptr)
        : data(numbers), rounding(format) {}
    BlockTensor(const float* numbers, const ImageRounding* each) : data(numbers), images(each) {}

    BlockTensor from(std::int64_t offset) const { return {data + offset, rounding}; }
    /// The image that begins at `offset`: rounded to `memory`, which holds it, where that was left
    /// to the reader; else where it lies. One call at a time for each `memory`.
    BlockTensor image(std::int64_t offset, float* memory) const;
};

}  // namespace mantissa::nn
