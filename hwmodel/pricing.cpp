// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/pricing.h"

#include <algorithm>
#include <cmath>

namespace mantissa::hw::pricing {
namespace {

using design::Calibration;

constexpr Law kFlipFlop{"flip-flops at the library's size (NanGate45: 5.666 NAND2)",
                        SourceKind::Synthesis, 0.0, 0.1};
constexpr Law kFlipFlopEnergy{
    "12 fJ a flip-flop and cycle, no clock tree; gate-level toggles, NanGate45 1.1 V"};
constexpr Law kFlipFlopEnergyScaled{
    "12 fJ a flip-flop and cycle (our synthesis, 1.1 V) x (0.9/1.1)^2", SourceKind::Derived};
constexpr Law kFlipFlopArea{"5.666 NAND2 a flip-flop; our synthesis, Horowitz has none",
                            SourceKind::Assumption};

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

/// Of cells; Horowitz' table says nothing of it, so that it is ours in both calibrations.
void leak(UnitCost& cost, const Library& library) {
    if (library.leakage_nw) {
        cost.leakage_nw = cost.nand2 * *library.leakage_nw;
        cost.leakageLaw = &leakageLaw();
    }
}

/// Our gates as a share of the anchor's, which takes its figures from the table.
void scaleFromTable(UnitCost& cost, Anchor anchor) {
    static const double kFloatGates = gatesOf(LawId::FloatAdder, {8, 23, 0, 0});
    static const double kIntegerGates = gatesOf(LawId::Adder, {32});
    const bool binary32 = anchor == Anchor::Binary32Adder;
    const double share = cost.nand2 / (binary32 ? kFloatGates : kIntegerGates);
    const auto table = binary32 ? tableFloatAdd(24) : tableAdd(32);
    cost.area_um2 = share * table.area_um2;
    cost.energy_pj = share * table.energy_pj;
    cost.areaLaw = &kScaledArea;
    cost.energyLaw = &kScaledEnergy;
}

/// `gatesRatio`: of this kind of logic in the technology's library.
UnitCost byGates(const Technology& technology, double nand2, double gatesRatio, double delay_ps,
                 const Law& law, Activity activity, Anchor anchor) {
    const auto& library = technology.library;
    const auto& switching = switchingOf(activity);
    UnitCost cost;
    cost.nand2 = nand2;
    cost.delay_ns = delay_ps * 1e-3 * library.delayRatio;
    if (!synthesised(technology)) {
        leak(cost, library);
        scaleFromTable(cost, anchor);
        return cost;
    }
    cost.nand2 *= gatesRatio;
    cost.gatesRatio = gatesRatio;
    leak(cost, library);
    const double gate_pj = cost.nand2 * library.energyRatio * 1e-3;
    // Depth in ns of the library that the energies were counted in.
    const double depth_ns = std::min(cost.delay_ns, technology.period_ns) / library.delayRatio;
    cost.area_um2 = cost.nand2 * library.nand2_um2;
    cost.energy_pj = gate_pj * (switching.base_fj + switching.deeper_fj * std::log1p(depth_ns));
    cost.glitch_pjPerNs = gate_pj * arrivalGlitches().perNs_fj / library.delayRatio;
    cost.areaLaw = &law;
    cost.energyLaw = &switching.law;
    return cost;
}

}  // namespace

UnitCost byGates(const Technology& technology, double nand2, double delay_ps, const Law& law,
                 Activity activity, Anchor anchor) {
    return byGates(technology, nand2, technology.library.gatesRatio, delay_ps, law, activity,
                   anchor);
}

UnitCost byGatesAs(const Technology& technology, LawId like, double nand2, double delay_ps,
                   const Law& law) {
    auto cost = byGates(technology, nand2, technology.library.gatesRatioOf(like), delay_ps, law,
                        activityOf(like), Anchor::Integer32Adder);
    cost.delayLaw = &fittedLaw(like).delayLaw;
    return cost;
}

UnitCost byLaw(const Technology& technology, LawId law, const LawWidths& widths, Anchor anchor) {
    auto cost = byGates(technology, gatesOf(law, widths), technology.library.gatesRatioOf(law),
                        delayOf(law, widths), fittedLaw(law).law, activityOf(law), anchor);
    if (!fittedLaw(law).delayText.empty()) {
        cost.delayLaw = &fittedLaw(law).delayLaw;
    }
    return cost;
}

UnitCost flipFlops(const Technology& technology, double bits) {
    const auto& library = technology.library;
    const bool ours = synthesised(technology);
    UnitCost cost;
    cost.flipFlops = bits;
    cost.nand2 = bits * library.flipFlop_nand2;
    cost.area_um2 = ours ? cost.nand2 * library.nand2_um2
                         : bits * nangate45().flipFlop_nand2 * nangate45().nand2_um2;
    cost.energy_pj = bits * kFlipFlopEnergy_pj * (ours ? library.energyRatio : kVoltageScale);
    leak(cost, library);
    cost.areaLaw = ours ? &kFlipFlop : &kFlipFlopArea;
    cost.energyLaw = ours ? &kFlipFlopEnergy : &kFlipFlopEnergyScaled;
    return cost;
}

TableCost tableAdd(int width) {
    return {horowitz::addArea_um2(width), horowitz::addEnergy_pj(width), &kTableArea, &kAddEnergy};
}

TableCost tableMultiply(double widthSquared) {
    return {horowitz::multiplyArea_um2(widthSquared), horowitz::multiplyEnergy_pj(widthSquared),
            &kTableArea, &kMultiplyEnergy};
}

TableCost tableFloatAdd(int significand) {
    return {horowitz::floatAddArea_um2(significand), horowitz::floatAddEnergy_pj(significand),
            &kTableArea, &kFloatAddEnergy};
}

TableCost tableFloatMultiply(int significandA, int significandB) {
    return {horowitz::floatMultiplyArea_um2(significandA, significandB),
            horowitz::floatMultiplyEnergy_pj(significandA, significandB), &kTableArea,
            &kFloatMultiplyEnergy};
}

TableCost tableDot(int elements, double widthSquared, int sumWidth) {
    auto cost =
        sum(times(elements, tableMultiply(widthSquared)), times(elements - 1, tableAdd(sumWidth)));
    cost.areaLaw = &kDotArea;
    cost.energyLaw = &kDotEnergy;
    return cost;
}

TableCost times(double count, TableCost cost) {
    cost.area_um2 *= count;
    cost.energy_pj *= count;
    return cost;
}

TableCost sum(const TableCost& a, const TableCost& b) {
    return {a.area_um2 + b.area_um2, a.energy_pj + b.energy_pj, a.areaLaw, a.energyLaw};
}

UnitCost sum(const UnitCost& first, const UnitCost& second) {
    UnitCost both = second;
    both.area_um2 += first.area_um2;
    both.delay_ns += first.delay_ns;
    both.delayLaw = first.delay_ns > 0 ? nullptr : second.delayLaw;
    both.energy_pj += first.energy_pj;
    both.leakage_nw += first.leakage_nw;
    both.nand2 += first.nand2;
    both.gatesRatio = 1;
    both.flipFlops += first.flipFlops;
    both.glitch_pjPerNs += first.glitch_pjPerNs;
    return both;
}

}  // namespace mantissa::hw::pricing
