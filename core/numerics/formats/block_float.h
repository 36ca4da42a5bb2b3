// SPDX-License-Identifier: GPL-3.0-or-later
// Block floating point: significands that share an exponent.
#pragma once

#include <algorithm>
#include <limits>
#include <optional>

#include "core/numerics/formats/arithmetic.h"
#include "core/numerics/formats/block_shape.h"
#include "core/numerics/formats/minifloat.h"

namespace mantissa::numerics {

/// How the exponent E that a block shares follows from its largest magnitude. p magnitude bits.
enum class SharedExponentRule {
    Floor,  ///< E = floor(log2 max), step 2^(E+1-p): the maximum keeps its leading one (QPyTorch,
            ///< MSFP, FAST, FlexBlock; OCP's rule, less the element's largest exponent)
    Ceil,   ///< E = ceil(log2(max + epsilon)), step 2^(E-p): significand 0.m (HBFP)
    Even,   ///< Floor of the maximum plus half a step: one higher where it would round past the top
    RCeil,  ///< the smallest E at which nothing clips
    Exempt,  ///< elements at the largest exponent stay untouched, the others share the second
             ///< largest under Floor (LightNorm's final version)
};

/// Block floating point: a shared exponent and a sign-magnitude significand without hidden one.
/// Magnitudes clamp to the largest code, 2^p - 1 steps, on both sides.
struct BlockFloat {
    int mantissaBits = 8;
    bool signCounted = true;     ///< whether mantissaBits includes the sign (HBFP8's name does)
    bool leadingCounted = true;  ///< whether mantissaBits includes the leading one; off: it counts
                                 ///< fraction bits, and the leading bit is stored on top
    int exponentBits = 8;        ///< width of the stored shared exponent
    std::optional<int> bias = {};  ///< of that exponent; absent: 2^(exponentBits-1) - 1
    BlockShape block = {};
    SharedExponentRule rule = SharedExponentRule::Floor;
    double epsilon = 0;  ///< Ceil: added to the maximum, in binary32 (HBFPEmulator: 1e-8)
    bool clamp =
        true;  ///< off: a magnitude that rounds up to 2^p stays, at one more bit an element
    int chunkBits = 0;  ///< FAST: magnitudes are stored in chunks of so many bits, each with a
                        ///< sign of its own; 0: one sign an element
    int firstExponentBits = 0;  ///< LightNorm: elements are rounded to this minifloat (without
    int firstMantissaBits =
        0;  ///< subnormals, saturating) before they are grouped; 0: they are not
    /// Released, under Floor: QPyTorch's, which adds 6 2^E in binary32 and takes it away again, so
    /// that numbers are rounded to 2^(E - 21) first, and has one zero. Under Ceil: HBFPEmulator's,
    /// where an all-zero block without epsilon has no logarithm and becomes NaN.
    Arithmetic arithmetic = Arithmetic::Exact;
    /// p: significand bits without the sign.
    int magnitudeBits() const {
        return mantissaBits - (signCounted ? 1 : 0) + (leadingCounted ? 0 : 1);
    }
    bool operator==(const BlockFloat&) const = default;
};

inline int biasOf(const BlockFloat& format) {
    return format.bias.value_or(defaultBias(format.exponentBits));
}

/// Ends of the exponent that a block shares, as its stored field can say them.
inline int lowestExponent(const BlockFloat& format) {
    return -biasOf(format);
}
inline int highestExponent(const BlockFloat& format) {
    return (1 << format.exponentBits) - 1 - biasOf(format);
}

/// log2 of the step that a shared exponent gives (see SharedExponentRule).
inline int stepExponent(const BlockFloat& format, int sharedExponent) {
    return sharedExponent + (format.rule == SharedExponentRule::Ceil ? 0 : 1) -
           format.magnitudeBits();
}

/// The largest magnitude in steps: 2^p - 1, or 2^p where codes do not clamp.
inline double largestCode(const BlockFloat& format) {
    return std::ldexp(1.0, format.magnitudeBits()) - (format.clamp ? 1 : 0);
}

/// The largest code whose number under this step is one of binary32.
inline double largestCode(const BlockFloat& format, int stepExponent) {
    constexpr double kLargest = std::numeric_limits<float>::max();
    return std::fmin(largestCode(format), std::floor(std::ldexp(kLargest, -stepExponent)));
}

/// Exempt: significand bits of an untouched element, the leading one included.
inline int untouchedBits(const BlockFloat& format) {
    return (format.firstExponentBits > 0 ? format.firstMantissaBits : 23) + 1;
}

/// Exempt: bits that either an untouched or a rounded element's magnitude fits.
inline int exemptBits(const BlockFloat& format) {
    return std::max(format.magnitudeBits() + (format.clamp ? 0 : 1), untouchedBits(format));
}

/// The minifloat that elements are rounded to before they are grouped, if any.
inline std::optional<Minifloat> firstFormat(const BlockFloat& format) {
    if (format.firstExponentBits == 0) {
        return std::nullopt;
    }
    return Minifloat{format.firstExponentBits,
                     format.firstMantissaBits,
                     {},
                     MinifloatVariant::Ieee,
                     false,
                     true};
}

}  // namespace mantissa::numerics
