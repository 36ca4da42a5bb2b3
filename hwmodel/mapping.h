// SPDX-License-Identifier: GPL-3.0-or-later
// A GEMM on the array: arithmetic it needs, cycles it takes, bits it moves.
#pragma once

#include <algorithm>

#include "hwmodel/integer_dot.h"
#include "hwmodel/workload.h"

namespace mantissa::hw {

enum class ArithmeticKind {
    Float,    ///< float multipliers and FP32 addition of every product
    Integer,  ///< integer dot products while scales stay, one FP32 addition a segment
};

/// An operand as a float multiplier sees it: normalised, so an integer of p magnitude bits has
/// p - 1 fraction bits.
struct FloatOperand {
    FloatShape shape;
    int normalisedBits = 0;  ///< width of the significand to normalise at the array's edge, or 0
    int tableBits = 0;       ///< codes that the array's edge looks up, or 0
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
/// which has `rest` (0: none).
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
GemmArithmetic arithmeticOf(const Gemm& gemm);

/// Size of the array and of the dot products in it.
struct ArrayShape {
    int rows = 1;
    int columns = 1;
    int lanes = 1;
    int dotElements = 1;  ///< products that are summed before a scale, where scales change
    int dotUnits = 1;     ///< such sums in a processing element
};

struct ArrayTime {
    double rowTiles = 0;
    double columnTiles = 0;
    double stepsPerResult = 0;  ///< cycles of one processing element for one result
    double dotsPerResult = 0;   ///< grouped: sums of up to dotElements products for one result
    double cycles = 0;
    double utilisation = 0;  ///< of rows x columns x lanes multipliers
};
/// Output-stationary: every processing element sums one result; tiles follow each other.
ArrayTime timeOf(const Gemm& gemm, const GemmArithmetic& arithmetic, const ArrayShape& array);

/// Bits between DRAM, buffers and array for one GEMM.
struct GemmTraffic {
    double readsOfA = 1;  ///< times that operand A is read from DRAM
    double readsOfB = 1;
    double sramReadA = 0;  ///< bits from A's buffer into the array
    double sramReadB = 0;
    double partialSums = 0;  ///< bits written to and read back from the weight buffer
};
/// `bufferA` and `bufferB` in bits. `resultBuffer` > 0: results may stay on chip as FP32 partial
/// sums while the operands pass (weight gradients).
GemmTraffic trafficOf(const Gemm& gemm, const ArrayTime& time, double bufferA, double bufferB,
                      double resultBuffer);

}  // namespace mantissa::hw
