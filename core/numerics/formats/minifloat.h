// SPDX-License-Identifier: GPL-3.0-or-later
// Floating point numbers of a few bits, each with an exponent of its own.
#pragma once

#include <cmath>
#include <optional>

namespace mantissa::numerics {

/// Which codes of the top exponent are numbers.
enum class MinifloatVariant {
    Ieee,      ///< top exponent reserved: Inf and NaN
    Fn,        ///< "finite": top exponent usable, only the all-ones code is NaN (OCP E4M3)
    AllCodes,  ///< every code is a finite number (OCP FP6, FP4)
};

/// Sign, `exponentBits`, `mantissaBits` stored fraction bits; the hidden one is not counted.
/// Width = 1 + exponentBits + mantissaBits.
struct Minifloat {
    int exponentBits = 4;          ///< 1..8
    int mantissaBits = 3;          ///< 0..23
    std::optional<int> bias = {};  ///< absent: 2^(exponentBits-1) - 1
    MinifloatVariant variant = MinifloatVariant::Ieee;
    bool subnormals = true;  ///< off: |x| below the smallest normal becomes 0 before rounding
    bool saturate = true;    ///< off: what rounds above the largest number becomes Inf
    bool operator==(const Minifloat&) const = default;
};

/// 2^(exponentBits-1) - 1.
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
/// code is NaN. Of one exponent bit IEEE's variant leaves the subnormal numbers.
inline double largestOf(const Minifloat& format) {
    const int top = topField(format) - biasOf(format);
    if (topField(format) == 0) {
        return std::ldexp(1.0 - std::ldexp(1.0, -format.mantissaBits), lowestExponent(format));
    }
    if (format.variant != MinifloatVariant::Fn) {
        return std::ldexp(2.0 - std::ldexp(1.0, -format.mantissaBits), top);
    }
    return format.mantissaBits == 0
               ? std::ldexp(1.0, top - 1)
               : std::ldexp(2.0 - std::ldexp(1.0, 1 - format.mantissaBits), top);
}

/// The smallest positive number.
inline double smallestOf(const Minifloat& format) {
    return std::ldexp(smallestNormalOf(format), format.subnormals ? -format.mantissaBits : 0);
}

/// The largest number that is one of binary32 too: where what is emulated ends. Nothing else is
/// lost there, since every binary32 number is a multiple of the steps that are finer than its own.
double largestInBinary32(const Minifloat& format);

}  // namespace mantissa::numerics
