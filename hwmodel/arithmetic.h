// SPDX-License-Identifier: GPL-3.0-or-later
// Area, delay and energy of arithmetic units under either calibration.
#pragma once

#include "hwmodel/technology.h"

namespace mantissa::hw {

/// A combinational unit (or a clocked one where it says so).
struct UnitCost {
    double area_um2 = 0;
    double delay_ns = 0;    ///< single-cycle, by the synthesis delay law in both calibrations
    double energy_pj = 0;   ///< of one operation, with glitches, operands as in neural networks
    double leakage_nw = 0;  ///< of the parts whose leakage is known
    double nand2 = 0;       ///< area in gates of the library: what transfers between nodes
    double flipFlops = 0;   ///< contained in `nand2`
    double gatesRatio =
        1;  ///< that `nand2` was carried over with; of parts: 1, they have their own
    /// What glitches add to `energy_pj` for each ns that the inputs settle late, until the period.
    double glitch_pjPerNs = 0;
    const Law* areaLaw = nullptr;
    const Law* energyLaw = nullptr;
    const Law* leakageLaw = nullptr;  ///< null: not known of every part
    const Law* delayLaw = nullptr;    ///< null: the delay laws of its parts

    /// Whether `leakage_nw` is all that the unit leaks.
    bool leakageKnown() const { return leakageLaw != nullptr || nand2 <= 0; }
    /// So many times as large.
    UnitCost times(double share) const;
    /// Stages that the clock cuts the unit into, at least 1.
    int stages(const Technology& technology) const;
};

/// Exponent and stored fraction bits; the significand has one bit more.
struct FloatShape {
    int exponentBits = 8;
    int fractionBits = 23;
    bool operator==(const FloatShape&) const = default;
    int bits() const { return 1 + exponentBits + fractionBits; }
};
inline constexpr FloatShape kBinary32{8, 23};

/// What a float unit handles beside normal numbers; without, subnormals are flushed and results
/// saturate.
struct FloatOptions {
    bool specials = false;  ///< infinities and NaN
    bool subnormals = false;
};

// Integers. Widths in bits.
UnitCost adder(const Technology& technology, int width);
UnitCost adderSubtractor(const Technology& technology, int width);
/// Sum of `elements` integers of `width` bits each.
UnitCost adderTree(const Technology& technology, int elements, int width);
/// Unsigned (magnitude) multiplier with the full product.
UnitCost multiplier(const Technology& technology, int widthA, int widthB);
/// Two's complement (Baugh-Wooley), full product.
UnitCost signedMultiplier(const Technology& technology, int widthA, int widthB);
/// Two's complement product of `width` bits added to `accumulatorBits`; no register.
UnitCost integerMac(const Technology& technology, int width, int accumulatorBits);
/// `width` bits, moved by 0 to `positions`.
UnitCost shifter(const Technology& technology, int width, int positions);
/// As `shifter`; bits that leave are kept as one sticky bit.
UnitCost stickyShifter(const Technology& technology, int width, int positions);
UnitCost leadingZeros(const Technology& technology, int width);
/// Two magnitudes in, the larger out.
UnitCost maximum(const Technology& technology, int width);
/// Two magnitudes in, both out in order.
UnitCost maxMin(const Technology& technology, int width);
/// Largest of `elements` magnitudes.
UnitCost maximumTree(const Technology& technology, int elements, int width);
/// Largest and smallest of `elements` sign-magnitude words, the order of floats.
UnitCost rangeTree(const Technology& technology, int elements, int width);
/// Gates side by side, for products with one bit.
UnitCost gateRow(const Technology& technology, int exclusiveOrs, int ands);
/// One of `ways` words of `width` bits: a tree of multiplexers.
UnitCost selector(const Technology& technology, int ways, int width);
/// One flip-flop a bit; energy of one cycle.
UnitCost registers(const Technology& technology, double bits);
/// Registers that keep their value unless enabled.
UnitCost enabledRegisters(const Technology& technology, int bits);
/// Restoring dividers and roots of normalised mantissas: combinational arrays, or one bit a cycle
/// (clocked; energy of one cycle). Quotients have fractionBits + 1 bits, roots rootBits.
UnitCost dividerArray(const Technology& technology, int width, int fractionBits);
UnitCost rootArray(const Technology& technology, int rootBits);
UnitCost dividerSerial(const Technology& technology, int width, int fractionBits);
UnitCost rootSerial(const Technology& technology, int rootBits);

// Floats.
/// A product in binary32: exact where the significands fit into 24 bits, else rounded to nearest
/// even. Flushes subnormals, so operands with subnormals are normalised before it. A significand of
/// one bit leaves an addition of exponents, and no exponent either a sign.
UnitCost floatMultiplier(const Technology& technology, FloatShape a, FloatShape b);
/// Operands and result in one format, rounded to nearest even.
UnitCost roundedFloatMultiplier(const Technology& technology, FloatShape shape,
                                FloatOptions options = {});
/// Exact product of two numbers with so many fraction bits, in a format that holds it.
UnitCost exactFloatMultiplier(const Technology& technology, int fractionBitsA, int fractionBitsB);
/// Adder with rounding to nearest even, flush to zero.
UnitCost floatAdder(const Technology& technology, FloatShape shape, FloatOptions options = {});
/// Running maximum and minimum.
UnitCost floatRange(const Technology& technology, FloatShape shape);
/// Single-cycle divider and square root.
UnitCost floatDividerArray(const Technology& technology, FloatShape shape);
UnitCost floatRootArray(const Technology& technology, FloatShape shape);
/// Iterative divider and square root: one result digit a cycle; energy of one cycle.
UnitCost floatDivider(const Technology& technology, FloatShape shape);
UnitCost floatRoot(const Technology& technology, FloatShape shape);
/// Cycles of one division (fraction bits + 3) or root (fraction bits + 2).
int dividerCycles(FloatShape shape);
int rootCycles(FloatShape shape);

// Blocks.
/// Sign-magnitude dot product of `elements` pairs with bitsA and bitsB magnitude bits: integer
/// result, exponents apart.
UnitCost blockDot(const Technology& technology, int elements, int bitsA, int bitsB);
/// Two's complement dot product, `bits` with the sign.
UnitCost signedDot(const Technology& technology, int elements, int bits);
/// Width of a sign-magnitude dot product with its sign.
int blockDotWidth(int elements, int bitsA, int bitsB);
/// Places that a coefficient of so many bits shifts by at most: a sign, and a code for zero or one
/// of the exponents 0 ... -(2^(bits - 1) - 2).
int coefficientShifts(int coefficientBits);
/// Width of a sum of `terms` signed numbers of `basisBits`, each times such a coefficient.
int rebuiltWidth(int terms, int coefficientBits, int basisBits);
/// Integer times a power of two to a float.
UnitCost integerToFloat(const Technology& technology, int width, FloatShape to = kBinary32);
/// Floats to block floating point: `elements` values share an exponent; alignment and rounding.
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

/// The flip-flops of clocked units, counted in the RTL.
int dividerFlipFlops(int width, int fractionBits);
int rootFlipFlops(int rootBits);
int floatDividerFlipFlops(FloatShape shape);
int floatRootFlipFlops(FloatShape shape);

}  // namespace mantissa::hw
