// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/block_codes.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "core/nn/block_accumulate.h"

namespace mantissa::nn {

float segmentScale(std::uint32_t largestBits, BlockCodes codes) {
    constexpr std::uint32_t kInfinity = 0x7F800000;
    constexpr int kSmallestStep = -149;
    if (largestBits == 0) {
        return 0;
    }
    if (largestBits >= kInfinity) {
        return std::numeric_limits<float>::quiet_NaN();
    }
    const int exponent = std::ilogb(std::bit_cast<float>(largestBits));
    return std::ldexp(1.0F, std::max(exponent - (magnitudeBitsOf(codes) - 1), kSmallestStep));
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
                        std::int64_t bStride, const BlockSegment& segment) {
    const auto scaleOf = [&](const float* values, std::int64_t stride) {
        return segmentScale(largestMagnitudeBits(values, segment.length, stride), segment.codes);
    };
    const float scaleA = scaleOf(a, aStride);
    const float scaleB = scaleOf(b, bStride);
    std::int64_t dot = 0;
    for (std::int64_t k = 0; k < segment.length; ++k) {
        dot +=
            std::int64_t{segmentCode(a[k * aStride], scaleA)} * segmentCode(b[k * bStride], scaleB);
    }
    const float product = static_cast<float>(dot) * scaleB;
    return segment.between == nullptr
               ? std::fma(product, scaleA, sum)
               : addTerm(sum, std::fma(product, scaleA, 0.0F), *segment.between);
}

}  // namespace mantissa::nn
