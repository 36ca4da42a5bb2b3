// SPDX-License-Identifier: GPL-3.0-or-later
// The scalar half of the fast paths: a format's constants, and what vectors leave over.
#include <limits>

#include "core/numerics/quantise_kernels.h"
#include "core/numerics/scalar_rounding.h"

namespace mantissa::numerics {
namespace {

constexpr int kBinary32Bias = 127;

std::uint32_t wordAt(const Panel& panel, std::int64_t row, std::int64_t column) {
    return panel.words == nullptr ? 0 : *panel.wordsFrom(row, column);
}

}  // namespace

KernelFormat kernelFormat(const BlockFloat& format, Rounding rounding) {
    KernelFormat result{.rounding = rounding, .block = format};
    result.magnitudeBits = format.magnitudeBits();
    result.ceil = format.rule == SharedExponentRule::Ceil;
    const int bias = kBinary32Bias - (result.ceil ? 1 : 0);
    result.lowestField = lowestExponent(format) + bias;
    result.highestField = highestExponent(format) + bias;
    result.epsilon = static_cast<float>(format.epsilon);
    result.largestCode = static_cast<float>((1 << format.magnitudeBits()) - 1);
    return result;
}

KernelFormat kernelFormat(const Minifloat& format, Rounding rounding) {
    KernelFormat result{.rounding = rounding, .minifloat = format};
    result.magnitudeBits = format.mantissaBits + 1;
    result.lowestField = lowestExponent(format) + kBinary32Bias;
    result.highestField = std::numeric_limits<std::int32_t>::max();
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
