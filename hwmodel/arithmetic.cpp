// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/arithmetic.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "hwmodel/arithmetic_laws.h"

namespace mantissa::hw {
namespace {

using design::Calibration;

constexpr Law kSynthesisEnergy{
    "A (1.52 + 0.52 min(delay, period)) fJ, A in NAND2, ns; gate-level toggles with glitches, "
    "operands as in neural networks, NanGate45 1.1 V",
    SourceKind::Synthesis, 12.6, 46.1};
constexpr Law kFlipFlopEnergy{
    "12 fJ a flip-flop and cycle, no clock tree; gate-level toggles, NanGate45 1.1 V"};
constexpr Law kFlipFlopEnergyScaled{
    "12 fJ a flip-flop and cycle (our synthesis, 1.1 V) x (0.9/1.1)^2", SourceKind::Derived};

// Laws on our synthesis: NanGate45, nominal flow, 1.1 V; NAND2 equivalents of 0.798 um2.
constexpr Law kAdder{"5.022 w + 0.442 w log2 w NAND2; NanGate45 45 nm, nominal flow",
                     SourceKind::Synthesis, 2.9, 6.2};
constexpr Law kAdderTree{"7.013 (N - 1) w NAND2; NanGate45 45 nm, nominal flow",
                         SourceKind::Synthesis, 1.2, 2.0};
constexpr Law kShifter{"1.998 w stages + 0.045 w NAND2; NanGate45 45 nm, nominal flow",
                       SourceKind::Synthesis, 4.2, 15.3};
constexpr Law kGates{"2 NAND2 an XOR, 1.33 an AND; NanGate45 45 nm", SourceKind::Derived};
constexpr Law kMultiplier{
    "8.987 a b - 8.835 (a + b) + 12.59 NAND2, from 3 bits; NanGate45 45 nm, nominal flow",
    SourceKind::Synthesis, 2.6, 5.8};
constexpr Law kMaximum{"6.038 w NAND2; NanGate45 45 nm, nominal flow", SourceKind::Synthesis, 11.0,
                       23.2};
constexpr Law kRegister{"5.666 NAND2 a flip-flop; NanGate45 45 nm, nominal flow",
                        SourceKind::Synthesis, 0.0, 0.1};
constexpr Law kExactProduct{
    "7.836 s^2 + 9.606 s + 3.804 E - 12.36 NAND2, s significand; NanGate45 45 nm, nominal flow",
    SourceKind::Synthesis, 3.4, 6.3};
constexpr Law kRoundedProduct{
    "7.693 s^2 + 28.26 s + 12.64 E - 78.73 NAND2, s significand; NanGate45 45 nm, nominal flow",
    SourceKind::Synthesis, 1.7, 4.4};
constexpr Law kFloatAdder{
    "6.354 W ceil(log2(W + 1)) + 22.71 W + 16.68 E NAND2, W = fraction + 4; NanGate45 45 nm, "
    "nominal flow",
    SourceKind::Synthesis, 3.4, 7.5};
constexpr Law kFloatRange{"17.81 w NAND2; NanGate45 45 nm, nominal flow", SourceKind::Synthesis,
                          7.5, 11.9};
constexpr Law kDivider{
    "43.19 M + 33.29 E + 125.5 NAND2, one digit a cycle; NanGate45 45 nm, nominal flow",
    SourceKind::Synthesis, 0.5, 1.2};
constexpr Law kRoot{
    "41.46 M + 20.49 E + 119.9 NAND2, one digit a cycle; NanGate45 45 nm, nominal flow",
    SourceKind::Synthesis, 0.3, 0.5};
constexpr Law kBlockDot{
    "7.936 N a b + 14.79 N (a + b)/2 - 8.557 (a + b + log2 N) NAND2, sign-magnitude; NanGate45 45 "
    "nm, nominal flow",
    SourceKind::Synthesis, 0.9, 1.6};
constexpr Law kToFloat{
    "0.652 W ceil(log2(W + 1)) + 16.53 W + 7.01 E (+ 10.27 M where W > M + 1) NAND2; NanGate45 45 "
    "nm, nominal flow",
    SourceKind::Synthesis, 2.1, 4.6};
constexpr Law kQuantiser{
    "N (3.375 m ceil(log2(m + 1)) + 5.546 m + 11.53 E) NAND2; NanGate45 45 nm, nominal flow",
    SourceKind::Synthesis, 4.3, 6.7};
constexpr Law kConverter{"6.7 E + 4.043 m NAND2; NanGate45 45 nm, nominal flow",
                         SourceKind::Synthesis, 4.8, 6.8};
constexpr Law kNormaliser{
    "leading zeros 2.649 w - 5.993, shifter 1.998 w s + 0.045 w, 8-bit adder, NAND2; NanGate45 45 "
    "nm, nominal flow",
    SourceKind::Derived, 7.3, 19.3};
constexpr Law kTableRead{
    "32 (entries - 1) multiplexers at the shifter law; NanGate45, nominal flow",
    SourceKind::Derived};
constexpr Law kRounder{"32 flip-flops, adder of the random bits; NanGate45 45 nm, nominal flow",
                       SourceKind::Derived, 2.9, 6.2};

// Horowitz, ISSCC 2014. His energies stand; his areas are known from secondary sources only.
constexpr Law kTableArea{
    "interpolated 45 nm areas attributed to Horowitz: unverified, an assumption here",
    SourceKind::Assumption};
constexpr Law kDotArea{
    "N multipliers and N - 1 adders from 45 nm areas attributed to Horowitz: unverified, an "
    "assumption here",
    SourceKind::Assumption};
constexpr Law kScaledArea{
    "not in Horowitz' table: his fp32 or int32 adder area (unverified) x our ratio of NAND2 "
    "equivalents",
    SourceKind::Assumption};
constexpr Law kScaledEnergy{
    "not in Horowitz' table: his fp32 or int32 adder energy x our ratio of NAND2 equivalents, "
    "0.9 V",
    SourceKind::Derived};
constexpr Law kRegisterArea{"5.666 NAND2 a flip-flop; our synthesis, Horowitz has none",
                            SourceKind::Assumption};
constexpr Law kAddEnergy{
    "int add 0.03, 0.05, 0.1 pJ at 8, 16, 32 bits, linear between; Horowitz "
    "ISSCC 2014, 45 nm, 0.9 V",
    SourceKind::Published};
constexpr Law kMultiplyEnergy{
    "int multiply 0.2, 3.1 pJ at 8, 32 bits, quadratic between; Horowitz ISSCC 2014, 45 nm, 0.9 V",
    SourceKind::Published};
constexpr Law kFloatAddEnergy{
    "0.4, 0.9 pJ at significands of 11, 24 bits, linear; Horowitz ISSCC 2014, 45 nm, 0.9 V",
    SourceKind::Published};
constexpr Law kFloatMultiplyEnergy{
    "1.1, 3.7 pJ at significands of 11, 24 bits, quadratic; Horowitz ISSCC 2014, 45 nm, 0.9 V",
    SourceKind::Published};
constexpr Law kDotEnergy{
    "N int multiplies and N - 1 int adds of the full width; Horowitz ISSCC 2014, 45 nm, 0.9 V",
    SourceKind::Derived};

bool synthesised(const Technology& technology) {
    return technology.calibration == Calibration::Synthesis;
}

UnitCost fromGates(const Technology& technology, double nand2, double delay_ps, const Law& law) {
    const double delay_ns = delay_ps * 1e-3;
    const double seen_ns = std::min(delay_ns, technology.period_ns);
    return {nand2 * kNand2Area_um2, delay_ns, nand2 * (1.52 + 0.52 * seen_ns) * 1e-3, &law,
            &kSynthesisEnergy};
}

UnitCost fromTable(double area_um2, double energy_pj, double delay_ps, const Law& energyLaw) {
    return {area_um2, delay_ps * 1e-3, energy_pj, &kTableArea, &energyLaw};
}

/// What the figures of a unit that Horowitz lacks are scaled from.
enum class Anchor { Binary32Adder, Integer32Adder };

/// By gates under the synthesis calibration, else by its gates relative to a unit of the table.
UnitCost byGates(const Technology& technology, double nand2, double delay_ps, const Law& law,
                 Anchor anchor) {
    if (synthesised(technology)) {
        return fromGates(technology, nand2, delay_ps, law);
    }
    const bool binary32 = anchor == Anchor::Binary32Adder;
    const double gates = binary32 ? laws::floatAdderNand2(kBinary32) : laws::adderNand2(32);
    const double area =
        binary32 ? laws::horowitzFloatAddArea_um2(24) : laws::horowitzAddArea_um2(32);
    const double energy =
        binary32 ? laws::horowitzFloatAddEnergy_pj(24) : laws::horowitzAddEnergy_pj(32);
    const double share = nand2 / gates;
    return {share * area, delay_ps * 1e-3, share * energy, &kScaledArea, &kScaledEnergy};
}

int significand(FloatShape shape) {
    return shape.fractionBits + 1;
}

}  // namespace

int UnitCost::stages(const Technology& technology) const {
    return std::max(1, static_cast<int>(std::ceil(delay_ns / technology.period_ns - 1e-9)));
}

UnitCost adder(const Technology& technology, int width) {
    const double delay = laws::adderDelay_ps(width);
    return synthesised(technology)
               ? fromGates(technology, laws::adderNand2(width), delay, kAdder)
               : fromTable(laws::horowitzAddArea_um2(width), laws::horowitzAddEnergy_pj(width),
                           delay, kAddEnergy);
}

UnitCost adderTree(const Technology& technology, int elements, int width) {
    const double delay = laws::adderTreeDelay_ps(elements, width);
    if (synthesised(technology)) {
        return fromGates(technology, laws::adderTreeNand2(elements, width), delay, kAdderTree);
    }
    const int sum = width + static_cast<int>(std::bit_width(static_cast<unsigned>(elements) - 1U));
    return fromTable((elements - 1) * laws::horowitzAddArea_um2(sum),
                     (elements - 1) * laws::horowitzAddEnergy_pj(sum), delay, kAddEnergy);
}

UnitCost shifter(const Technology& technology, int width, int positions) {
    const auto stages = static_cast<int>(std::bit_width(static_cast<unsigned>(positions)));
    return byGates(technology, laws::shifterNand2(width, stages), laws::shifterDelay_ps(width),
                   kShifter, Anchor::Integer32Adder);
}

UnitCost gateRow(const Technology& technology, int exclusiveOrs, int ands) {
    return byGates(technology, laws::gateRowNand2(exclusiveOrs, ands), laws::gateDelay_ps(), kGates,
                   Anchor::Integer32Adder);
}

UnitCost multiplier(const Technology& technology, int widthA, int widthB) {
    const double delay = laws::multiplierDelay_ps(widthA, widthB);
    if (synthesised(technology)) {
        return fromGates(technology, laws::multiplierNand2(widthA, widthB), delay, kMultiplier);
    }
    const double square = static_cast<double>(widthA) * widthB;
    return fromTable(laws::horowitzMultiplyArea_um2(square),
                     laws::horowitzMultiplyEnergy_pj(square), delay, kMultiplyEnergy);
}

UnitCost maximum(const Technology& technology, int width) {
    return byGates(technology, laws::maximumNand2(width), laws::maximumDelay_ps(width), kMaximum,
                   Anchor::Integer32Adder);
}

UnitCost registers(const Technology& technology, double bits) {
    const bool ours = synthesised(technology);
    return {bits * kFlipFlopNand2 * kNand2Area_um2, 0,
            bits * kFlipFlopEnergy_pj * (ours ? 1.0 : kVoltageScale),
            ours ? &kRegister : &kRegisterArea, ours ? &kFlipFlopEnergy : &kFlipFlopEnergyScaled};
}

UnitCost floatMultiplier(const Technology& technology, FloatShape a, FloatShape b) {
    const int sa = significand(a);
    const int sb = significand(b);
    if (std::min(sa, sb) == 1) {
        const bool signs = (sa == 1 && a.exponentBits == 0) || (sb == 1 && b.exponentBits == 0);
        return signs ? gateRow(technology, 1, kBinary32.exponentBits + std::max(sa, sb))
                     : adder(technology, kBinary32.exponentBits + 1);
    }
    const bool exact = sa + sb <= significand(kBinary32);
    const double mean = 0.5 * (sa + sb);
    const double delay = exact ? laws::exactFloatMultiplierDelay_ps(mean)
                               : laws::roundedFloatMultiplierDelay_ps(mean, kBinary32.exponentBits);
    if (!synthesised(technology)) {
        return fromTable(laws::horowitzFloatMultiplyArea_um2(sa, sb),
                         laws::horowitzFloatMultiplyEnergy_pj(sa, sb), delay, kFloatMultiplyEnergy);
    }
    if (exact) {
        return fromGates(technology,
                         laws::exactFloatMultiplierNand2(sa, sb, kBinary32.exponentBits), delay,
                         kExactProduct);
    }
    return fromGates(technology, laws::roundedFloatMultiplierNand2(sa, sb, kBinary32.exponentBits),
                     delay, kRoundedProduct);
}

UnitCost floatAdder(const Technology& technology, FloatShape shape) {
    const double delay = laws::floatAdderDelay_ps(shape);
    return synthesised(technology)
               ? fromGates(technology, laws::floatAdderNand2(shape), delay, kFloatAdder)
               : fromTable(laws::horowitzFloatAddArea_um2(significand(shape)),
                           laws::horowitzFloatAddEnergy_pj(significand(shape)), delay,
                           kFloatAddEnergy);
}

UnitCost floatRange(const Technology& technology, FloatShape shape) {
    return byGates(technology, laws::floatRangeNand2(shape), laws::floatRangeDelay_ps(shape),
                   kFloatRange, Anchor::Integer32Adder);
}

UnitCost floatDivider(const Technology& technology, FloatShape shape) {
    return byGates(technology, laws::floatDividerNand2(shape), laws::floatDividerDelay_ps(shape),
                   kDivider, Anchor::Binary32Adder);
}

UnitCost floatRoot(const Technology& technology, FloatShape shape) {
    return byGates(technology, laws::floatRootNand2(shape), laws::floatRootDelay_ps(shape), kRoot,
                   Anchor::Binary32Adder);
}

int dividerCycles(FloatShape shape) {
    return shape.fractionBits + 3;
}

int rootCycles(FloatShape shape) {
    return shape.fractionBits + 2;
}

UnitCost blockDot(const Technology& technology, int elements, int bitsA, int bitsB) {
    const double delay = laws::blockDotDelay_ps(elements, 0.5 * (bitsA + bitsB));
    if (synthesised(technology)) {
        return fromGates(technology, laws::blockDotNand2(elements, bitsA, bitsB), delay, kBlockDot);
    }
    const double square = (bitsA + 1.0) * (bitsB + 1.0);  // his multipliers count the sign
    const int width = blockDotWidth(elements, bitsA, bitsB);
    return {elements * laws::horowitzMultiplyArea_um2(square) +
                (elements - 1) * laws::horowitzAddArea_um2(width),
            delay * 1e-3,
            elements * laws::horowitzMultiplyEnergy_pj(square) +
                (elements - 1) * laws::horowitzAddEnergy_pj(width),
            &kDotArea, &kDotEnergy};
}

int blockDotWidth(int elements, int bitsA, int bitsB) {
    const auto carries = std::bit_width(static_cast<unsigned>(std::max(elements, 1)) - 1U);
    return bitsA + bitsB + 1 + static_cast<int>(carries);
}

UnitCost integerToFloat(const Technology& technology, int width) {
    return byGates(technology, laws::integerToFloatNand2(width, kBinary32),
                   laws::integerToFloatDelay_ps(width), kToFloat, Anchor::Binary32Adder);
}

UnitCost blockQuantiser(const Technology& technology, int elements, int magnitudeBits,
                        int exponentBits) {
    const int signedBits = magnitudeBits + 1;
    return byGates(technology, laws::blockQuantiserNand2(elements, signedBits, exponentBits),
                   laws::blockQuantiserDelay_ps(elements, signedBits, exponentBits), kQuantiser,
                   Anchor::Binary32Adder);
}

UnitCost floatConverter(const Technology& technology, FloatShape to) {
    return byGates(technology, laws::floatConverterNand2(kBinary32.exponentBits, to.fractionBits),
                   laws::floatConverterDelay_ps(kBinary32.exponentBits, to.fractionBits),
                   kConverter, Anchor::Binary32Adder);
}

UnitCost normaliser(const Technology& technology, int width) {
    const int stages = static_cast<int>(std::bit_width(static_cast<unsigned>(width)));
    const double nand2 = laws::leadingZerosNand2(width) + laws::shifterNand2(width, stages) +
                         laws::adderNand2(kBinary32.exponentBits);
    return byGates(technology, nand2, laws::integerToFloatDelay_ps(width), kNormaliser,
                   Anchor::Binary32Adder);
}

UnitCost tableRead(const Technology& technology, int entries) {
    constexpr int kWordBits = 32;
    return byGates(technology, laws::shifterNand2(kWordBits * (entries - 1), 1),
                   laws::shifterDelay_ps(entries), kTableRead, Anchor::Integer32Adder);
}

UnitCost stochasticRounder(const Technology& technology, int randomBits) {
    const auto state = registers(technology, 32);
    const auto sum = adder(technology, randomBits);
    return {state.area_um2 + sum.area_um2, sum.delay_ns, state.energy_pj + sum.energy_pj, &kRounder,
            sum.energyLaw};
}

}  // namespace mantissa::hw
