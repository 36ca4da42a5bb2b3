// SPDX-License-Identifier: GPL-3.0-or-later
// What the accelerator leaks while a step runs.
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "hwmodel/liberty.h"
#include "hwmodel/units/registry.h"
#include "tests/hwmodel/report_helpers.h"

namespace mantissa::hw {
namespace {

HardwareReport usual() {
    return report(designIn("bfp<8,block=16>"));
}

TEST(Leakage, IsPowerTimesTimeInTreeAndPhases) {
    const auto step = usual();
    ASSERT_GT(step.leakage_mw, 0);
    const double whole = step.leakage_mw * step.milliseconds() * 1e6;  // mW ms = uJ
    EXPECT_NEAR(energyOf(step, "Leakage") / whole, 1, 1e-12);
    double phases = 0;
    for (const auto& layer : step.layers) {
        phases += layer.total().leakageEnergy_pj;
    }
    EXPECT_NEAR(phases / whole, 1, 1e-12);
}

TEST(Leakage, IsPartOfTheAveragePower) {
    const auto step = usual();
    const double dynamic = step.energy_pj - energyOf(step, "Leakage");
    const double dynamic_mw = dynamic * 1e-6 / step.milliseconds();  // pJ / ms = 1e-6 mW
    EXPECT_NEAR((dynamic_mw + step.leakage_mw) / step.averagePowerMw(), 1, 1e-12);
    EXPECT_GT(step.averagePowerMw(), step.leakage_mw);
}

TEST(Leakage, EveryGroupOnTheChipLeaksAndSaysByWhichSource) {
    const auto step = usual();
    const auto* leakage = find(step.breakdown, "Leakage");
    ASSERT_NE(leakage, nullptr);
    for (const char* name : {"PE array", "Converters", "Normalisation unit", "Update unit"}) {
        const auto* part = find(*leakage, name);
        ASSERT_NE(part, nullptr) << name;
        EXPECT_EQ(part->energySource.kind, SourceKind::Synthesis) << name;
    }
    const auto* buffers = find(*leakage, "Buffers");
    ASSERT_NE(buffers, nullptr);
    EXPECT_EQ(buffers->energySource.kind, SourceKind::Recomputed);
    EXPECT_EQ(find(*leakage, "DRAM"), nullptr);
    EXPECT_EQ(leakage->area_um2, 0);
}

TEST(Leakage, OfCellsIsTheSameShareOfEachNand2) {
    const auto step = usual();
    const auto* leakage = find(step.breakdown, "Leakage");
    ASSERT_NE(leakage, nullptr);
    const auto* array = find(*leakage, "PE array");
    ASSERT_NE(array, nullptr);
    const double gates = areaOf(step, "PE array") / nangate45().nand2_um2;
    EXPECT_NEAR(array->energy_pj / (gates * 18.1 * step.milliseconds()), 1, 1e-9);
}

TEST(Leakage, GrowsWithTheTimeThatAStepTakes) {
    const auto design = designIn("bfp<8,block=16>");
    const auto fast = report(design);
    // Both take DMA channels of 512 bits.
    const auto slow = report(with(design, [](auto& h) { h.dramBandwidthGbps = 17; }));
    ASSERT_GT(slow.cycles, fast.cycles);
    EXPECT_EQ(fast.leakage_mw, slow.leakage_mw);
    EXPECT_NEAR(energyOf(slow, "Leakage") / energyOf(fast, "Leakage"), slow.cycles / fast.cycles,
                1e-9);
    EXPECT_NEAR(fast.energy_pj - energyOf(fast, "Leakage"),
                slow.energy_pj - energyOf(slow, "Leakage"), 1e-9 * fast.energy_pj);
}

TEST(Leakage, IsLeftOutAloudWhereNoSourceKnowsIt) {
    const auto design = designIn("bfp<8,block=16>");
    EXPECT_EQ(warningsOf(report(design), "leakage"), 0);
    const auto scaled = report(with(design, [](auto& h) { h.node_nm = 28; }));
    EXPECT_EQ(scaled.leakage_mw, 0);
    EXPECT_EQ(find(scaled.breakdown, "Leakage"), nullptr);
    EXPECT_EQ(warningsOf(scaled, "leakage of cells is not included"), 1);
    EXPECT_EQ(warningsOf(scaled, "leakage of buffers is not included"), 1);
    const auto supply = report(with(design, [](auto& h) { h.voltage_v = 0.9; }));
    EXPECT_EQ(warningsOf(supply, "leakage of cells is not included"), 1);
    EXPECT_GT(supply.leakage_mw, 0);  // the buffers' rows are of 45 nm still
}

TEST(Leakage, IsThatOfTheLibrary) {
    const auto& adder = *findUnitKind("adder");
    const auto leakageIn = [&](const char* library) {
        return describeUnit(adder, {32}, {design::Calibration::Synthesis, 2, *findLibrary(library)})
            .cost;
    };
    EXPECT_GT(leakageIn("nangate45").leakage_nw, 100 * leakageIn("osu018").leakage_nw);
    EXPECT_TRUE(leakageIn("osu018").leakageKnown());
    EXPECT_FALSE(leakageIn("asap7").leakageKnown());
    EXPECT_EQ(leakageIn("asap7").leakage_nw, 0);
}

TEST(Leakage, OfAUsersCellsIsNotThatOfOurs) {
    const auto file = std::filesystem::temp_directory_path() / "mantissa_leakage_test.lib";
    std::ofstream(file) << "library (mine) { cell (N) { area : 2; pin (A) { direction : input; } "
                           "pin (B) { direction : input; } pin (Y) { direction : output; function "
                           ": \"!(A&B)\"; } } cell (D) { area : 10; ff (I, J) { next_state : "
                           "\"D\"; clocked_on : \"C\"; } } }";
    const auto library = libraryFromLiberty(file);
    std::filesystem::remove(file);
    ASSERT_TRUE(library);
    EXPECT_FALSE(library->leakage_nw);
}

TEST(Leakage, OfAUnitIsKnownWhereThatOfEachPartIs) {
    const auto& encoder = *findUnitKind("huffman_encoder");
    const auto values = unitValues(encoder, {}).value();
    EXPECT_TRUE(describeUnit(encoder, values, {}).cost.leakageKnown());
    // Cells of 45 nm with the area of 28: the table's SRAM has no leakage there.
    Technology between;
    between.library.node_nm = 28;
    const auto cost = describeUnit(encoder, values, between).cost;
    EXPECT_FALSE(cost.leakageKnown());
    EXPECT_GT(cost.leakage_nw, 0);
}

}  // namespace
}  // namespace mantissa::hw
