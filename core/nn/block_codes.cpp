// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/block_codes.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace mantissa::nn {

float segmentScale(std::uint32_t largestBits) {
    constexpr std::uint32_t kInfinity = 0x7F800000;
    constexpr int kSmallestStep = -149;
    if (largestBits == 0) {
        return 0;
    }
    if (largestBits >= kInfinity) {
        return std::numeric_limits<float>::quiet_NaN();
    }
    const int exponent = std::ilogb(std::bit_cast<float>(largestBits));
    return std::ldexp(1.0F, std::max(exponent - 6, kSmallestStep));
}

int segmentCode(float x, float scale) {
    return scale > 0 ? static_cast<int>(static_cast<double>(x) / static_cast<double>(scale)) : 0;
}

std::uint32_t largestMagnitudeBits(const float* values, std::int64_t count, std::int64_t stride) {
    std::uint32_t largest = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        largest = std::max(largest, std::bit_cast<std::uint32_t>(std::fabs(values[i * stride])));
    }
    return largest;
}

float addSegmentProduct(float sum, const float* a, std::int64_t aStride, const float* b,
                        std::int64_t bStride, std::int64_t count) {
    const float scaleA = segmentScale(largestMagnitudeBits(a, count, aStride));
    const float scaleB = segmentScale(largestMagnitudeBits(b, count, bStride));
    std::int32_t dot = 0;
    for (std::int64_t k = 0; k < count; ++k) {
        dot += segmentCode(a[k * aStride], scaleA) * segmentCode(b[k * bStride], scaleB);
    }
    return std::fma(static_cast<float>(dot) * scaleB, scaleA, sum);
}

}  // namespace mantissa::nn
