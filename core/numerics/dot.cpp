// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/dot.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>

#include "core/numerics/scalar_rounding.h"

namespace mantissa::numerics {
namespace {

using Index = std::size_t;

/// a + b rounded to odd (Boldo and Melquiond, IEEE Trans. Computers 2008): of the two neighbours of
/// an inexact sum, the one with an odd last bit. Rounding that to 51 bits or fewer is the same as
/// rounding the exact sum.
double sumRoundedToOdd(double a, double b) {
    const double sum = a + b;
    if (!std::isfinite(sum)) {
        return sum;
    }
    const double partOfB = sum - a;
    const double error = (a - (sum - partOfB)) + (b - partOfB);  // exact: Knuth's TwoSum
    const auto bits = std::bit_cast<std::uint64_t>(sum);
    if (error == 0 || bits % 2 != 0) {  // exactly: TwoSum's error is
        return sum;
    }
    // The neighbour on the error's side: one step of the magnitude up or down.
    return std::bit_cast<double>(std::signbit(sum) == std::signbit(error) ? bits + 1 : bits - 1);
}

/// A number whose exponent is neither the format's lowest nor its highest, rounded without a look
/// at its ends.
float roundedAmid(double exact, const PartialSum& format) {
    constexpr int kFractionBits = 52;
    const auto dropped = static_cast<unsigned>(kFractionBits - format.mantissaBits);
    auto bits = std::bit_cast<std::uint64_t>(exact);
    if (format.rounding == Rounding::NearestEven) {
        bits += (std::uint64_t{1} << (dropped - 1)) - 1 + (bits >> dropped) % 2;
    }
    return static_cast<float>(std::bit_cast<double>(bits >> dropped << dropped));
}

/// Whether roundedAmid() is meant for it.
bool isAmid(double magnitude, const PartialSum& format) {
    constexpr int kBias = 1023;
    const auto powerOfTwo = [](int exponent) {
        return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + kBias) << 52U);
    };
    const int bias = (1 << (format.exponentBits - 1)) - 1;
    const bool known =
        format.rounding == Rounding::NearestEven || format.rounding == Rounding::TowardZero;
    return known && magnitude >= powerOfTwo(1 - bias) && magnitude < powerOfTwo(bias);
}

Minifloat minifloatOf(const PartialSum& format) {
    return {.exponentBits = format.exponentBits,
            .mantissaBits = format.mantissaBits,
            .bias = {},
            .variant = MinifloatVariant::Ieee,
            .subnormals = format.subnormals,
            .saturate = format.saturate};
}

/// Counts the roundings of one output element and finds their random words.
class RoundingWords {
public:
    RoundingWords(Rounding rounding, const RandomKey& key, std::int64_t first)
        : m_stochastic(rounding == Rounding::Stochastic), m_key(key), m_next(first) {}

    std::uint32_t next() { return m_stochastic ? randomWord(m_key, m_next++) : 0; }

private:
    bool m_stochastic;
    RandomKey m_key;
    std::int64_t m_next;
};

std::int64_t blocksOf(std::size_t size, std::int64_t blockSize) {
    return (static_cast<std::int64_t>(size) + blockSize - 1) / blockSize;
}

}  // namespace

float addRounded(float sum, double term, const PartialSum& format, std::uint32_t word) {
    const double exact = sumRoundedToOdd(static_cast<double>(sum), term);
    const double magnitude = std::fabs(exact);
    if (isAmid(magnitude, format)) {
        return roundedAmid(exact, format);
    }
    if (!std::isfinite(exact)) {
        return static_cast<float>(exact);
    }
    const Minifloat number = minifloatOf(format);
    if (magnitude == 0 || (!format.subnormals && magnitude < smallestNormalOf(number))) {
        return std::copysign(0.0F, static_cast<float>(exact));
    }
    const int step = std::max(std::ilogb(magnitude), lowestExponent(number)) - format.mantissaBits;
    double rounded = std::ldexp(
        roundMagnitude(std::ldexp(magnitude, -step), std::signbit(exact), format.rounding, word),
        step);
    if (const double largest = largestOf(number); rounded > largest) {
        rounded = format.saturate ? largest : std::numeric_limits<double>::infinity();
    }
    return static_cast<float>(std::copysign(rounded, exact));
}

std::int64_t addInteger(std::int64_t sum, std::int64_t term, int bits, IntegerOverflow overflow) {
    assert(bits >= 2 && bits < 64);  // the families' limit is lower
    const std::int64_t total = sum + term;
    if (overflow == IntegerOverflow::Wrap) {
        const auto above = static_cast<unsigned>(64 - bits);
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(total) << above) >> above;
    }
    const std::int64_t end = std::int64_t{1} << static_cast<unsigned>(bits - 1);
    return std::clamp(total, -end, end - 1);
}

float dot(std::span<const float> a, std::span<const float> b, std::int64_t blockSize,
          const LoadedMultiplier& multiplier, const FloatAccumulator& accumulator,
          const RandomKey& key, std::int64_t element) {
    assert(a.size() == b.size() && blockSize >= 1);
    const bool exact = std::holds_alternative<ExactMultiplier>(multiplier.kind);
    const bool everyAdd = accumulator.after == RoundingPoint::EveryAdd;
    const auto group = everyAdd ? Index{1} : static_cast<Index>(blockSize);
    const std::int64_t roundings = blocksOf(a.size(), static_cast<std::int64_t>(group));
    RoundingWords words(accumulator.sum.rounding, key, element * roundings);
    float sum = 0;
    for (Index begin = 0; begin < a.size(); begin += group) {
        double block = -0.0;  // adding to it changes nothing, not even the sign of a zero
        for (Index k = begin; k < std::min(a.size(), begin + group); ++k) {
            block += exact ? static_cast<double>(a[k]) * static_cast<double>(b[k])
                           : static_cast<double>(multiply(a[k], b[k], multiplier));
        }
        sum = addRounded(sum, block, accumulator.sum, words.next());
    }
    return sum;
}

float blockDot(const BlockVector& a, const BlockVector& b, std::int64_t blockSize,
               const IntegerAccumulator& accumulator, const RandomKey& key, std::int64_t element) {
    const std::size_t size = a.mantissas.size();
    const auto group = static_cast<Index>(blockSize);
    assert(blockSize >= 1 && b.mantissas.size() == size);
    const std::int64_t blocks = blocksOf(size, blockSize);
    assert(static_cast<std::int64_t>(a.stepExponents.size()) == blocks &&
           a.stepExponents.size() == b.stepExponents.size());
    RoundingWords words(accumulator.sum.rounding, key, element * blocks);
    float sum = 0;
    for (Index block = 0; block < static_cast<Index>(blocks); ++block) {
        std::int64_t integer = 0;
        for (Index k = block * group; k < std::min(size, (block + 1) * group); ++k) {
            integer = addInteger(integer, std::int64_t{a.mantissas[k]} * b.mantissas[k],
                                 accumulator.bits, accumulator.overflow);
        }
        const double value = std::ldexp(static_cast<double>(static_cast<float>(integer)),
                                        a.stepExponents[block] + b.stepExponents[block]);
        sum = addRounded(sum, value, accumulator.sum, words.next());
    }
    return sum;
}

}  // namespace mantissa::numerics
