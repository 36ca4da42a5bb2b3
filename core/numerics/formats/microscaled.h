// SPDX-License-Identifier: GPL-3.0-or-later
// Microscaling (OCP MX): minifloat or integer elements under a power-of-two scale.
#pragma once

#include <optional>

#include "core/numerics/formats/block_float.h"

namespace mantissa::numerics {

/// Blocks of elements P_i with a shared scale X = 2^s, s in E8M0: values are P_i X (OCP
/// Microscaling v1.0 by way of microxcaling's formats.py; the specification's text was not read).
/// A NaN or Inf in a block makes its scale NaN, and with it every element.
struct Microscaled {
    /// 1..8; 0: two's complement integers of mantissaBits bits, in units of 2^(2-mantissaBits), of
    /// which the most negative code stays unused (MXINT8).
    int exponentBits = 4;
    int mantissaBits = 3;  ///< stored fraction bits; with exponentBits 0 the width of the integer
    std::optional<MinifloatVariant> variant = {};  ///< absent: OCP's: E5M2 Ieee, E4M3 Fn, else all
    /// s from -(2^(scaleBits-1) - 1) to 2^(scaleBits-1) - 1; one code is NaN, which a block takes
    /// that needs more.
    int scaleBits = 8;
    BlockShape block = {.size = 32};
    /// s = E - emax with E by Floor, Ceil (without epsilon) or Even, emax the exponent of the
    /// element's largest number; RCeil: the smallest s at which nothing saturates. Not Exempt.
    SharedExponentRule rule = SharedExponentRule::Floor;
    bool operator==(const Microscaled&) const = default;
};

inline bool hasIntegerElements(const Microscaled& format) {
    return format.exponentBits == 0;
}

inline MinifloatVariant variantOf(const Microscaled& format) {
    if (format.variant) {
        return *format.variant;
    }
    if (format.exponentBits == 5 && format.mantissaBits == 2) {
        return MinifloatVariant::Ieee;
    }
    return format.exponentBits == 4 && format.mantissaBits == 3 ? MinifloatVariant::Fn
                                                                : MinifloatVariant::AllCodes;
}

/// The element as a saturating minifloat. Integers of b bits are those of one exponent bit and b -
/// 2 fraction bits with bias 1, whose step is the same everywhere.
inline Minifloat elementOf(const Microscaled& format) {
    if (hasIntegerElements(format)) {
        return {1, format.mantissaBits - 2, 1, MinifloatVariant::AllCodes};
    }
    return {format.exponentBits, format.mantissaBits, {}, variantOf(format)};
}

/// Exponent of the element's largest number.
inline int largestExponentOf(const Microscaled& format) {
    return std::ilogb(largestOf(elementOf(format)));
}

inline int highestScale(const Microscaled& format) {
    return (1 << (format.scaleBits - 1)) - 1;
}

}  // namespace mantissa::numerics
