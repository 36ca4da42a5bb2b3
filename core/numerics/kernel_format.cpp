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
constexpr std::int32_t kOneField = 1 << 23;

/// A grid has a normal field. Where a threshold is compared with, 2^-24 steps is normal too.
constexpr int kHighestGrid = 254;

int lowestGrid(Rounding rounding) {
    const bool compares = rounding != Rounding::NearestEven && rounding != Rounding::TowardZero;
    return compares ? 1 + 23 + 24 : 1;
}

/// Narrows the fields that a format says to those that vectors can treat, and notes the magnitudes
/// that are lost by it.
void setFields(KernelFormat& format, std::int32_t lowest, std::int32_t highest) {
    const int offset = 24 - format.magnitudeBits;
    const std::int32_t least = lowestGrid(format.rounding) - offset;
    const std::int32_t most = kHighestGrid - offset;
    format.lowestField = std::max(lowest, least);
    format.highestField = std::min(highest, most);
    // A subnormal number reads as field 0, whatever its exponent.
    const std::int32_t readable = std::max(least, 1);
    // The ceil rule's field is at most one below the magnitude's own.
    const std::int32_t fromField = readable + (format.ceil ? 1 : 0);
    const bool epsilonSuffices =
        static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(format.epsilon) >> 23U) >= fromField;
    const bool clampsTiny = lowest >= std::max(least, 0);
    format.tinyBelow = clampsTiny || epsilonSuffices ? 0 : fromField * kOneField;
    format.hugeAbove = highest <= most ? kLargestFiniteBits : most * kOneField - 1;
    if (highest < least || lowest > most) {
        format.lowestField = least;
        format.highestField = most;
        format.hugeAbove = -1;  // no number at all
    }
}

std::uint32_t wordAt(const KernelFormat& format, const Panel& panel, std::int64_t row,
                     std::int64_t column) {
    if (format.rounding != Rounding::Stochastic) {
        return 0;
    }
    return panel.words != nullptr ? *panel.wordsFrom(row, column)
                                  : randomWord(panel.key, panel.indexOf(row, column));
}

/// Replaces each element by `quantised(x, word)` and counts those above `limit`.
template <typename Quantised>
void forEachOf(const KernelFormat& format, const Panel& panel, double limit,
               const Quantised& quantised) {
    std::int64_t clipped = 0;
    for (std::int64_t row = 0; row < panel.rows; ++row) {
        for (std::int64_t column = 0; column < panel.columns; ++column) {
            const float x = panel.in[row * panel.inStride + column];
            clipped += std::isfinite(x) && std::fabs(static_cast<double>(x)) > limit ? 1 : 0;
            panel.out[row * panel.outStride + column] =
                quantised(x, wordAt(format, panel, row, column));
        }
    }
    if (panel.clipped != nullptr) {
        *panel.clipped += clipped;
    }
}

}  // namespace

KernelFormat kernelFormat(const BlockFloat& format, Rounding rounding, int randomBits) {
    KernelFormat result{.rounding = rounding, .randomBits = randomBits, .block = format};
    result.magnitudeBits = format.magnitudeBits();
    result.ceil = format.rule == SharedExponentRule::Ceil;
    const int bias = kBinary32Bias - (result.ceil ? 1 : 0);
    result.epsilon = static_cast<float>(format.epsilon);
    setFields(result, lowestExponent(format) + bias, highestExponent(format) + bias);
    result.limitPerGrid = static_cast<float>((1 << format.magnitudeBits()) - 1) * 0x1p-23F;
    return result;
}

KernelFormat kernelFormat(const Minifloat& format, Rounding rounding, int randomBits) {
    KernelFormat result{.rounding = rounding, .randomBits = randomBits, .minifloat = format};
    result.magnitudeBits = format.mantissaBits + 1;
    const double largest = largestOf(format);
    constexpr double kMost = std::numeric_limits<float>::max();
    result.flushBelow = format.subnormals ? 0.0F : static_cast<float>(smallestNormalOf(format));
    result.largest = static_cast<float>(largest);
    result.saturate = format.saturate;
    result.overflow = static_cast<float>(std::min(std::ldexp(1.0, std::ilogb(largest) + 1), kMost));
    setFields(result, lowestExponent(format) + kBinary32Bias,
              std::ilogb(format.saturate ? result.largest : result.overflow) + kBinary32Bias);
    return result;
}

bool inBlockIsExact(const KernelFormat& format, int stepExponent) {
    const int grid = stepExponent + 23 + kBinary32Bias;
    return grid >= lowestGrid(format.rounding) && grid <= kHighestGrid;
}

void quantiseBlockScalar(const KernelFormat& format, const Panel& block) {
    float largest = 0;
    for (std::int64_t row = 0; row < block.rows; ++row) {
        for (std::int64_t column = 0; column < block.columns; ++column) {
            const float magnitude = std::fabs(block.in[row * block.inStride + column]);
            largest = std::isfinite(magnitude) ? std::max(largest, magnitude) : largest;
        }
    }
    const int step = stepExponent(format.block, sharedExponent(format.block, largest));
    quantiseInBlockScalar(format, step, block);
}

void quantiseInBlockScalar(const KernelFormat& format, int stepExponent, const Panel& block) {
    const double codes = largestCode(format.block, stepExponent);
    const double limit = std::ldexp(codes, stepExponent);
    forEachOf(format, block, limit, [&](float x, std::uint32_t word) {
        return quantiseInBlock(x, stepExponent, codes, format.rounding, word, format.randomBits);
    });
}

void quantiseMinifloatScalar(const KernelFormat& format, const Panel& row) {
    forEachOf(format, row, largestOf(format.minifloat), [&](float x, std::uint32_t word) {
        return quantiseMinifloat(x, format.minifloat, format.rounding, word, format.randomBits);
    });
}

}  // namespace mantissa::numerics
