// SPDX-License-Identifier: GPL-3.0-or-later
// What a caller of estimate() sees: sums, monotony, ratios, provenance, warnings, JSON.
#include "hwmodel/estimate.h"

#include <algorithm>
#include <functional>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/hwmodel/report_helpers.h"

namespace mantissa::hw {
namespace {

using design::Calibration;
using design::DesignPoint;

constexpr int kImages = 128;

DesignPoint designWith(const std::string& text, Calibration calibration = Calibration::Synthesis) {
    const auto design = with(designIn(text), [&](auto& h) { h.calibration = calibration; });
    auto recipe = design.recipe();
    recipe.batch = kImages;
    return design.withRecipe(recipe);
}

void forEachNode(const BreakdownNode& root,
                 const std::function<void(const BreakdownNode&)>& visit) {
    visit(root);
    for (const auto& child : root.children) {
        forEachNode(child, visit);
    }
}

double arrayEnergyPerMac(const HardwareReport& report) {
    double macs = 0;
    for (const auto& layer : report.layers) {
        macs += layer.total().macs;
    }
    return energyOf(report, "PE array") / macs;
}

double gemmComputeCycles(const HardwareReport& report) {
    double cycles = 0;
    for (const auto& layer : report.layers) {
        cycles += layer.total().computeCycles;
    }
    return cycles;
}

const PhaseCost& phase(const HardwareReport& report, std::string_view layer, StepPhase phase) {
    for (const auto& cost : report.layers) {
        if (cost.layer == layer) {
            return cost.phases[static_cast<std::size_t>(phase)];
        }
    }
    throw std::out_of_range(std::string(layer));
}

class EveryPlan : public testing::TestWithParam<std::tuple<const char*, Calibration>> {
protected:
    HardwareReport m_report = report(designWith(std::get<0>(GetParam()), std::get<1>(GetParam())));
};

TEST_P(EveryPlan, InnerNodesAreTheExactSumOfTheirChildren) {
    forEachNode(m_report.breakdown, [](const BreakdownNode& parent) {
        if (!parent.children.empty()) {
            double area = 0;
            double energy = 0;
            for (const auto& child : parent.children) {
                area += child.area_um2;
                energy += child.energy_pj;
            }
            EXPECT_EQ(parent.area_um2, area) << parent.name;
            EXPECT_EQ(parent.energy_pj, energy) << parent.name;
        }
    });
    EXPECT_EQ(m_report.area_um2, m_report.breakdown.area_um2);
    EXPECT_EQ(m_report.energy_pj, m_report.breakdown.energy_pj);
}

TEST_P(EveryPlan, LayersAndPhasesSumToTheTotals) {
    double energy = 0;
    double cycles = 0;
    double dramBits = 0;
    for (const auto& layer : m_report.layers) {
        for (const auto& phase : layer.phases) {
            energy += phase.energy_pj();
            cycles += phase.cycles;
            dramBits += phase.dramBits;
        }
    }
    EXPECT_NEAR(energy / m_report.energy_pj, 1, 1e-12);
    EXPECT_NEAR(cycles / m_report.cycles, 1, 1e-12);
    EXPECT_NEAR(dramBits / m_report.dramBits, 1, 1e-12);
}

TEST_P(EveryPlan, EveryFigureIsPositiveAndHasASource) {
    forEachNode(m_report.breakdown, [](const BreakdownNode& each) {
        EXPECT_FALSE(each.areaSource.empty()) << each.name;
        EXPECT_FALSE(each.energySource.empty()) << each.name;
        EXPECT_GE(each.area_um2, 0) << each.name;
        EXPECT_GT(each.energy_pj, 0) << each.name;
    });
    for (const auto& layer : m_report.layers) {
        EXPECT_LE(layer.total().utilisation, 1) << layer.layer;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Formats, EveryPlan,
    testing::Combine(testing::Values("fp32", "bf16", "float<4,3>", "bfp<8,block=16>",
                                     "bfp<4,block=64>", "bfp<8,block=24x24>", "bfp<8,block=tensor>",
                                     "bfp<2,block=1>"),
                     testing::Values(Calibration::Synthesis, Calibration::Horowitz)));

TEST(Estimate, IsDeterministic) {
    const auto design = designWith("bfp<8,block=16>");
    EXPECT_EQ(toJson(report(design)), toJson(report(design)));
}

TEST(Estimate, RefusesWhatValidationRefuses) {
    const auto design = with(DesignPoint(), [](auto& hardware) { hardware.rows = 0; });
    EXPECT_FALSE(estimate(design).has_value());
}

TEST(Estimate, PricesAKeptLayerAsOneThatIsGivenItsFormats) {
    const auto design = designWith("bfp<4,block=16>");
    auto kept = design.precision();
    kept.kept = design::parseKept("first,last:fp16").value();
    auto said = design.precision();
    for (const auto& layer : {design.network().layers.front().name, std::string("fc3")}) {
        for (const auto role : design::allRoles()) {
            said = withFormat(said, {.kind = {}, .layer = layer}, {role, std::nullopt},
                              tensorFormat("fp16"));
        }
    }
    EXPECT_EQ(toJson(report(design.withPrecision(kept))),
              toJson(report(design.withPrecision(said))));
    EXPECT_GT(report(design.withPrecision(kept)).energy_pj, report(design).energy_pj);
}

TEST(Estimate, MovesTheStashInItsFormat) {
    const auto design = designWith("fp16");
    const auto stashed = [&](const char* text) {
        return report(design.withPrecision(withFormat(
            design.precision(), {}, {design::Role::Stash, std::nullopt}, tensorFormat(text))));
    };
    const auto plain = report(design);
    EXPECT_LT(stashed("bfp<4,block=16>").stashBits, plain.stashBits);
    EXPECT_LT(stashed("bfp<2,block=16>").energy_pj, stashed("bfp<4,block=16>").energy_pj);
    EXPECT_EQ(toJson(stashed("fp32")), toJson(plain)) << "kept as the weight gradient reads it";
}

TEST(Estimate, CountsTheMacsOfTheStep) {
    const auto full = report(designWith("fp32"));
    // conv1 of LeNet-5: 128 images x 28 x 28 pixels x 6 channels x 25 taps.
    EXPECT_EQ(phase(full, "conv1", StepPhase::Forward).macs, 128.0 * 784 * 6 * 25);
    EXPECT_EQ(phase(full, "conv1", StepPhase::WeightGradient).macs, 128.0 * 784 * 6 * 25);
    EXPECT_EQ(phase(full, "fc1", StepPhase::InputGradient).macs, 128.0 * 400 * 120);
}

TEST(Estimate, TheFirstLayerHasNoInputGradient) {
    const auto full = report(designWith("fp32"));
    EXPECT_EQ(phase(full, "conv1", StepPhase::InputGradient).energy_pj(), 0);
    EXPECT_GT(phase(full, "conv2", StepPhase::InputGradient).energy_pj(), 0);
}

TEST(Estimate, Binary32AndBlockEnergiesArePlausible) {
    for (const auto calibration : {Calibration::Synthesis, Calibration::Horowitz}) {
        const auto wide = report(designWith("fp32", calibration));
        const auto narrow = report(designWith("bfp<8,block=16>", calibration));
        EXPECT_GT(arrayEnergyPerMac(wide), 2);
        EXPECT_LT(arrayEnergyPerMac(wide), 30);
        EXPECT_LT(3 * arrayEnergyPerMac(narrow), arrayEnergyPerMac(wide));
        EXPECT_GT(areaOf(wide, "PE array"), 5 * areaOf(narrow, "PE array"));
        EXPECT_GT(wide.energy_pj, narrow.energy_pj);
    }
}

TEST(Estimate, FewerMantissaBitsNeverCostMore) {
    for (const auto calibration : {Calibration::Synthesis, Calibration::Horowitz}) {
        for (const auto* pattern : {"bfp<%,block=16>", "bfp<%,block=64>", "float<8,%>"}) {
            HardwareReport before;
            for (int bits = 2; bits <= 16; ++bits) {
                std::string text(pattern);
                text.replace(text.find('%'), 1, std::to_string(bits));
                const auto now = report(designWith(text, calibration));
                EXPECT_GE(now.area_um2, before.area_um2) << text;
                EXPECT_GE(now.energy_pj, before.energy_pj) << text;
                EXPECT_GE(now.dramBits, before.dramBits) << text;
                before = now;
            }
        }
    }
}

TEST(Estimate, LargerBlocksMoveFewerExponents) {
    double before = 1e300;
    for (int block = 1; block <= 128; block *= 2) {
        const auto bits = report(designWith("bfp<8,block=" + std::to_string(block) + ">")).dramBits;
        EXPECT_LT(bits, before) << block;
        before = bits;
    }
}

TEST(Estimate, AFirstLayerOfOneChannelPaysOneExponentAnElement) {
    const auto block = report(designWith("bfp<8,block=16>"));
    const auto full = report(designWith("fp32"));
    // Both write the same FP32 result; 128 x 1 x 28 x 28 pixels are read with 16 bits, not 32.
    const double pixels = 128.0 * 784;
    const double weights = 6.0 * 25;
    EXPECT_EQ(phase(full, "conv1", StepPhase::Forward).dramBits -
                  phase(block, "conv1", StepPhase::Forward).dramBits,
              (pixels + weights) * 16);
}

TEST(Estimate, ALargerArrayNeverTakesMoreComputeCycles) {
    for (const auto* text : {"fp32", "bfp<8,block=16>"}) {
        double before = 1e300;
        for (int side = 4; side <= 128; side *= 2) {
            const auto cycles = gemmComputeCycles(
                report(with(designWith(text), [&](auto& h) { h.rows = h.columns = side; })));
            EXPECT_LE(cycles, before) << side;
            before = cycles;
        }
    }
}

TEST(Estimate, MoreLanesAndPEsNeverCostLessArea) {
    const auto base = designWith("bfp<8,block=16>");
    double before = 0;
    for (int lanes = 1; lanes <= 64; lanes *= 2) {
        const auto now = report(with(base, [&](auto& h) { h.lanes = h.vectorLanes = lanes; }));
        EXPECT_GT(now.area_um2, before) << lanes;
        before = now.area_um2;
    }
}

TEST(Estimate, SmallerNodesCostLess) {
    const auto design = designWith("bfp<8,block=16>");
    double area = 1e30;
    double energy = 1e30;
    for (const double node : {45.0, 40.0, 32.0, 28.0, 22.0, 16.0, 10.0, 7.0}) {
        const EstimateOptions options{scaledLibrary(nangate45(), node, 0.9).value(), 0};
        const auto now = estimate(design, options).value();
        EXPECT_LT(now.area_um2, area) << node;
        EXPECT_LT(now.energy_pj, energy) << node;
        area = now.area_um2;
        energy = now.energy_pj;
    }
}

TEST(Estimate, TakesTheUsersEnergyOfADramBit) {
    const auto design = designWith("bfp<8,block=16>");
    const auto own = estimate(design, {nangate45(), 5.5}).value();  // LPDDR4: 11
    const auto usual = report(design);
    EXPECT_NEAR(energyOf(own, "DRAM"), 0.5 * energyOf(usual, "DRAM"), 1e-9 * usual.energy_pj);
    EXPECT_FALSE(estimate(design, {nangate45(), -1}).has_value());
    EXPECT_FALSE(estimate(design, {nangate45(), 1000}).has_value());
}

TEST(Estimate, MixedPlansHoldADatapathForEachKind) {
    auto plan = designWith("bfp<8,block=16>").precision();
    for (const auto role : design::allRoles()) {
        plan = withFormat(plan, {.kind = {}, .layer = "conv1"}, {role, std::nullopt},
                          tensorFormat("fp32"));
    }
    const auto mixed = report(designWith("fp32").withPrecision(plan));
    EXPECT_GT(areaOf(mixed, "Float multipliers"), 0);
    EXPECT_GT(areaOf(mixed, "Integer dot products"), 0);
    EXPECT_GT(mixed.area_um2, report(designWith("fp32")).area_um2);
    // Layers that stay narrow pay for narrow operands.
    const auto pure = report(designWith("bfp<8,block=16>"));
    EXPECT_EQ(phase(mixed, "fc1", StepPhase::Forward).computeEnergy_pj,
              phase(pure, "fc1", StepPhase::Forward).computeEnergy_pj);
}

TEST(Estimate, RangeNormalisationIsCheaperThanConventional) {
    auto network = DesignPoint().network();
    for (auto& layer : network.layers) {
        if (auto* norm = std::get_if<nn::BatchNorm>(&layer.params)) {
            norm->kind = nn::BatchNormKind::Range;
        }
    }
    const auto range = report(DesignPoint().withNetwork(network));
    const auto conventional = report(DesignPoint());
    EXPECT_LT(areaOf(range, "Normalisation unit"), areaOf(conventional, "Normalisation unit"));
    EXPECT_LT(phase(range, "bn1", StepPhase::NormForward).cycles,
              phase(conventional, "bn1", StepPhase::NormForward).cycles);
}

TEST(Estimate, WinnersAreFoundByAComparatorForEachBitOfANumber) {
    const auto with = [](const nn::LayerParams& activation) {
        nn::NetworkSpec network{.input = {4, 8, 8}, .classes = 2, .layers = {}};
        network.layers = {{"conv", nn::Conv2d{}, {}},
                          {"activation", activation, {}},
                          {"flat", nn::Flatten{}, {}},
                          {"fc", nn::Linear{.outFeatures = 2}, {}}};
        return report(design::DesignPoint().withNetwork(network));
    };
    const auto winners = with(nn::KWinners{});
    const auto relu = with(nn::Relu{});
    EXPECT_NEAR(areaOf(winners, "Comparators") / areaOf(relu, "Comparators"), 33, 1e-9);
    EXPECT_NEAR(energyOf(winners, "Comparators") / energyOf(relu, "Comparators"), 33, 1e-9);
    EXPECT_EQ(winners.cycles, relu.cycles);
}

TEST(Estimate, StochasticRoundingCostsRandomBits) {
    auto stochastic = tensorFormat("bfp<8,block=16>");
    stochastic.rounding = numerics::Rounding::Stochastic;
    const auto base = designWith("bfp<8,block=16>");
    const auto plan =
        withFormat(base.precision(), {}, {design::Role::Error, std::nullopt}, stochastic);
    EXPECT_GT(report(base.withPrecision(plan)).area_um2, report(base).area_um2);
}

TEST(Warnings, NameTheLimitThatIsExceeded) {
    const auto block = designWith("bfp<8,block=16>");
    EXPECT_GT(warningsOf(report(block), "conv1 forward (1)"), 0);
    EXPECT_EQ(warningsOf(report(block), "reticle"), 0);
    EXPECT_EQ(warningsOf(report(block), "MHz"), 0);
    const auto large = designWith("fp32");
    EXPECT_GT(warningsOf(report(with(large, [](auto& h) { h.rows = h.columns = 256; })),
                         "exceeds a reticle of 830 mm2"),
              0);
    EXPECT_GT(warningsOf(report(with(large, [](auto& h) { h.clockMhz = 4000; })), "FP32 adder"), 0);
    EXPECT_GT(
        warningsOf(report(with(large, [](auto& h) { h.weightBufferKib = 1; })), "weight buffer"),
        0);
}

TEST(Warnings, PutTheWholeAcceleratorBeforeSingleLayers) {
    const auto large = with(designWith("bfp<8,block=16>"), [](auto& h) {
        h.rows = h.columns = h.lanes = 256;
        h.clockMhz = 4000;
    });
    const auto texts = report(large).warnings;
    const auto place = [&](std::string_view words) {
        return std::find_if(
                   texts.begin(), texts.end(),
                   [&](const auto& text) { return text.find(words) != std::string::npos; }) -
               texts.begin();
    };
    EXPECT_LT(place("reticle"), place("conv1"));
    EXPECT_LT(place("clock 4000"), place("conv1"));
    EXPECT_LT(place("conv1"), static_cast<long>(texts.size()));
}

TEST(Warnings, SayThatHorowitzTableKnowsNoOtherCells) {
    const EstimateOptions other{.library = findLibrary("asap7").value()};
    const std::string_view words = "areas and energies stay as they are";
    EXPECT_GT(warningsOf(report(designWith("fp32", Calibration::Horowitz), other), words), 0);
    EXPECT_EQ(warningsOf(report(designWith("fp32", Calibration::Horowitz)), words), 0);
    EXPECT_EQ(warningsOf(report(designWith("fp32"), other), words), 0);
}

TEST(Json, CarriesTheTotalsTheTreeAndTheLayers) {
    const auto full = report(designWith("bfp<8,block=16>"));
    const auto json = nlohmann::json::parse(toJson(full));
    EXPECT_EQ(json.at("area_um2").get<double>(), full.area_um2);
    EXPECT_EQ(json.at("energy_pj").get<double>(), full.energy_pj);
    EXPECT_EQ(json.at("layers").size(), full.layers.size());
    EXPECT_EQ(json.at("breakdown").at("name"), "Accelerator");
    EXPECT_EQ(json.at("breakdown").at("children").size(), full.breakdown.children.size());
    EXPECT_FALSE(json.at("breakdown").at("area_source").at("text").get<std::string>().empty());
    EXPECT_EQ(json.at("warnings").size(), full.warnings.size());
}

}  // namespace
}  // namespace mantissa::hw
