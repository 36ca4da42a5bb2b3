// SPDX-License-Identifier: GPL-3.0-or-later
// Segments of numbers as small integers and a power of two: the norm of what bit-true products are
// made of.
#pragma once

#include <cstdint>

namespace mantissa::numerics {
struct PartialSum;
}

namespace mantissa::nn {

/// How wide the integers of both operands are, the sign apart, and how kernels multiply them.
enum class BlockCodes {
    Bytes,      ///< up to 7 bits
    Words,      ///< up to 11 bits, in 16: sums of their products fit 32
    SplitWords  ///< up to 15 bits: the upper and the lower bytes of rows are multiplied apart
};

/// Bits of the largest integers.
constexpr int magnitudeBitsOf(BlockCodes codes) {
    return codes == BlockCodes::Bytes ? 7 : (codes == BlockCodes::Words ? 11 : 15);
}

/// A longer block's sum is cut into such pieces: sums of bytes' products then fit 24 bits and are
/// exact in binary32, sums of other products fit 32 (2047^2 * 512 and 32767 * 255 * 256 do).
constexpr std::int64_t longestSegment(BlockCodes codes) {
    return codes == BlockCodes::Bytes ? 1024 : (codes == BlockCodes::Words ? 512 : 256);
}

/// What is summed as an integer: so many neighbours of a reduction, the last perhaps fewer.
struct BlockSegment {
    std::int64_t length = 0;  ///< 0: none, products are added in FP32
    BlockCodes codes = BlockCodes::Bytes;
    /// What the integer sums are added in, each an FP32 number first; null: FP32. Outlives this.
    const numerics::PartialSum* between = nullptr;

    constexpr BlockSegment() = default;
    // Not explicit: most integers are bytes.
    constexpr BlockSegment(std::int64_t elements, BlockCodes width = BlockCodes::Bytes,
                           const numerics::PartialSum* sum = nullptr)
        : length(elements), codes(width), between(sum) {}
    bool operator==(const BlockSegment&) const = default;
};

/// The scale of a segment whose largest magnitude has these binary32 bits: the power of two at
/// which it has all the bits that `codes` has, though no finer than binary32's own smallest step.
/// Zeros have scale 0, a segment with Inf or NaN has NaN.
float segmentScale(std::uint32_t largestBits, BlockCodes codes = BlockCodes::Bytes);

/// An element of a segment as an integer. `x` is a multiple of `scale`; 0 where the scale is 0 or
/// NaN.
int segmentCode(float x, float scale);

/// The largest magnitude's binary32 bits among `count` elements, `stride` apart.
std::uint32_t largestMagnitudeBits(const float* values, std::int64_t count, std::int64_t stride);

/// One link of an output's chain: sum + (integer dot product of the segments) * their scales,
/// which is rounded to binary32 as an integer and once more by the addition. Elements are aStride
/// and bStride apart.
float addSegmentProduct(float sum, const float* a, std::int64_t aStride, const float* b,
                        std::int64_t bStride, const BlockSegment& segment);

}  // namespace mantissa::nn
