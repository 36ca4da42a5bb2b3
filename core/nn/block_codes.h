// SPDX-License-Identifier: GPL-3.0-or-later
// Segments of numbers as small integers and a power of two: the norm of what bit-true products are
// made of.
#pragma once

#include <cstdint>

namespace mantissa::nn {

/// The scale of a segment whose largest magnitude has these binary32 bits: the power of two at
/// which it is from 64 to 127, though no finer than binary32's own smallest step. Zeros have scale
/// 0, a segment with Inf or NaN has NaN.
float segmentScale(std::uint32_t largestBits);

/// An element of a segment as an integer. `x` is a multiple of `scale`; 0 where the scale is 0 or
/// NaN.
int segmentCode(float x, float scale);

/// The largest magnitude's binary32 bits among `count` elements, `stride` apart.
std::uint32_t largestMagnitudeBits(const float* values, std::int64_t count, std::int64_t stride);

/// One link of an output's chain: sum + (integer dot product of the segments) * their scales,
/// rounded once. Elements are aStride and bStride apart.
float addSegmentProduct(float sum, const float* a, std::int64_t aStride, const float* b,
                        std::int64_t bStride, std::int64_t count);

}  // namespace mantissa::nn
