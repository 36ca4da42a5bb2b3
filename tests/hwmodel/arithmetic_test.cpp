// SPDX-License-Identifier: GPL-3.0-or-later
// The arithmetic units against synthesis and against Horowitz' table.
#include "hwmodel/arithmetic.h"

#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "hwmodel/fitted_laws.h"
#include "hwmodel/synthesis_table.h"

namespace mantissa::hw {
namespace {

const Technology kSynthesis{design::Calibration::Synthesis, 1e3, nangate45()};
const Technology kHorowitz{design::Calibration::Horowitz, 2, nangate45()};

const SynthesisedUnit& synthesised(std::string_view name) {
    for (const auto& unit : synthesisedUnits()) {
        if (unit.unit == name) {
            return unit;
        }
    }
    throw std::out_of_range(std::string(name));
}

TEST(SynthesisLaws, PriceEveryUnitOfTheirKindWithinTheirStatedError) {
    std::size_t checked = 0;
    for (const auto& shape : lawShapes()) {
        const auto& fitted = fittedLaw(shape.id);
        for (const auto& unit : synthesisedUnits()) {
            LawWidths widths{};
            bool admitted = unit.module == shape.module;
            for (std::size_t i = 0; i < kMostWidths && !shape.widths[i].empty(); ++i) {
                widths[i] = unit.parameter(shape.widths[i]);
                admitted = admitted && widths[i] >= shape.smallest[i];
            }
            if (!admitted) {
                continue;
            }
            ++checked;
            const double nand2 = unit.flipFlops > 0 ? unit.combinationalNand2 : unit.nand2Mean;
            const double error = 100 * std::abs(gatesOf(shape.id, widths) / nand2 - 1);
            EXPECT_LE(error, fitted.gates.maxError_percent + 0.1) << unit.unit;
            EXPECT_TRUE(inFittedRange(shape.id, widths)) << unit.unit;
        }
    }
    EXPECT_GT(checked, 250U);
}

TEST(SynthesisLaws, SayTheirFormulaRangeAndErrors) {
    const auto source = provenanceOf(*adder(kSynthesis, 16).areaLaw);
    EXPECT_EQ(source.kind, SourceKind::Synthesis);
    for (const char* part : {"[w log2 w]", "W 4 to 64", "NanGate45", "add_w", "error mean"}) {
        EXPECT_NE(source.text().find(part), std::string::npos) << source.text();
    }
}

TEST(SynthesisLaws, KnowTheFlipFlopsOfClockedUnits) {
    for (const auto& unit : synthesisedUnits()) {
        const FloatShape shape{unit.parameter("E"), unit.parameter("M")};
        if (unit.module == "fp_div_seq") {
            EXPECT_EQ(floatDividerFlipFlops(shape), unit.flipFlops) << unit.unit;
        } else if (unit.module == "fp_sqrt_seq") {
            EXPECT_EQ(floatRootFlipFlops(shape), unit.flipFlops) << unit.unit;
        } else if (unit.module == "div_seq") {
            EXPECT_EQ(dividerFlipFlops(unit.parameter("W"), unit.parameter("F")), unit.flipFlops);
        } else if (unit.module == "sqrt_seq") {
            EXPECT_EQ(rootFlipFlops(unit.parameter("R")), unit.flipFlops);
        }
    }
}

TEST(SynthesisLaws, EnergyOfBinary32UnitsAgreesWithGateLevelSimulation) {
    for (const auto& [name, unit] :
         {std::pair{"fp_mul_FP32", floatMultiplier(kSynthesis, kBinary32, kBinary32)},
          std::pair{"fp_add_FP32", floatAdder(kSynthesis, kBinary32)}}) {
        const auto& row = synthesised(name);
        EXPECT_NEAR(unit.energy_pj * 1e3 / row.energy_fj, 1, 0.15) << name;
        EXPECT_NEAR(unit.delay_ns * 1e3 / row.delay_ps, 1, 0.131) << name;
    }
}

TEST(SynthesisLaws, LeakageAgreesWithTheLibrarysTables) {
    const auto& row = synthesised("mul_u16");
    EXPECT_NEAR(multiplier(kSynthesis, 16, 16).leakage_nw / row.leakage_nw, 1, 0.05);
}

TEST(SynthesisLaws, PipeliningDeepensWithTheClockAndCutsGlitches) {
    const Technology fast{design::Calibration::Synthesis, 1, nangate45()};
    const auto slow = floatMultiplier(kSynthesis, kBinary32, kBinary32);
    const auto cut = floatMultiplier(fast, kBinary32, kBinary32);
    EXPECT_EQ(slow.stages(kSynthesis), 1);
    EXPECT_EQ(cut.stages(fast), 4);
    EXPECT_LT(cut.energy_pj, slow.energy_pj);
    EXPECT_EQ(cut.area_um2, slow.area_um2);
}

TEST(SynthesisLaws, EveryUnitGrowsWithItsOperands) {
    for (int bits = 1; bits < 23; ++bits) {
        for (const auto& technology :
             {Technology{design::Calibration::Synthesis, 2, nangate45()}, kHorowitz}) {
            const auto grows = [&](const UnitCost& smaller, const UnitCost& larger) {
                EXPECT_GT(smaller.area_um2, 0);
                EXPECT_GT(smaller.energy_pj, 0);
                EXPECT_LT(smaller.area_um2, larger.area_um2) << bits;
                EXPECT_LT(smaller.energy_pj, larger.energy_pj) << bits;
            };
            grows(adder(technology, bits), adder(technology, bits + 1));
            grows(multiplier(technology, bits, bits), multiplier(technology, bits, bits + 1));
            grows(blockDot(technology, 16, bits, bits), blockDot(technology, 16, bits, bits + 1));
            grows(blockDot(technology, 16, bits, bits), blockDot(technology, 17, bits, bits));
            grows(blockQuantiser(technology, 16, bits, 8),
                  blockQuantiser(technology, 16, bits + 1, 8));
            grows(integerToFloat(technology, bits), integerToFloat(technology, bits + 1));
            grows(floatMultiplier(technology, {8, bits}, {8, bits}),
                  floatMultiplier(technology, {8, bits}, {8, bits + 1}));
        }
    }
}

TEST(Horowitz, EnergiesOfTheTableAreExact) {
    const auto energy = [](const UnitCost& unit) { return unit.energy_pj; };
    EXPECT_DOUBLE_EQ(energy(adder(kHorowitz, 8)), 0.03);
    EXPECT_DOUBLE_EQ(energy(adder(kHorowitz, 16)), 0.05);
    EXPECT_DOUBLE_EQ(energy(adder(kHorowitz, 32)), 0.1);
    EXPECT_NEAR(energy(multiplier(kHorowitz, 8, 8)), 0.2, 1e-12);
    EXPECT_NEAR(energy(multiplier(kHorowitz, 32, 32)), 3.1, 1e-12);
    EXPECT_NEAR(energy(floatAdder(kHorowitz, {5, 10})), 0.4, 1e-12);
    EXPECT_NEAR(energy(floatAdder(kHorowitz, kBinary32)), 0.9, 1e-12);
    EXPECT_NEAR(energy(floatMultiplier(kHorowitz, {5, 10}, {5, 10})), 1.1, 1e-12);
    EXPECT_NEAR(energy(floatMultiplier(kHorowitz, kBinary32, kBinary32)), 3.7, 1e-12);
}

TEST(Horowitz, AreasAreAssumptionsAndTableEnergiesPublished) {
    for (const auto& unit : {adder(kHorowitz, 8), floatAdder(kHorowitz, kBinary32),
                             floatMultiplier(kHorowitz, kBinary32, kBinary32)}) {
        EXPECT_EQ(unit.areaLaw->kind, SourceKind::Assumption);
        EXPECT_EQ(unit.energyLaw->kind, SourceKind::Published);
        EXPECT_NE(provenanceOf(*unit.energyLaw).text().find("0.9 V"), std::string::npos);
    }
    EXPECT_NE(blockQuantiser(kHorowitz, 16, 7, 8).energyLaw->kind, SourceKind::Published);
}

TEST(Horowitz, UnitsThatTheTableLacksFollowOurRatioOfGates) {
    const auto ours =
        integerToFloat(kSynthesis, 19).area_um2 / floatAdder(kSynthesis, kBinary32).area_um2;
    const auto theirs = integerToFloat(kHorowitz, 19);
    EXPECT_NEAR(theirs.energy_pj, 0.9 * ours, 1e-12);
}

}  // namespace
}  // namespace mantissa::hw
