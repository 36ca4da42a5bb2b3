// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/arithmetic.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "hwmodel/pricing.h"

namespace mantissa::hw {
namespace {

using pricing::Anchor;
using pricing::byGates;
using pricing::byLaw;
using pricing::orTable;

constexpr Law kGates{"2 NAND2 an XOR, 1.33 an AND; NanGate45 45 nm", SourceKind::Derived};
constexpr Law kAndRow{"a row of AND gates, 1.33 NAND2 each; NanGate45 45 nm", SourceKind::Derived};
constexpr Law kNormaliser{"laws of leading zeros, shifter and an 8-bit adder", SourceKind::Derived};
constexpr Law kSelector{"ways - 1 multiplexers a bit at the shifter law; NanGate45 45 nm",
                        SourceKind::Derived};
constexpr Law kRounder{"32 flip-flops, adder of the random bits", SourceKind::Derived};
constexpr Law kSerialDivider{
    "law of one digit a cycle beside the flip-flops of the RTL; NanGate45 45 nm, nominal flow",
    SourceKind::Derived};
constexpr double kXorNand2 = 2.0;  // XOR2_X1 and AND2_X1 of NanGate45
constexpr double kAndNand2 = 1.33;
constexpr double kGateDelay_ps = 60;
constexpr Law kGateDelay{"one gate, 60 ps; NanGate45 45 nm", SourceKind::Derived};

/// Gates side by side.
UnitCost rowOfGates(const Technology& technology, double nand2, const Law& law) {
    auto cost = byGates(technology, nand2, kGateDelay_ps, law);
    cost.delayLaw = &kGateDelay;
    return cost;
}

int significand(FloatShape shape) {
    return shape.fractionBits + 1;
}

/// Stages of a shifter over so many positions, bits of a counter up to that number.
int bitsFor(int n) {
    return static_cast<int>(std::bit_width(static_cast<unsigned>(std::max(n, 0))));
}

LawWidths floatWidths(FloatShape shape, FloatOptions options = {}) {
    return {static_cast<double>(shape.exponentBits), static_cast<double>(shape.fractionBits),
            options.specials ? 1.0 : 0.0, options.subnormals ? 1.0 : 0.0};
}

/// A law's logic beside counted flip-flops.
UnitCost clocked(const Technology& technology, LawId law, const LawWidths& widths, int flipFlops,
                 Anchor anchor) {
    auto cost = byLaw(technology, law, widths, anchor);
    const auto state = registers(technology, flipFlops);
    cost.area_um2 += state.area_um2;
    cost.energy_pj += state.energy_pj;
    cost.leakage_nw += state.leakage_nw;
    cost.nand2 += state.nand2;
    cost.flipFlops += state.flipFlops;
    cost.areaLaw = &kSerialDivider;
    return cost;
}

}  // namespace

UnitCost UnitCost::times(double share) const {
    UnitCost cost = *this;
    cost.area_um2 *= share;
    cost.nand2 *= share;
    cost.flipFlops *= share;
    cost.energy_pj *= share;
    cost.leakage_nw *= share;
    cost.glitch_pjPerNs *= share;
    return cost;
}

int UnitCost::stages(const Technology& technology) const {
    return std::max(1, static_cast<int>(std::ceil(delay_ns / technology.period_ns - 1e-9)));
}

UnitCost adder(const Technology& technology, int width) {
    return orTable(technology, byLaw(technology, LawId::Adder, {1.0 * width}),
                   [=] { return pricing::tableAdd(width); });
}

UnitCost adderSubtractor(const Technology& technology, int width) {
    return byLaw(technology, LawId::AdderSubtractor, {1.0 * width});
}

UnitCost adderTree(const Technology& technology, int elements, int width) {
    if (elements < 2) {
        return {};
    }
    const int sum = width + bitsFor(elements - 1);
    return orTable(technology, byLaw(technology, LawId::AdderTree, {1.0 * elements, 1.0 * width}),
                   [=] { return pricing::times(elements - 1, pricing::tableAdd(sum)); });
}

UnitCost multiplier(const Technology& technology, int widthA, int widthB) {
    const auto [low, high] = std::minmax(widthA, widthB);
    const double square = static_cast<double>(low) * high;
    auto ours = byLaw(technology, LawId::Multiplier, {1.0 * low, 1.0 * high});
    if (low == 1) {
        ours = rowOfGates(technology, kAndNand2 * high, kAndRow);
    }
    return orTable(technology, ours, [=] { return pricing::tableMultiply(square); });
}

UnitCost signedMultiplier(const Technology& technology, int widthA, int widthB) {
    const auto [low, high] = std::minmax(widthA, widthB);
    const double square = static_cast<double>(low) * high;
    return orTable(technology, byLaw(technology, LawId::SignedMultiplier, {1.0 * low, 1.0 * high}),
                   [=] { return pricing::tableMultiply(square); });
}

UnitCost integerMac(const Technology& technology, int width, int accumulatorBits) {
    return orTable(technology,
                   byLaw(technology, LawId::IntegerMac, {1.0 * width, 1.0 * accumulatorBits}), [=] {
                       return pricing::sum(pricing::tableMultiply(1.0 * width * width),
                                           pricing::tableAdd(accumulatorBits));
                   });
}

UnitCost shifter(const Technology& technology, int width, int positions) {
    return byLaw(technology, LawId::Shifter, {1.0 * width, 1.0 * bitsFor(positions)});
}

UnitCost stickyShifter(const Technology& technology, int width, int positions) {
    return byLaw(technology, LawId::StickyShifter, {1.0 * width, 1.0 * bitsFor(positions)});
}

UnitCost leadingZeros(const Technology& technology, int width) {
    return byLaw(technology, LawId::LeadingZeros, {1.0 * width});
}

UnitCost maximum(const Technology& technology, int width) {
    return byLaw(technology, LawId::Maximum, {1.0 * width});
}

UnitCost maxMin(const Technology& technology, int width) {
    return byLaw(technology, LawId::MaxMin, {1.0 * width});
}

UnitCost maximumTree(const Technology& technology, int elements, int width) {
    return elements < 2 ? UnitCost{}
                        : byLaw(technology, LawId::MaxTree, {1.0 * elements, 1.0 * width});
}

UnitCost rangeTree(const Technology& technology, int elements, int width) {
    return elements < 2 ? UnitCost{}
                        : byLaw(technology, LawId::RangeTree, {1.0 * elements, 1.0 * width});
}

UnitCost gateRow(const Technology& technology, int exclusiveOrs, int ands) {
    return rowOfGates(technology, kXorNand2 * exclusiveOrs + kAndNand2 * ands, kGates);
}

UnitCost selector(const Technology& technology, int ways, int width) {
    // Each level of a shifter is a row of multiplexers.
    const double nand2 = gatesOf(LawId::Shifter, {1.0 * width * (ways - 1), 1.0});
    return pricing::byGatesAs(technology, LawId::Shifter, nand2,
                              delayOf(LawId::Shifter, {1.0 * ways, 0}), kSelector);
}

UnitCost registers(const Technology& technology, double bits) {
    return pricing::flipFlops(technology, bits);
}

UnitCost enabledRegisters(const Technology& technology, int bits) {
    auto cost = clocked(technology, LawId::Enable, {1.0 * bits}, bits, Anchor::Integer32Adder);
    cost.areaLaw = &fittedLaw(LawId::Enable).law;
    return cost;
}

UnitCost dividerArray(const Technology& technology, int width, int fractionBits) {
    return byLaw(technology, LawId::DividerArray, {1.0 * width, 1.0 * fractionBits});
}

UnitCost rootArray(const Technology& technology, int rootBits) {
    return byLaw(technology, LawId::RootArray, {1.0 * rootBits});
}

UnitCost dividerSerial(const Technology& technology, int width, int fractionBits) {
    return clocked(technology, LawId::DividerSerial, {1.0 * width},
                   dividerFlipFlops(width, fractionBits), Anchor::Integer32Adder);
}

UnitCost rootSerial(const Technology& technology, int rootBits) {
    return clocked(technology, LawId::RootSerial, {1.0 * rootBits}, rootFlipFlops(rootBits),
                   Anchor::Integer32Adder);
}

UnitCost exactFloatMultiplier(const Technology& technology, int fractionBitsA, int fractionBitsB) {
    // Partial products go with the product of both significands: their geometric mean enters.
    const double mean = std::sqrt(static_cast<double>(fractionBitsA) * fractionBitsB);
    return orTable(
        technology, byLaw(technology, LawId::ExactFloatMultiplier, {mean}, Anchor::Binary32Adder),
        [=] { return pricing::tableFloatMultiply(fractionBitsA + 1, fractionBitsB + 1); });
}

UnitCost roundedFloatMultiplier(const Technology& technology, FloatShape shape,
                                FloatOptions options) {
    return orTable(
        technology,
        byLaw(technology, LawId::FloatMultiplier, floatWidths(shape, options),
              Anchor::Binary32Adder),
        [=] { return pricing::tableFloatMultiply(significand(shape), significand(shape)); });
}

UnitCost floatMultiplier(const Technology& technology, FloatShape a, FloatShape b) {
    const int sa = significand(a);
    const int sb = significand(b);
    if (std::min(sa, sb) == 1) {
        const bool signs = (sa == 1 && a.exponentBits == 0) || (sb == 1 && b.exponentBits == 0);
        return signs ? gateRow(technology, 1, kBinary32.exponentBits + std::max(sa, sb))
                     : adder(technology, kBinary32.exponentBits + 1);
    }
    if (sa + sb <= significand(kBinary32)) {
        return exactFloatMultiplier(technology, a.fractionBits, b.fractionBits);
    }
    const double mean = std::sqrt(static_cast<double>(a.fractionBits) * b.fractionBits);
    return orTable(technology,
                   byLaw(technology, LawId::FloatMultiplier, {1.0 * kBinary32.exponentBits, mean},
                         Anchor::Binary32Adder),
                   [=] { return pricing::tableFloatMultiply(sa, sb); });
}

UnitCost floatAdder(const Technology& technology, FloatShape shape, FloatOptions options) {
    return orTable(
        technology,
        byLaw(technology, LawId::FloatAdder, floatWidths(shape, options), Anchor::Binary32Adder),
        [=] { return pricing::tableFloatAdd(significand(shape)); });
}

UnitCost floatRange(const Technology& technology, FloatShape shape) {
    return byLaw(technology, LawId::FloatRange, floatWidths(shape));
}

UnitCost floatDividerArray(const Technology& technology, FloatShape shape) {
    return byLaw(technology, LawId::FloatDividerArray, floatWidths(shape), Anchor::Binary32Adder);
}

UnitCost floatRootArray(const Technology& technology, FloatShape shape) {
    return byLaw(technology, LawId::FloatRootArray, floatWidths(shape), Anchor::Binary32Adder);
}

UnitCost floatDivider(const Technology& technology, FloatShape shape) {
    return clocked(technology, LawId::FloatDividerSerial, floatWidths(shape),
                   floatDividerFlipFlops(shape), Anchor::Binary32Adder);
}

UnitCost floatRoot(const Technology& technology, FloatShape shape) {
    return clocked(technology, LawId::FloatRootSerial, floatWidths(shape),
                   floatRootFlipFlops(shape), Anchor::Binary32Adder);
}

int dividerCycles(FloatShape shape) {
    return shape.fractionBits + 3;
}

int rootCycles(FloatShape shape) {
    return shape.fractionBits + 2;
}

UnitCost blockDot(const Technology& technology, int elements, int bitsA, int bitsB) {
    const LawWidths widths{1.0 * elements, 1.0 * bitsA, 1.0 * bitsB};
    return orTable(technology, byLaw(technology, LawId::SignMagnitudeDot, widths), [=] {
        const double square = (bitsA + 1.0) * (bitsB + 1.0);  // his multipliers count the sign
        return pricing::tableDot(elements, square, blockDotWidth(elements, bitsA, bitsB));
    });
}

UnitCost signedDot(const Technology& technology, int elements, int bits) {
    return orTable(
        technology, byLaw(technology, LawId::SignedDot, {1.0 * elements, 1.0 * bits}), [=] {
            return pricing::tableDot(elements, 1.0 * bits * bits, 2 * bits + bitsFor(elements - 1));
        });
}

int blockDotWidth(int elements, int bitsA, int bitsB) {
    return bitsA + bitsB + 1 + bitsFor(std::max(elements, 1) - 1);
}

int coefficientShifts(int coefficientBits) {
    return (1 << (coefficientBits - 1)) - 2;
}

int rebuiltWidth(int terms, int coefficientBits, int basisBits) {
    return basisBits + coefficientShifts(coefficientBits) + bitsFor(terms - 1);
}

UnitCost integerToFloat(const Technology& technology, int width, FloatShape to) {
    return byLaw(technology, LawId::IntegerToFloat,
                 {1.0 * width, 1.0 * to.exponentBits, 1.0 * to.fractionBits},
                 Anchor::Binary32Adder);
}

UnitCost blockQuantiser(const Technology& technology, int elements, int magnitudeBits,
                        int exponentBits) {
    return byLaw(technology, LawId::BlockQuantiser,
                 {1.0 * elements, 1.0 * exponentBits, magnitudeBits + 1.0}, Anchor::Binary32Adder);
}

UnitCost floatConverter(const Technology& technology, FloatShape to) {
    return byLaw(technology, LawId::FloatConverter,
                 {1.0 * kBinary32.exponentBits, 1.0 * to.fractionBits}, Anchor::Binary32Adder);
}

UnitCost normaliser(const Technology& technology, int width) {
    const double nand2 = gatesOf(LawId::LeadingZeros, {1.0 * width}) +
                         gatesOf(LawId::Shifter, {1.0 * width, 1.0 * bitsFor(width)}) +
                         gatesOf(LawId::Adder, {1.0 * kBinary32.exponentBits});
    const double delay = delayOf(LawId::IntegerToFloat, {1.0 * width});
    return byGates(technology, nand2, delay, kNormaliser, Activity::Floating,
                   Anchor::Binary32Adder);
}

UnitCost tableRead(const Technology& technology, int entries) {
    constexpr int kWordBits = 32;
    return selector(technology, entries, kWordBits);
}

UnitCost stochasticRounder(const Technology& technology, int randomBits) {
    auto cost = pricing::sum(registers(technology, 32), adder(technology, randomBits));
    cost.areaLaw = &kRounder;
    return cost;
}

int dividerFlipFlops(int width, int fractionBits) {
    // Remainder, divisor, quotient, counter and busy.
    return (width + 1) + width + (fractionBits + 1) + bitsFor(fractionBits) + 1;
}

int rootFlipFlops(int rootBits) {
    // Remainder, root, radicand, counter and busy.
    return (rootBits + 2) + rootBits + 2 * rootBits + bitsFor(rootBits) + 1;
}

int floatDividerFlipFlops(FloatShape shape) {
    // The leading one of the divisor is no register; two zero flags, sign and exponent are.
    const int digits = dividerFlipFlops(significand(shape), shape.fractionBits + 2);
    return digits - 1 + 3 + shape.exponentBits + 2;
}

int floatRootFlipFlops(FloatShape shape) {
    // Half of the radicand is zero; an invalid flag and the exponent.
    const int rootBits = shape.fractionBits + 2;
    return rootFlipFlops(rootBits) - rootBits - 1 + 1 + shape.exponentBits + 1;
}

}  // namespace mantissa::hw
