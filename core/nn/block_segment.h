// SPDX-License-Identifier: GPL-3.0-or-later
// Where bit-true products cut a reduction.
#pragma once

#include <cstdint>
#include <optional>

#include "core/numerics/integer_blocks.h"

namespace mantissa::nn {

/// How many elements of a reduction of `extent` bit-true kernels sum as integers: the longest
/// segments that lie inside one block of either operand, up to kMaxSegment. 0 where they have no
/// use: an operand whose blocks are no integers of up to seven bits, or segments of one element,
/// whose sum is FP32's own.
std::int64_t commonSegment(const std::optional<numerics::IntegerBlocks>& a,
                           const std::optional<numerics::IntegerBlocks>& b, std::int64_t extent);

}  // namespace mantissa::nn
