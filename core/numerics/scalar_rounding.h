// SPDX-License-Identifier: GPL-3.0-or-later
// The arithmetic of every format on one number: what the norm does and what each fast path must
// reproduce bit by bit.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "core/numerics/format.h"
#include "core/numerics/random_key.h"

namespace mantissa::numerics {

/// 1 - u 2^-r in (0, 1], u the r highest bits of the word: what a remainder must reach to round up.
inline double randomFraction(std::uint32_t word, int randomBits) {
    const std::uint32_t bits = word >> static_cast<unsigned>(32 - randomBits);
    return 1.0 - std::ldexp(static_cast<double>(bits), -randomBits);
}

/// Rounds `steps` >= 0 (exact) to an integer; `negative` is the sign of the number it belongs to.
/// Stochastic with r random bits: these are added below the step, and what carries goes up, that is
/// with the probability of the fraction cut to r bits, so that an exact number never moves.
inline double roundMagnitude(double steps, bool negative, Rounding rounding, std::uint32_t word,
                             int randomBits = kFullRandomBits) {
    const double whole = std::floor(steps);
    const double fraction = steps - whole;
    bool up = false;
    switch (rounding) {
        case Rounding::NearestEven:
            up = fraction > 0.5 || (fraction >= 0.5 && std::fmod(whole, 2.0) >= 1.0);
            break;
        case Rounding::NearestAway:
            up = fraction >= 0.5;
            break;
        case Rounding::NearestUp:
            up = negative ? fraction > 0.5 : fraction >= 0.5;
            break;
        case Rounding::NearestDown:
            up = negative ? fraction >= 0.5 : fraction > 0.5;
            break;
        case Rounding::TowardZero:
            break;
        case Rounding::Floor:
            up = negative && fraction > 0;
            break;
        case Rounding::Stochastic:
            up = randomFraction(word, randomBits) <= fraction;
            break;
    }
    return whole + (up ? 1.0 : 0.0);
}

/// Rounds a position on a grid that need not pass through zero to one of its whole neighbours;
/// `negative` is the sign of the number itself, which "away" and "toward zero" go by.
double roundPosition(double steps, bool negative, Rounding rounding, std::uint32_t word,
                     int randomBits);

/// Floor(log2 magnitude) of a positive number, subnormal or not.
inline int exponentOf(float magnitude) {
    return std::ilogb(magnitude);
}

/// The exponent that a block with this largest finite magnitude shares by `rule` (Exempt: as
/// Floor), before any clamp; p magnitude bits, largest code `codes`. Needs largestMagnitude > 0,
/// or for Ceil with an epsilon >= 0.
int unclampedExponent(SharedExponentRule rule, int magnitudeBits, double codes, double epsilon,
                      float largestMagnitude);

/// The same of a block floating point format, clamped to what its field can say: below, the step
/// stays that of the smallest exponent; above, magnitudes clamp. An all-zero block takes the
/// smallest.
int sharedExponent(const BlockFloat& format, float largestMagnitude);

/// One element of a block whose step is 2^stepExponent. The result has the sign of `x`, on zero
/// too; NaN and Inf pass through. A result below binary32's own step is rounded to it.
inline float quantiseInBlock(float x, int stepExponent, double largestCode, Rounding rounding,
                             std::uint32_t word, int randomBits = kFullRandomBits) {
    if (!std::isfinite(x)) {
        return x;
    }
    const double steps = std::ldexp(std::fabs(static_cast<double>(x)), -stepExponent);
    const double code =
        std::fmin(roundMagnitude(steps, std::signbit(x), rounding, word, randomBits), largestCode);
    return std::copysign(static_cast<float>(std::ldexp(code, stepExponent)), x);
}

/// One number of a minifloat format. Flushing comes before rounding, the test for overflow after
/// it. The result has the sign of `x`, on zero too; NaN and Inf pass through.
inline float quantiseMinifloat(float x, const Minifloat& format, Rounding rounding,
                               std::uint32_t word, int randomBits = kFullRandomBits) {
    if (!std::isfinite(x)) {
        return x;
    }
    const double magnitude = std::fabs(static_cast<double>(x));
    if (x == 0 || (!format.subnormals && magnitude < smallestNormalOf(format))) {
        return std::copysign(0.0F, x);
    }
    const int step =
        std::max(exponentOf(std::fabs(x)), lowestExponent(format)) - format.mantissaBits;
    double result = std::ldexp(
        roundMagnitude(std::ldexp(magnitude, -step), std::signbit(x), rounding, word, randomBits),
        step);
    if (const double largest = largestInBinary32(format); result > largest) {
        result = format.saturate ? largest : std::numeric_limits<double>::infinity();
    }
    return std::copysign(static_cast<float>(result), x);
}

}  // namespace mantissa::numerics
