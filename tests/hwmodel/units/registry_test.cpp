// SPDX-License-Identifier: GPL-3.0-or-later
// The registry of arithmetic units as a caller sees it.
#include "hwmodel/units/registry.h"

#include <set>

#include <gtest/gtest.h>

namespace mantissa::hw {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

const Technology kOurs{design::Calibration::Synthesis, 2, nangate45()};

UnitReport unit(std::string_view id, const Pairs& pairs = {},
                const Technology& technology = kOurs) {
    const auto* kind = findUnitKind(id);
    EXPECT_NE(kind, nullptr) << id;
    auto values = unitValues(*kind, pairs);
    EXPECT_TRUE(values.has_value()) << (values ? "" : values.error().text());
    return describeUnit(*kind, *values, technology);
}

std::string errorOf(std::string_view id, const Pairs& pairs) {
    const auto values = unitValues(*findUnitKind(id), pairs);
    return values ? "" : values.error().text();
}

TEST(UnitRegistry, NamesEachKindOnceWithLabelSourceAndLegalDefaults) {
    std::set<std::string_view> ids;
    for (const auto* kind : unitKinds()) {
        EXPECT_TRUE(ids.insert(kind->id).second) << kind->id;
        EXPECT_FALSE(kind->label.empty() || kind->help.empty() || kind->source.empty()) << kind->id;
        EXPECT_TRUE(unitValues(*kind, {}).has_value()) << kind->id;
        for (const auto& parameter : kind->parameters) {
            EXPECT_GE(parameter.spec.defaultValue, parameter.spec.minimum) << kind->id;
            EXPECT_LE(parameter.spec.defaultValue, parameter.spec.maximum) << kind->id;
        }
    }
    EXPECT_GE(ids.size(), 45U);
}

TEST(UnitRegistry, EveryKindHasPositiveFiguresUnderBothCalibrations) {
    for (const auto* kind : unitKinds()) {
        for (const auto calibration :
             {design::Calibration::Synthesis, design::Calibration::Horowitz}) {
            const auto report = unit(kind->id, {}, {calibration, 2, nangate45()});
            EXPECT_GT(report.cost.area_um2, 0) << kind->id;
            EXPECT_GT(report.cost.energy_pj, 0) << kind->id;
            EXPECT_GT(report.cost.leakage_nw, 0) << kind->id;
            EXPECT_GT(report.cost.nand2, 0) << kind->id;
            EXPECT_TRUE(report.cost.delay_ns > 0 || report.cost.flipFlops > 0) << kind->id;
            EXPECT_FALSE(report.ports.empty()) << kind->id;
        }
    }
}

TEST(UnitRegistry, AUnitIsTheSumOfItsParts) {
    for (const auto* kind : unitKinds()) {
        const auto report = unit(kind->id);
        double area = 0;
        double energy = 0;
        for (const auto& [name, count, each] : report.parts) {
            EXPECT_NE(each.areaLaw, nullptr) << kind->id << " " << name;
            area += count * each.area_um2;
            energy += count * each.energy_pj;
        }
        EXPECT_NEAR(report.cost.area_um2, area, 1e-9 * area) << kind->id;
        EXPECT_NEAR(report.cost.energy_pj, report.cycles * energy, 1e-9 * energy * report.cycles)
            << kind->id;
    }
}

TEST(UnitRegistry, EveryKindGrowsWithEachOfItsWidths) {
    for (const auto* kind : unitKinds()) {
        const auto base = unit(kind->id);
        for (std::size_t i = 0; i < kind->parameters.size(); ++i) {
            const auto& spec = kind->parameters[i].spec;
            if (spec.kind != ParamKind::Integer || !spec.zeroText.empty()) {
                continue;
            }
            auto values = base.values;
            values[i] = std::min<int>(2 * values[i], static_cast<int>(spec.maximum));
            if (kind->check != nullptr && !kind->check(values)) {
                continue;
            }
            const auto wider = describeUnit(*kind, values, kOurs);
            EXPECT_GE(wider.cost.nand2, base.cost.nand2) << kind->id << " " << spec.id;
        }
    }
}

TEST(UnitRegistry, NamesWhatWasSynthesised) {
    const auto known = unit("fp_adder", {{"e", "5"}, {"m", "4"}});
    ASSERT_TRUE(known.synthesised.has_value());
    EXPECT_EQ(known.synthesised->unit, "fp_add_E5M4");
    EXPECT_TRUE(known.inRange);
    EXPECT_NEAR(known.cost.nand2 / known.synthesised->nand2, 1, 0.1);
    const auto unknown = unit("fp_adder", {{"e", "5"}, {"m", "40"}});
    EXPECT_FALSE(unknown.synthesised.has_value());
    EXPECT_FALSE(unknown.inRange);
}

TEST(UnitRegistry, ReadsParametersByNameAndByThatOfTheRtl) {
    EXPECT_EQ(unit("multiplier", {{"a", "4"}, {"b", "9"}}).values, (std::vector<int>{4, 9}));
    EXPECT_EQ(unit("multiplier", {{"WB", "9"}}).values, (std::vector<int>{8, 9}));
    EXPECT_EQ(unit("bfp_dot", {{"accumulator", "fixed"}}).values[5], 1);
}

TEST(UnitRegistry, SaysWhatIsWrongWithAParameter) {
    EXPECT_NE(errorOf("adder", {{"width", "8"}}).find("known: w"), std::string::npos);
    EXPECT_NE(errorOf("adder", {{"w", "0"}}).find("1"), std::string::npos);
    EXPECT_NE(errorOf("adder", {{"w", "8.5"}}).find("whole number"), std::string::npos);
    EXPECT_NE(errorOf("bfp_dot", {{"accumulator", "double"}}).find("float, fixed"),
              std::string::npos);
    EXPECT_NE(errorOf("fp_mac_wide", {{"acc_m", "8"}}).find("21 fraction bits"), std::string::npos);
    EXPECT_NE(errorOf("chunk_serial_dot", {{"m", "5"}}).find("chunks"), std::string::npos);
    EXPECT_NE(errorOf("packed_sparse_element", {{"kernels", "3"}}).find("2, 4, 8"),
              std::string::npos);
    EXPECT_NE(errorOf("packed_sparse_element", {{"kernels", "32"}}).find("share 16 products"),
              std::string::npos);
    EXPECT_NE(errorOf("huffman_decoder", {{"w", "12"}, {"longest", "4"}}).find("12 to 24"),
              std::string::npos);
    EXPECT_EQ(findUnitKind("no such unit"), nullptr);
}

TEST(UnitRegistry, SaysWhichTablesCactisRowsDoNotKnow) {
    EXPECT_EQ(unit("lookup_table").beyond, "");
    EXPECT_NE(unit("lookup_table", {{"a", "9"}}).beyond.find("1 KiB"), std::string::npos);
    EXPECT_NE(unit("huffman_encoder").beyond.find("priced as 2 KiB"), std::string::npos);
    EXPECT_EQ(unit("adder").beyond, "");
}

TEST(UnitRegistry, ChunksTakeTheSquareOfTheirNumberInPasses) {
    EXPECT_EQ(unit("chunk_serial_dot", {{"m", "2"}}).cycles, 1);
    EXPECT_EQ(unit("chunk_serial_dot", {{"m", "4"}}).cycles, 4);
    const auto serial = unit("chunk_serial_dot", {{"m", "8"}});
    const auto parallel = unit("bfp_dot_magnitude", {{"m", "8"}});
    EXPECT_LT(serial.cost.nand2, parallel.cost.nand2);
}

TEST(UnitRegistry, AFusibleMultiplierCostsMoreThanOneOfItsWidestMode) {
    const auto fusible = unit("fusible_multiplier");
    const auto single = unit("signed_multiplier", {{"a", "16"}, {"b", "16"}});
    EXPECT_GT(fusible.cost.nand2, single.cost.nand2);
    EXPECT_LT(fusible.cost.nand2, 2.5 * single.cost.nand2);
}

TEST(UnitRegistry, ApproximateMultipliersAreSmallerThanExactOnes) {
    const Pairs bf16{{"e", "8"}, {"m", "7"}};
    const double exact = unit("fp_multiplier", bf16).cost.nand2;
    const double mitchell = unit("mitchell_multiplier", bf16).cost.nand2;
    const double corrected = unit("mbm_multiplier", bf16).cost.nand2;
    EXPECT_LT(mitchell, corrected);
    EXPECT_LT(corrected, exact);
}

TEST(UnitRegistry, EvoApproxCircuitsKeepTheirPublishedShares) {
    const auto exact = unit("evoapprox_multiplier", {{"circuit", "mul8_364"}});
    const auto cheap = unit("evoapprox_multiplier", {{"circuit", "mul8_308"}});
    EXPECT_NEAR(cheap.cost.area_um2 / exact.cost.area_um2, 360.0 / 618, 1e-12);
    EXPECT_NEAR(cheap.cost.energy_pj / exact.cost.energy_pj, 177.3 / 390.7, 1e-12);
    EXPECT_EQ(cheap.parts.front().each.areaLaw->kind, SourceKind::Published);
}

TEST(UnitRegistry, AFusedMultiplyAndAddRoundsOnce) {
    const Pairs shape{{"e", "8"}, {"m", "7"}};
    const auto fused = unit("fp_fma", shape);
    const auto two = unit("fp_mac", shape);
    EXPECT_NEAR(fused.cost.nand2 / two.cost.nand2, 1, 0.5);
}

TEST(UnitRatios, DifferBetweenTheCalibrations) {
    // Float adder against 8-bit multiplier: the classical example of a ratio that depends on whom
    // one asks.
    const auto ratios = compareUnits(unit("multiplier"), unit("fp_adder"));
    EXPECT_NEAR(ratios.synthesis.area, 3.5, 0.2);
    EXPECT_NEAR(ratios.horowitz.area, 14.8, 0.1);
    EXPECT_NEAR(ratios.horowitz.energy, 0.9 / 0.2, 1e-9);
}

TEST(UnitRegistry, AnotherLibraryKeepsGatesAndMovesArea) {
    const auto here = unit("fp_adder");
    const auto there =
        unit("fp_adder", {}, {design::Calibration::Synthesis, 2, *findLibrary("asap7")});
    EXPECT_NEAR(there.cost.nand2 / here.cost.nand2, 0.967, 1e-9);
    EXPECT_LT(there.cost.area_um2, 0.1 * here.cost.area_um2);
    EXPECT_LT(there.cost.energy_pj, 0.2 * here.cost.energy_pj);
}

}  // namespace
}  // namespace mantissa::hw
