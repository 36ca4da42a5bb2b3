// SPDX-License-Identifier: GPL-3.0-or-later
// Accumulators of dot products as a closed family of value types.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "core/error.h"
#include "core/numerics/format.h"
#include "core/param_spec.h"

namespace mantissa::numerics {

/// The floating-point number that a partial sum is kept in: sign, exponentBits with the bias
/// 2^(exponentBits-1) - 1 and the top exponent for Inf and NaN, mantissaBits without the hidden
/// one. The defaults are binary32.
struct PartialSum {
    int exponentBits = 8;                       ///< 2..8
    int mantissaBits = 23;                      ///< 1..23
    Rounding rounding = Rounding::NearestEven;  ///< or TowardZero, Stochastic
    bool subnormals = true;  ///< off: what lies below the smallest normal becomes 0 before rounding
    bool saturate = false;   ///< on: what rounds above the largest number becomes it, not Inf
    bool operator==(const PartialSum&) const = default;
};

/// When the partial sum is rounded.
enum class RoundingPoint {
    EveryAdd,    ///< after each product has been added
    EveryBlock,  ///< the products of a block are summed in binary64, then added to it
};

/// Adds products to a floating-point partial sum, see dot().
struct FloatAccumulator {
    PartialSum sum = {};
    RoundingPoint after = RoundingPoint::EveryAdd;
    bool operator==(const FloatAccumulator&) const = default;
};

/// What a two's complement sum does beyond its ends -2^(bits-1) and 2^(bits-1) - 1.
enum class IntegerOverflow {
    Saturate,  ///< stays at the end, after each addition
    Wrap,      ///< keeps the lower bits
};

/// Adds the integer products of a block's mantissas in two's complement, then the block's sum to a
/// floating-point partial sum, see blockDot().
struct IntegerAccumulator {
    int bits = 32;  ///< 2..53, the sign included; binary64 holds every such number exactly
    IntegerOverflow overflow = IntegerOverflow::Saturate;
    PartialSum sum = {};
    bool operator==(const IntegerAccumulator&) const = default;
};

using Accumulator = std::variant<FloatAccumulator, IntegerAccumulator>;

/// A kind of accumulator: one alternative of the Accumulator variant.
struct AccumulatorFamily {
    std::string_view id;  ///< "fp", "int"
    std::string_view label;
    std::string_view grammar;
    std::string_view help;
    std::span<const Param<Accumulator>> parameters;  ///< legal only for this family
    std::size_t positional;  ///< leading parameters that the spelling gives without their names
    Accumulator defaults;    ///< what the spelling leaves out
};

/// One entry for each alternative of Accumulator, in the variant's order.
std::span<const AccumulatorFamily> accumulatorFamilies();
const AccumulatorFamily& familyOf(const Accumulator& accumulator);

/// A published accumulator.
struct NamedAccumulator {
    std::string_view name;
    std::string_view label;
    std::string_view source;  ///< with its confidence where it is not primary
    Accumulator accumulator;
};
std::span<const NamedAccumulator> namedAccumulators();

/// Whether the parameters are inside their ranges; the error names parameter and range.
Result<void> validate(const Accumulator& accumulator);

/// "fp32", "fp<8,12,after=block>", "int<24,overflow=wrap>"; parseAccumulator reads it back. An
/// accumulator that means the same as a named one has its name; defaults are left out.
std::string accumulatorText(const Accumulator& accumulator);

/// Reads a name of namedAccumulators() or the spelling of a family, in any letter case and with
/// spaces anywhere. The error says which argument is wrong and what it may be.
Result<Accumulator> parseAccumulator(std::string_view text);

}  // namespace mantissa::numerics
