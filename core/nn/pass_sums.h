// SPDX-License-Identifier: GPL-3.0-or-later
// How a bit-true pass sums its integers: by the kernels of block_kernels.h, which are exact and
// fast, or by those of integer_products.h, whose accumulators may overflow. Internal to nn.
#pragma once

#include <cstdint>
#include <optional>

#include "core/nn/block_segment.h"
#include "core/nn/integer_products.h"

namespace mantissa::nn {

struct PassSums {
    BlockSegment segment;  ///< for block_kernels.h; of length 0: not by them
    /// For integer_products.h; empty: not by them. Where neither is used products are added in
    /// FP32.
    std::optional<IntegerSum> integers;
    std::int64_t products = 0;  ///< whose integers are summed before FP32 is; 0: of none
    int bits = 0;               ///< two's complement bits that hold any such sum
};

/// What a pass reduces over: so many channels of a group, or images, at so many places each.
struct Reduction {
    std::int64_t extent = 0;
    std::int64_t places = 1;
    std::int64_t groups = 1;   ///< that the operands' blocks may span
    bool startsAtZero = true;  ///< an output's partial sum; else at a bias
};

/// `between` is partialSumOf(accumulator), and outlives the result.
PassSums passSums(const std::optional<numerics::IntegerBlocks>& a,
                  const std::optional<numerics::IntegerBlocks>& b, const Reduction& reduction,
                  const numerics::Accumulator& accumulator, const numerics::PartialSum* between);

}  // namespace mantissa::nn
