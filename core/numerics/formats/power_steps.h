// SPDX-License-Identifier: GPL-3.0-or-later
// Formats whose steps are powers of two, as one family of numbers: what vector loops need to know.
#pragma once

#include <cstdint>
#include <optional>

#include "core/numerics/formats/block_float.h"

namespace mantissa::numerics {

/// A block shares an exponent E, which follows from its largest finite magnitude L: it is the
/// binary32 exponent of the number whose bits are those of L + epsilon, plus `carry`, clamped to
/// [lowest, highest]. The smallest step of its elements is 2^(E + step). All magnitudes below are
/// in such steps.
struct PowerSteps {
    bool shared = true;  ///< off: E is `lowest`, whatever the elements are
    float epsilon = 0;
    std::int32_t carry = 0;  ///< see carryOf()
    int lowest = 0;
    int highest = 0;
    int step = 0;
    /// Elements have exponents of their own above E: a number of p magnitude bits has the step
    /// 2^(1 - p) below its leading bit, or the smallest one if that is larger.
    bool floating = false;
    int magnitudeBits = 1;      ///< p, if floating
    double largest = 1;         ///< what is larger clamps
    double lowestNegative = 0;  ///< magnitude of the most negative number; 0: as `largest`
    double flushBelow = 0;      ///< what is smaller becomes zero before it is rounded
    bool saturate = true;       ///< off: what rounds above `largest` becomes Inf
    bool oneZero = false;       ///< zero has no sign
    /// Nearest roundings above the smallest power of two part numbers at sqrt(2) times a power
    /// (p = 1).
    bool logMiddle = false;
    bool exact = false;  ///< every binary32 number is one of the format
    /// NaN, Inf or an exponent above `highest` makes its block NaN.
    bool infects = false;
    /// Elements of sub-blocks, 0: none. E is lowered for each, by largestShift at most, toward what
    /// it would be for the sub-block alone.
    std::int64_t subBlock = 0;
    int largestShift = 0;
    /// LightNorm's rule (SharedExponentRule::Exempt): elements at the exponent of L, within
    /// [lowest, highest], keep so many significand bits, and E follows from the second largest
    /// magnitude instead; 0: not so.
    int untouchedBits = 0;
    std::optional<Minifloat> first = {};  ///< elements are rounded to it before they are grouped
};

/// The binary32 fraction of the least number above sqrt(2).
inline constexpr std::int32_t kAboveRootTwo = 0x3504F4;

/// What PowerSteps::carry is under a rule with p magnitude bits and a largest code `codes` (both as
/// unclampedExponent() takes them): where E is one higher than the exponent of L, the fraction of L
/// plus this runs over. Not for Exempt.
inline std::int32_t carryOf(SharedExponentRule rule, int magnitudeBits, double codes) {
    constexpr std::int32_t kFraction = (1 << 23) - 1;
    switch (rule) {
        case SharedExponentRule::Ceil:
            return kFraction;
        case SharedExponentRule::Even:
            return magnitudeBits > 23 ? 0 : 1 << (23 - magnitudeBits);
        case SharedExponentRule::RCeil: {
            // codes, as a significand of 24 bits: nothing lies above the next power of two.
            const double significand = std::ldexp(codes, 24 - magnitudeBits);
            return significand >= 0x1p24
                       ? 0
                       : kFraction - (static_cast<std::int32_t>(significand) - (1 << 23));
        }
        case SharedExponentRule::Floor:
        case SharedExponentRule::Exempt:
            break;
    }
    return 0;
}

}  // namespace mantissa::numerics
