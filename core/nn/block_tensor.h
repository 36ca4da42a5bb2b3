// SPDX-License-Identifier: GPL-3.0-or-later
// An operand of a matrix product, rounded already or to be rounded while it is packed.
#pragma once

#include <cstdint>

#include "core/numerics/quantise_kernels.h"

namespace mantissa::nn {

/// Where `rounding` is not null the numbers are still to be rounded to that format, whose blocks
/// are the segments that bit-true products are summed in.
struct BlockTensor {
    const float* data;
    const numerics::KernelFormat* rounding = nullptr;

    // Not explicit: most operands are of their format already.
    BlockTensor(const float* numbers, const numerics::KernelFormat* format = nullptr)
        : data(numbers), rounding(format) {}
    BlockTensor from(std::int64_t offset) const { return {data + offset, rounding}; }
};

}  // namespace mantissa::nn
