// SPDX-License-Identifier: GPL-3.0-or-later
// The arithmetic laws against synthesised units and against Horowitz' table.
#include "hwmodel/arithmetic.h"

#include <cmath>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "hwmodel/arithmetic_laws.h"

namespace mantissa::hw {
namespace {

using Params = std::map<std::string, int>;

struct Synthesised {
    std::string unit;
    std::string module;
    Params params;
    double nand2 = 0;
    double delay_ps = 0;
    double energy_fj = 0;
};

Params paramsOf(const std::string& text) {
    Params params;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        const auto equals = word.find('=');
        params[word.substr(0, equals)] = std::stoi(word.substr(equals + 1));
    }
    return params;
}

/// Empty cells are 0: registers have no delay, and few units an energy.
double numberOf(const std::string& cell) {
    return cell.empty() ? 0.0 : std::stod(cell);
}

std::vector<Synthesised> rowsOf(const std::string& module) {
    std::ifstream file(MANTISSA_TEST_DATA_DIR "/hardware/synthesis_nangate45_nom.csv");
    std::vector<Synthesised> rows;
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        std::vector<std::string> cells;
        std::istringstream stream(line);
        for (std::string cell; std::getline(stream, cell, ',');) {
            cells.push_back(cell);
        }
        cells.resize(7);
        if (cells[1] == module) {
            rows.push_back({cells[0], cells[1], paramsOf(cells[2]), numberOf(cells[4]),
                            numberOf(cells[5]), numberOf(cells[6])});
        }
    }
    return rows;
}

const Technology kSynthesis{design::Calibration::Synthesis, 1e3};
const Technology kHorowitz{design::Calibration::Horowitz, 2};

/// Each row that `unit` prices lies within the law's own largest error; at least `least` rows.
template <typename Unit>
void expectWithinStatedError(const std::string& module, std::size_t least, Unit unit) {
    std::size_t checked = 0;
    for (const auto& row : rowsOf(module)) {
        const std::optional<UnitCost> cost = unit(row.params);
        if (!cost) {
            continue;
        }
        ++checked;
        const double error = 100 * std::abs(cost->areaNand2() / row.nand2 - 1);
        EXPECT_LE(error, cost->areaLaw->maxError_percent + 0.15) << row.unit;
    }
    EXPECT_GE(checked, least);
}

TEST(SynthesisLaws, MultipliersStayWithinTheirStatedError) {
    expectWithinStatedError("mul_u", 15, [](Params p) -> std::optional<UnitCost> {
        if (p["WA"] < 3 || p["WB"] < 3) {
            return std::nullopt;  // the law says: from 3 bits
        }
        return multiplier(kSynthesis, p["WA"], p["WB"]);
    });
}

TEST(SynthesisLaws, AddersStayWithinTheirStatedError) {
    expectWithinStatedError(
        "add_w", 10, [](Params p) -> std::optional<UnitCost> { return adder(kSynthesis, p["W"]); });
}

TEST(SynthesisLaws, MaximaStayWithinTheirStatedError) {
    expectWithinStatedError("max_u", 5, [](Params p) -> std::optional<UnitCost> {
        return maximum(kSynthesis, p["W"]);
    });
}

TEST(SynthesisLaws, RegistersStayWithinTheirStatedError) {
    expectWithinStatedError("reg_w", 2, [](Params p) -> std::optional<UnitCost> {
        return registers(kSynthesis, p["W"]);
    });
}

TEST(SynthesisLaws, FloatAddersStayWithinTheirStatedError) {
    expectWithinStatedError("fp_add", 9, [](Params p) -> std::optional<UnitCost> {
        if (p["SPEC"] != 0 || p["SUBN"] != 0) {
            return std::nullopt;
        }
        return floatAdder(kSynthesis, {p["E"], p["M"]});
    });
}

TEST(SynthesisLaws, RoundingFloatMultipliersStayWithinTheirStatedError) {
    std::size_t checked = 0;
    for (auto row : rowsOf("fp_mul")) {
        if (row.params["SPEC"] == 0 && row.params["SUBN"] == 0) {
            const int significand = row.params["M"] + 1;
            const double law =
                laws::roundedFloatMultiplierNand2(significand, significand, row.params["E"]);
            EXPECT_NEAR(law / row.nand2, 1, 0.0455) << row.unit;
            ++checked;
        }
    }
    EXPECT_GE(checked, 9U);
}

