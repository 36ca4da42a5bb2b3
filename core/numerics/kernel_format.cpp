// SPDX-License-Identifier: GPL-3.0-or-later
// The scalar half of the fast paths: a format's constants, and what vectors leave over.
#include <bit>
#include <limits>

#include "core/numerics/quantise_kernels.h"
#include "core/numerics/scalar_rounding.h"

namespace mantissa::numerics {
namespace {

constexpr int kBinary32Bias = 127;
constexpr std::int32_t kLargestFiniteBits = 0x7F7FFFFF;

/// Narrows the fields that a format says to those that vectors can treat, and notes the magnitudes
/// that are lost by it.
void setFields(KernelFormat& format, std::int32_t lowest, std::int32_t highest) {
    const std::int32_t least = format.magnitudeBits;
    const std::int32_t most = std::min(254, 252 + format.magnitudeBits);
    format.lowestField = std::max(lowest, least);
    format.highestField = std::min(highest, most);
    // The ceil rule's field is at most one below the magnitude's own.
    const bool epsilonSuffices =
        static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(format.epsilon) >> 23U) > least;
    format.tinyBelow = lowest >= least || epsilonSuffices ? 0 : (least + 1) << 23;
    format.hugeAbove = highest <= most || most == 254 ? kLargestFiniteBits : (most << 23) - 1;
}

std::uint32_t wordAt(const Panel& panel, std::int64_t row, std::int64_t column) {
    return panel.words == nullptr ? 0 : *panel.wordsFrom(row, column);
}

}  // namespace

KernelFormat kernelFormat(const BlockFloat& format, Rounding rounding) {
    KernelFormat result{.rounding = rounding, .block = format};
    result.magnitudeBits = format.magnitudeBits();
    result.ceil = format.rule == SharedExponentRule::Ceil;
    const int bias = kBinary32Bias - (result.ceil ? 1 : 0);
    result.epsilon = static_cast<float>(format.epsilon);
    setFields(result, lowestExponent(format) + bias, highestExponent(format) + bias);
    result.largestCode = static_cast<float>((1 << format.magnitudeBits()) - 1);
    return result;
}

KernelFormat kernelFormat(const Minifloat& format, Rounding rounding) {
    KernelFormat result{.rounding = rounding, .minifloat = format};
    result.magnitudeBits = format.mantissaBits + 1;
    setFields(result, lowestExponent(format) + kBinary32Bias,
              std::numeric_limits<std::int32_t>::max());
    result.flushBelow = format.subnormals ? 0.0F : static_cast<float>(smallestNormalOf(format));
    result.largest = static_cast<float>(largestOf(format));
    result.beyondLargest =
        format.saturate ? result.largest : std::numeric_limits<float>::infinity();
    return result;
}

void quantiseBlockScalar(const KernelFormat& format, const Panel& block) {
    float largest = 0;
    for (std::int64_t row = 0; row < block.rows; ++row) {
        for (std::int64_t column = 0; column < block.columns; ++column) {
            const float magnitude = std::fabs(block.in[row * block.stride + column]);
            largest = std::isfinite(magnitude) ? std::max(largest, magnitude) : largest;
        }
    }
    const int step = stepExponent(format.block, sharedExponent(format.block, largest));
    for (std::int64_t row = 0; row < block.rows; ++row) {
        for (std::int64_t column = 0; column < block.columns; ++column) {
            const auto at = row * block.stride + column;
            block.out[at] =
                quantiseInBlock(block.in[at], step, static_cast<double>(format.largestCode),
                                format.rounding, wordAt(block, row, column));
        }
    }
}

void quantiseMinifloatScalar(const KernelFormat& format, const Panel& row) {
    for (std::int64_t i = 0; i < row.columns; ++i) {
        row.out[i] =
            quantiseMinifloat(row.in[i], format.minifloat, format.rounding, wordAt(row, 0, i));
    }
}

}  // namespace mantissa::numerics
