// SPDX-License-Identifier: GPL-3.0-or-later
// The arithmetic of every format on one number: what the norm does and what each fast path must
// reproduce bit by bit.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "core/numerics/format.h"
#include "core/numerics/format_limits.h"
#include "core/numerics/quantise.h"

namespace mantissa::numerics {

/// The random word of element `index`: with g = index / 64 and r = index % 64, it is word r / 16 of
/// Philox4x32-10 on the counter {16 g + r % 16, tensor, step low, step high} under the key {seed
/// low, seed high}. Sixteen consecutive counters thus serve 64 consecutive elements, so that a
/// vector holds one word of consecutive counters. The sequence repeats after 2^34 elements.
std::uint32_t randomWord(const RandomKey& key, std::int64_t index);

/// Rounds `steps` >= 0 (exact) to an integer; `negative` is the sign of the number it belongs to.
/// Stochastic: up iff (word / 2^8 + 1) 2^-24 <= fraction, that is with the probability of the
/// fraction cut to 24 bits, so that an exact number never moves.
inline double roundMagnitude(double steps, bool negative, Rounding rounding, std::uint32_t word) {
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
        case Rounding::TowardZero:
            break;
        case Rounding::Stochastic:
            up = std::ldexp(static_cast<double>((word >> 8U) + 1), -24) <= fraction;
            break;
    }
    return whole + (up ? 1.0 : 0.0);
}

/// Floor(log2 magnitude) of a positive number, subnormal or not.
inline int exponentOf(float magnitude) {
    return std::ilogb(magnitude);
}

/// The exponent that a block with this largest finite magnitude shares, clamped to what its field
/// can say: below, the step stays that of the smallest exponent; above, magnitudes clamp. An
/// all-zero block takes the smallest.
inline int sharedExponent(const BlockFloat& format, float largestMagnitude) {
    int exponent = lowestExponent(format);
    if (format.rule == SharedExponentRule::Floor) {
        if (largestMagnitude > 0) {
            exponent = exponentOf(largestMagnitude);
        }
    } else {
        // HBFPEmulator adds in binary32, where 1e-8 vanishes beside anything from 0.25 upwards.
        const float shifted = largestMagnitude + static_cast<float>(format.epsilon);
        if (shifted > 0) {
            int power = 0;
            const float significand = std::frexp(shifted, &power);  // in [0.5, 1)
            exponent = significand > 0.5F ? power : power - 1;
        }
    }
    return std::clamp(exponent, lowestExponent(format), highestExponent(format));
}

/// One element of a block whose step is 2^stepExponent. The result has the sign of `x`, on zero
/// too; NaN and Inf pass through. A result below binary32's own step is rounded to it.
inline float quantiseInBlock(float x, int stepExponent, double largestCode, Rounding rounding,
                             std::uint32_t word) {
    if (!std::isfinite(x)) {
        return x;
    }
    const double steps = std::ldexp(std::fabs(static_cast<double>(x)), -stepExponent);
    const double code =
        std::fmin(roundMagnitude(steps, std::signbit(x), rounding, word), largestCode);
    return std::copysign(static_cast<float>(std::ldexp(code, stepExponent)), x);
}

/// One number of a minifloat format. Flushing comes before rounding, the test for overflow after
/// it. The result has the sign of `x`, on zero too; NaN and Inf pass through.
inline float quantiseMinifloat(float x, const Minifloat& format, Rounding rounding,
                               std::uint32_t word) {
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
        roundMagnitude(std::ldexp(magnitude, -step), std::signbit(x), rounding, word), step);
    if (const double largest = largestOf(format); result > largest) {
        result = format.saturate ? largest : std::numeric_limits<double>::infinity();
    }
    return std::copysign(static_cast<float>(result), x);
}

}  // namespace mantissa::numerics
