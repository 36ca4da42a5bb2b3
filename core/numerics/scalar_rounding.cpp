// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/scalar_rounding.h"

#include <bit>

#include <Random123/philox.h>

namespace mantissa::numerics {
namespace {

/// Exponent of ceil(log2 (magnitude + epsilon)); HBFPEmulator adds in binary32, where 1e-8 vanishes
/// beside anything from 0.25 upwards.
int ceilExponent(float magnitude, double epsilon) {
    const float shifted = magnitude + static_cast<float>(epsilon);
    int power = 0;
    const float significand = std::frexp(shifted, &power);  // in [0.5, 1)
    return significand > 0.5F ? power : power - 1;
}

}  // namespace

std::uint32_t randomWord(const RandomKey& key, std::int64_t index) {
    const auto group = static_cast<std::uint64_t>(index) / 64;
    const auto vector = static_cast<std::uint64_t>(index) % 64 / 16;
    const auto lane = static_cast<std::uint64_t>(index) % 16;
    const auto low = [](std::uint64_t v) { return static_cast<std::uint32_t>(v); };
    const auto high = [](std::uint64_t v) { return static_cast<std::uint32_t>(v >> 32U); };
    using Philox = r123::Philox4x32_R<kRandomKeyRounds>;
    const Philox::ctr_type counter{
        {low(8 * group + lane / 2), key.tensor, low(key.step), high(key.step)}};
    const Philox::key_type seed{{low(key.seed), high(key.seed)}};
    const std::uint32_t word = Philox{}(counter, seed)[vector / 2 * 2 + lane % 2];
    return vector % 2 == 0 ? word : std::rotl(word, 16);
}

double roundPosition(double steps, bool negative, Rounding rounding, std::uint32_t word,
                     int randomBits) {
    const double below = std::floor(steps);
    const double fraction = steps - below;
    bool up = false;
    switch (rounding) {
        case Rounding::NearestEven:
            up = fraction > 0.5 || (fraction >= 0.5 && std::fmod(std::fabs(below), 2.0) >= 1.0);
            break;
        case Rounding::NearestAway:
            up = negative ? fraction > 0.5 : fraction >= 0.5;
            break;
        case Rounding::NearestUp:
            up = fraction >= 0.5;
            break;
        case Rounding::NearestDown:
            up = fraction > 0.5;
            break;
        case Rounding::TowardZero:
            up = negative && fraction > 0;
            break;
        case Rounding::Floor:
            break;
        case Rounding::Stochastic:
            up = randomFraction(word, randomBits) <= fraction;
            break;
    }
    return below + (up ? 1.0 : 0.0);
}

int unclampedExponent(SharedExponentRule rule, int magnitudeBits, double codes, double epsilon,
                      float largestMagnitude) {
    if (rule == SharedExponentRule::Ceil) {
        return ceilExponent(largestMagnitude, epsilon);
    }
    const int floor = exponentOf(largestMagnitude);
    const double steps =
        std::ldexp(static_cast<double>(largestMagnitude), magnitudeBits - 1 - floor);
    bool next = false;
    if (rule == SharedExponentRule::Even) {
        next = steps + 0.5 >= std::ldexp(1.0, magnitudeBits);
    } else if (rule == SharedExponentRule::RCeil) {
        next = steps > codes;
    }
    return floor + (next ? 1 : 0);
}

int sharedExponent(const BlockFloat& format, float largestMagnitude) {
    const int lowest = lowestExponent(format);
    const bool zero = largestMagnitude + static_cast<float>(format.epsilon) <= 0;
    if (zero || (largestMagnitude <= 0 && format.rule != SharedExponentRule::Ceil)) {
        return lowest;
    }
    return std::clamp(unclampedExponent(format.rule, format.magnitudeBits(), largestCode(format),
                                        format.epsilon, largestMagnitude),
                      lowest, highestExponent(format));
}

}  // namespace mantissa::numerics
