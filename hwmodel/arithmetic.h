// SPDX-License-Identifier: GPL-3.0-or-later
// Area, delay and energy of arithmetic units under either calibration.
#pragma once

#include "hwmodel/technology.h"

namespace mantissa::hw {

/// A combinational unit (or a clocked one where it says so).
struct UnitCost {
    double area_um2 = 0;
    double delay_ns = 0;   ///< single-cycle, by the synthesis delay law in both calibrations
    double energy_pj = 0;  ///< of one operation, with glitches, operands as in neural networks
    const Law* areaLaw = nullptr;
    const Law* energyLaw = nullptr;

    /// In gates of the synthesis library: what transfers between nodes.
    double areaNand2() const { return area_um2 / kNand2Area_um2; }
    /// Stages that the clock cuts the unit into, at least 1.
    int stages(const Technology& technology) const;
};

/// Exponent and stored fraction bits; the significand has one bit more.
struct FloatShape {
    int exponentBits = 8;
    int fractionBits = 23;
    bool operator==(const FloatShape&) const = default;
};
inline constexpr FloatShape kBinary32{8, 23};

UnitCost adder(const Technology& technology, int width);
/// Unsigned (magnitude) multiplier with the full product.
UnitCost multiplier(const Technology& technology, int widthA, int widthB);
/// Two magnitudes in, the larger out.
UnitCost maximum(const Technology& technology, int width);
/// Sum of `elements` integers of `width` bits each.
UnitCost adderTree(const Technology& technology, int elements, int width);
/// `width` bits, moved by 0 to `positions`.
UnitCost shifter(const Technology& technology, int width, int positions);
/// Gates side by side, for products with one bit.
UnitCost gateRow(const Technology& technology, int exclusiveOrs, int ands);
/// One flip-flop a bit; energy of one cycle.
UnitCost registers(const Technology& technology, double bits);

/// A product in binary32: exact where the significands fit into 24 bits, else rounded to nearest
/// even. Flushes subnormals, so operands with subnormals are normalised before it. A significand of
/// one bit leaves an addition of exponents, and no exponent either a sign.
UnitCost floatMultiplier(const Technology& technology, FloatShape a, FloatShape b);
/// Adder with rounding to nearest even, flush to zero.
UnitCost floatAdder(const Technology& technology, FloatShape shape);
/// Running maximum and minimum.
UnitCost floatRange(const Technology& technology, FloatShape shape);
/// Iterative divider and square root: one result digit a cycle; energy of one cycle.
UnitCost floatDivider(const Technology& technology, FloatShape shape);
UnitCost floatRoot(const Technology& technology, FloatShape shape);
/// Cycles of one division (fraction bits + 3) or root (fraction bits + 2).
int dividerCycles(FloatShape shape);
int rootCycles(FloatShape shape);

/// Sign-magnitude dot product of `elements` pairs with bitsA and bitsB magnitude bits: integer
/// result, exponents apart.
UnitCost blockDot(const Technology& technology, int elements, int bitsA, int bitsB);
/// Width of that result with its sign.
int blockDotWidth(int elements, int bitsA, int bitsB);
/// Integer times a power of two to binary32.
UnitCost integerToFloat(const Technology& technology, int width);
/// Binary32 to block floating point: `elements` values share an exponent; alignment and rounding.
UnitCost blockQuantiser(const Technology& technology, int elements, int magnitudeBits,
                        int exponentBits);
/// Binary32 to a narrower float.
UnitCost floatConverter(const Technology& technology, FloatShape to);
/// Brings a subnormal or block-scaled significand of `width` bits to a leading one: count, shift
/// and exponent correction.
UnitCost normaliser(const Technology& technology, int width);
/// One port into a table of FP32 `entries` (a power of two): a tree of multiplexers.
UnitCost tableRead(const Technology& technology, int entries);
/// Stochastic rounding: a 32-bit shift register and an adder of `randomBits`.
UnitCost stochasticRounder(const Technology& technology, int randomBits);

}  // namespace mantissa::hw
