// SPDX-License-Identifier: GPL-3.0-or-later
// Where bit-true products cut a reduction.
#pragma once

#include <cstdint>
#include <optional>

#include "core/nn/block_codes.h"
#include "core/numerics/integer_blocks.h"

namespace mantissa::nn {

/// The longest runs of a reduction of `extent` elements that lie inside one block of either
/// operand.
std::int64_t commonRun(const numerics::IntegerBlocks& a, const numerics::IntegerBlocks& b,
                       std::int64_t extent);

/// The narrowest codes of so many bits; empty for too many.
std::optional<BlockCodes> codesFor(int magnitudeBits);

/// How many elements of a reduction of `extent` bit-true kernels sum as integers: the longest
/// segments that lie inside one block of either operand, up to longestSegment(). Length 0 where
/// they have no use: an operand whose blocks are no integers of up to 15 bits, or segments below
/// `shortest`; one element's sum is FP32's own.
BlockSegment commonSegment(const std::optional<numerics::IntegerBlocks>& a,
                           const std::optional<numerics::IntegerBlocks>& b, std::int64_t extent,
                           std::int64_t shortest = 2);

}  // namespace mantissa::nn
