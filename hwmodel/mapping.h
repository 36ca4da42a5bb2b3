// SPDX-License-Identifier: GPL-3.0-or-later
// The arithmetic that a GEMM asks of the processing elements.
#pragma once

#include <algorithm>

#include "hwmodel/integer_dot.h"
#include "hwmodel/workload.h"

namespace mantissa::hw {

enum class ArithmeticKind {
    Float,    ///< float multipliers and FP32 addition of every product
    Integer,  ///< integer dot products while scales stay, one addition of floats a segment
};

/// An operand as a float multiplier sees it: normalised, so an integer of p magnitude bits has
/// p - 1 fraction bits.
struct FloatOperand {
    FloatShape shape;
    int normalisedBits = 0;  ///< width of the significand to normalise at the array's edge, or 0
    int tableBits = 0;       ///< codes that the array's edge looks up, or 0
    bool operator==(const FloatOperand&) const = default;
};
FloatOperand floatOperand(const Operand& operand);

/// What is left to do to a sum of products once its segment ends.
struct Scaling {
    int exponents = 0;     ///< shared exponents of both operands, 0..2
    int exponentBits = 0;  ///< of the wider one
    int factors = 0;       ///< binary32 scales, 0..2
    bool offsetA = false;  ///< A's elements have an offset, so that it meets the sum of B's
    bool offsetB = false;
    int offsets() const { return (offsetA ? 1 : 0) + (offsetB ? 1 : 0); }
    bool any() const { return exponents + factors + offsets() > 0; }
};

/// Products of one result that share both scales: `length` in all but the last of each tap group,
/// which has `rest` (0: none). Of overlaid sums: those of all results that share a packed kernel.
struct Segments {
    double length = 1;
    double full = 0;  ///< segments of `length` a result
    double rest = 0;
    double tapGroups = 0;  ///< segments of `rest` a result, if rest > 0
    double count() const { return full + (rest > 0 ? tapGroups : 0.0); }
};

/// What a GEMM asks of the processing elements.
struct GemmArithmetic {
    ArithmeticKind kind = ArithmeticKind::Float;
    FloatOperand a;  ///< Float
    FloatOperand b;
    DotShape dot;  ///< Integer
    Scaling scaling;
    Segments segments;
    SumFormat sums;
    Overlay overlay;
    /// Whether the sum of a step must not cross the end of a segment.
    bool isGrouped() const {
        return kind == ArithmeticKind::Integer || (scaling.any() && segments.count() > 1);
    }
    /// Additions of exponents a group: integers add both before conversion to float; a float sum
    /// takes each.
    int exponentAdditions() const {
        return kind == ArithmeticKind::Integer ? std::max(scaling.exponents - 1, 0)
                                               : scaling.exponents;
    }
};
/// `sums`: what the plan says for products that training sums as integers, be the multipliers here
/// of integers or, for minifloats of few bits, of floats; all others are summed in FP32.
GemmArithmetic arithmeticOf(const Gemm& gemm, const SumFormat& sums = {});

}  // namespace mantissa::hw
