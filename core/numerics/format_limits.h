// SPDX-License-Identifier: GPL-3.0-or-later
// The ends of a format's range, as exponents and as numbers.
#pragma once

#include <cmath>

#include "core/numerics/format.h"

namespace mantissa::numerics {

inline int defaultBias(int exponentBits) {
    return (1 << (exponentBits - 1)) - 1;
}

inline int biasOf(const Minifloat& format) {
    return format.bias.value_or(defaultBias(format.exponentBits));
}

/// Largest exponent field that holds numbers.
inline int topField(const Minifloat& format) {
    return (1 << format.exponentBits) - (format.variant == MinifloatVariant::Ieee ? 2 : 1);
}

/// Exponent of the smallest normal number; the subnormals share it.
inline int lowestExponent(const Minifloat& format) {
    return 1 - biasOf(format);
}

inline double smallestNormalOf(const Minifloat& format) {
    return std::ldexp(1.0, lowestExponent(format));
}

/// The largest finite number: all fraction bits set in the top exponent, one step less where that
/// code is NaN.
inline double largestOf(const Minifloat& format) {
    const int top = topField(format) - biasOf(format);
    if (format.variant != MinifloatVariant::Fn) {
        return std::ldexp(2.0 - std::ldexp(1.0, -format.mantissaBits), top);
    }
    return format.mantissaBits == 0
               ? std::ldexp(1.0, top - 1)
               : std::ldexp(2.0 - std::ldexp(1.0, 1 - format.mantissaBits), top);
}

/// Ends of the exponent that a block shares, as its stored field can say them.
inline int lowestExponent(const BlockFloat& format) {
    return -defaultBias(format.exponentBits);
}
inline int highestExponent(const BlockFloat& format) {
    return (1 << format.exponentBits) - 1 - defaultBias(format.exponentBits);
}

/// log2 of the step that a shared exponent gives (see SharedExponentRule).
inline int stepExponent(const BlockFloat& format, int sharedExponent) {
    return sharedExponent + (format.rule == SharedExponentRule::Floor ? 1 : 0) -
           format.magnitudeBits();
}

}  // namespace mantissa::numerics