TEST(SynthesisLaws, ExactFloatMultipliersStayWithinTheirStatedError) {
    expectWithinStatedError("fp_mulx", 5, [](Params p) -> std::optional<UnitCost> {
        if (p["EA"] != 8 || p["MA"] != 23) {
            return std::nullopt;
        }
        return floatMultiplier(kSynthesis, {p["E"], p["M"]}, {p["E"], p["M"]});
    });
}

TEST(SynthesisLaws, RangeDividerAndRootStayWithinTheirStatedError) {
    expectWithinStatedError("fp_maxmin", 7, [](Params p) -> std::optional<UnitCost> {
        return floatRange(kSynthesis, {p["E"], p["M"]});
    });
    expectWithinStatedError("fp_div_seq", 7, [](Params p) -> std::optional<UnitCost> {
        return floatDivider(kSynthesis, {p["E"], p["M"]});
    });
    expectWithinStatedError("fp_sqrt_seq", 7, [](Params p) -> std::optional<UnitCost> {
        return floatRoot(kSynthesis, {p["E"], p["M"]});
    });
}

TEST(SynthesisLaws, BlockDotProductsStayWithinTheirStatedError) {
    expectWithinStatedError("bfp_dot_sm", 8, [](Params p) -> std::optional<UnitCost> {
        return blockDot(kSynthesis, p["N"], p["MW"], p["MW"]);
    });
}

TEST(SynthesisLaws, ConvertersStayWithinTheirStatedError) {
    expectWithinStatedError("int2fp", 7, [](Params p) -> std::optional<UnitCost> {
        if (p["MA"] != 23) {
            return std::nullopt;
        }
        return integerToFloat(kSynthesis, p["W"]);
    });
    expectWithinStatedError("bfp_quant", 12, [](Params p) -> std::optional<UnitCost> {
        return blockQuantiser(kSynthesis, p["N"], p["MW"] - 1, p["E"]);
    });
    expectWithinStatedError("fp_cvt", 6, [](Params p) -> std::optional<UnitCost> {
        return floatConverter(kSynthesis, {p["E2"], p["M2"]});
    });
}

TEST(SynthesisLaws, EnergyOfBinary32UnitsAgreesWithGateLevelSimulation) {
    for (const auto& [module, unit] :
         {std::pair{"fp_mul_FP32", floatMultiplier(kSynthesis, kBinary32, kBinary32)},
          std::pair{"fp_add_FP32", floatAdder(kSynthesis, kBinary32)}}) {
        for (const auto& row : rowsOf(std::string(module).substr(0, 6))) {
            if (row.unit == module) {
                EXPECT_NEAR(unit.energy_pj * 1e3 / row.energy_fj, 1, 0.127) << module;
                EXPECT_NEAR(unit.delay_ns * 1e3 / row.delay_ps, 1, 0.131) << module;
            }
        }
    }
}

TEST(SynthesisLaws, MultiplyAccumulateUnitsAreTheSumOfTheirParts) {
    // Composites that no law was fitted on.
    std::size_t checked = 0;
    for (const auto* module : {"fp_mac", "fp_macw"}) {
        for (auto row : rowsOf(module)) {
            const bool wide = row.params.contains("MA");
            const FloatShape operand{row.params["E"], row.params["M"]};
            if (wide ? row.params["MA"] != 23 : !(operand == kBinary32)) {
                continue;  // sums in another format than binary32
            }
            const double parts = floatMultiplier(kSynthesis, operand, operand).areaNand2() +
                                 floatAdder(kSynthesis, kBinary32).areaNand2();
            EXPECT_NEAR(parts / row.nand2, 1, 0.103) << row.unit;
            ++checked;
        }
    }
    EXPECT_GE(checked, 7U);
}

TEST(SynthesisLaws, PipeliningDeepensWithTheClockAndCutsGlitches) {
    const Technology fast{design::Calibration::Synthesis, 1};
    const auto slow = floatMultiplier(kSynthesis, kBinary32, kBinary32);
    const auto cut = floatMultiplier(fast, kBinary32, kBinary32);
    EXPECT_EQ(slow.stages(kSynthesis), 1);
    EXPECT_EQ(cut.stages(fast), 5);
    EXPECT_LT(cut.energy_pj, slow.energy_pj);
    EXPECT_EQ(cut.area_um2, slow.area_um2);
}

TEST(SynthesisLaws, EveryUnitGrowsWithItsOperands) {
    for (int bits = 1; bits < 23; ++bits) {
        for (const auto& technology : {Technology{design::Calibration::Synthesis, 2}, kHorowitz}) {
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
        EXPECT_NE(provenanceOf(*unit.energyLaw).text.find("0.9 V"), std::string::npos);
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
