// SPDX-License-Identifier: GPL-3.0-or-later
// What bit-true sums are kept in is what accumulators cost.
#include <string>

#include <gtest/gtest.h>

#include "hwmodel/arithmetic.h"
#include "hwmodel/mapping.h"
#include "tests/hwmodel/gemm_helpers.h"
#include "tests/hwmodel/report_helpers.h"

namespace mantissa::hw {
namespace {

using design::DesignPoint;

DesignPoint summedIn(const DesignPoint& design, const std::string& compute) {
    auto plan = design.precision();
    EXPECT_TRUE(design::setCompute(plan, compute)) << compute;
    return design.withPrecision(plan);
}

HardwareReport blocksIn(const std::string& compute) {
    return report(summedIn(designIn("bfp<8,block=32>"), compute));
}

TEST(Sums, CostTheAdderOfTheirFormat) {
    const auto binary32 = blocksIn("bit_true");
    const auto narrow = blocksIn("bit_true<fp<6,9,after=block>>");
    const auto technology = technologyOf(DesignPoint().hardware());
    const double elements = 1.0 * DesignPoint().hardware().rows * DesignPoint().hardware().columns;
    const auto adder = floatAdder(technology, {6, 9});
    const double registers = hw::registers(technology, 16).area_um2 * adder.stages(technology);
    EXPECT_NEAR(areaOf(narrow, "Accumulators"), elements * (adder.area_um2 + registers), 1e-3);
    EXPECT_LT(2 * energyOf(narrow, "Accumulators"), energyOf(binary32, "Accumulators"));
    // FP32 holds the integers exactly; fewer bits have to be rounded to.
    EXPECT_GT(areaOf(narrow, "Integer to float"), areaOf(binary32, "Integer to float"));
    EXPECT_EQ(areaOf(narrow, "Integer dot products"), areaOf(binary32, "Integer dot products"));
}

TEST(Sums, AreBinary32WhereNothingElseIsEmulated) {
    const auto base = blocksIn("fast");
    EXPECT_EQ(blocksIn("bit_true").area_um2, base.area_um2);
    EXPECT_EQ(blocksIn("bit_true").energy_pj, base.energy_pj);
    // Products of floats are summed as in the fast mode.
    const auto floats = designIn("fp8_e4m3");
    const auto summed = report(summedIn(floats, "bit_true<fp<6,9,after=block>>"));
    EXPECT_EQ(summed.energy_pj, report(floats).energy_pj);
    EXPECT_EQ(warningsOf(summed, "not in the plan's accumulator"), 1);
    EXPECT_EQ(warningsOf(report(floats), "not in the plan's accumulator"), 0);
    EXPECT_EQ(warningsOf(blocksIn("bit_true<fp<6,9,after=block>>"), "accumulator"), 0);
}

/// Their multipliers are of floats, but training sums their products as integers.
TEST(Sums, OfMinifloatsThatAreEmulatedAsIntegersHaveThePlansFormat) {
    for (const char* format : {"fp4_e2m1", "mxfp4_e2m1", "mxfp6_e2m3", "float<2,3>"}) {
        const auto floats = designIn(format);
        const auto summed = report(summedIn(floats, "bit_true<fp<6,9,after=block>>"));
        EXPECT_LT(summed.energy_pj, report(floats).energy_pj) << format;
        EXPECT_LT(summed.area_um2, report(floats).area_um2) << format;
        EXPECT_EQ(warningsOf(summed, "not in the plan's accumulator"), 0) << format;
    }
}

TEST(Sums, OfIntegersThatAreNotEmulatedAsSuchAreBinary32) {
    for (const char* format : {"binary", "smx9", "ternary", "fixed<4,4,clamp=off>", "affine<8>"}) {
        const auto integers = designIn(format);
        const auto summed = report(summedIn(integers, "bit_true<fp<6,9,after=block>>"));
        EXPECT_EQ(summed.energy_pj, report(integers).energy_pj) << format;
        EXPECT_EQ(summed.area_um2, report(integers).area_um2) << format;
        EXPECT_EQ(warningsOf(summed, "not in the plan's accumulator"), 1) << format;
    }
    const auto fixed = designIn("fixed<4,4>");
    EXPECT_LT(report(summedIn(fixed, "bit_true<fp<6,9,after=block>>")).energy_pj,
              report(fixed).energy_pj);
}

TEST(Sums, OfDepthwiseFiltersAreBinary32AsTheyAreEmulated) {
    const nn::Conv2d depthwise{.outChannels = 3, .kernel = 3, .padding = 1, .groups = 3};
    const nn::NetworkSpec network{
        {3, 8, 8},
        10,
        {{"filter", depthwise, {}}, {"flat", nn::Flatten{}, {}}, {"fc", nn::Linear{}, {}}}};
    const auto filters = [&](const std::string& compute) {
        return report(summedIn(designIn("bfp<8,block=32>").withNetwork(network), compute));
    };
    const auto energy = [](const HardwareReport& step, std::size_t layer) {
        return step.layers[layer].total().computeEnergy_pj;
    };
    const auto whole = filters("bit_true");
    const auto narrow = filters("bit_true<fp<6,9,after=block>>");
    EXPECT_EQ(energy(narrow, 0), energy(whole, 0));
    EXPECT_NE(energy(narrow, 2), energy(whole, 2));
    ASSERT_EQ(warningsOf(narrow, "not in the plan's accumulator"), 1);
    const auto warning =
        std::find_if(narrow.warnings.begin(), narrow.warnings.end(), [](const auto& text) {
            return text.find("not in the plan's accumulator") != std::string::npos;
        });
    EXPECT_NE(warning->find("filter"), std::string::npos) << *warning;
    EXPECT_EQ(warning->find("fc"), std::string::npos) << *warning;
}

TEST(Sums, AnAcceleratorOfSeveralKindsHasTheWidestAndUsesItsOwn) {
    auto design = summedIn(designIn("bfp<8,block=32>"), "bit_true<fp<6,9,after=block>>");
    const auto narrow = report(design);
    for (const auto role : design::allRoles()) {
        design = design.withPrecision(withFormat(design.precision(), {.kind = {}, .layer = "conv1"},
                                                 {role, std::nullopt}, tensorFormat("fp32")));
    }
    const auto mixed = report(design);
    const auto wide = report(summedIn(design, "bit_true"));
    EXPECT_GT(areaOf(mixed, "Accumulators"), areaOf(narrow, "Accumulators"));
    EXPECT_EQ(areaOf(mixed, "Accumulators"), areaOf(wide, "Accumulators"));
    EXPECT_LT(energyOf(mixed, "Accumulators"), energyOf(wide, "Accumulators"));
}

TEST(Sums, AnIntegerHasThePlansWidth) {
    const auto exact = blocksIn("bit_true");
    const auto narrow = blocksIn("bit_true<int<24>>");
    const auto wide = blocksIn("bit_true<int<48>>");
    EXPECT_LT(areaOf(narrow, "Integer accumulators"), areaOf(wide, "Integer accumulators"));
    EXPECT_LT(energyOf(narrow, "Integer accumulators"), energyOf(wide, "Integer accumulators"));
    EXPECT_LT(areaOf(narrow, "Integer to float"), areaOf(wide, "Integer to float"));
    EXPECT_EQ(areaOf(exact, "Accumulators"), areaOf(wide, "Accumulators"));
}

/// The array has adders as wide as any layer needs; each layer pays for its own.
TEST(Sums, OfALayerAreItsOwn) {
    const auto wide = summedIn(designIn("bfp<8,block=32>"), "bit_true<int<40>>");
    const auto narrow = summedIn(designIn("bfp<8,block=32>"), "bit_true<int<20>>");
    const auto own = [&](const design::PlanScope& scope) {
        return report(wide.withPrecision(design::withAccumulator(
            wide.precision(), scope, numerics::parseAccumulator("int<20>").value())));
    };
    const auto first = own({.kind = {}, .layer = "conv1"});
    const char* const part = "Integer accumulators";
    EXPECT_EQ(areaOf(first, part), areaOf(report(wide), part));
    EXPECT_LT(energyOf(first, part), energyOf(report(wide), part));
    const auto convolutions = own({.kind = "conv2d", .layer = {}});
    EXPECT_LT(energyOf(convolutions, part), energyOf(first, part));
    EXPECT_LT(energyOf(report(narrow), part), energyOf(convolutions, part));
}

TEST(Sums, SaturationTakesGates) {
    const auto saturates = blocksIn("bit_true<int<24>>");
    const auto wraps = blocksIn("bit_true<int<24,overflow=wrap>>");
    EXPECT_GT(areaOf(saturates, "Integer accumulators"), areaOf(wraps, "Integer accumulators"));
    EXPECT_GT(energyOf(saturates, "Integer accumulators"), energyOf(wraps, "Integer accumulators"));
}

TEST(Sums, RoundingAfterEveryProductConvertsEveryProduct) {
    const SumFormat sums{{8, 12}, 0, false, true};
    const auto work = gemm(4, 4, 40, "bfp<8,block=16>", "bfp<8,block=16>");
    const auto arithmetic = arithmeticOf(work, sums);
    EXPECT_EQ(arithmetic.segments.length, 1);
    EXPECT_EQ(arithmetic.segments.count(), 40);
    const auto products = blocksIn("bit_true<fp<8,12>>");
    const auto blocks = blocksIn("bit_true<fp<8,12,after=block>>");
    EXPECT_GT(energyOf(products, "Integer to float"), 4 * energyOf(blocks, "Integer to float"));
}

// Four-bit floats are summed as integers by training, and priced as floats here.
TEST(Sums, RegistersBehindFloatAddersAreAsWideAsTheSum) {
    const auto design = summedIn(designIn("fp4_e2m1"), "bit_true<fp<6,9,after=block>>");
    const auto narrow = report(design);
    const auto technology = technologyOf(design.hardware());
    const auto product = floatMultiplier(technology, {2, 1}, {2, 1});
    const auto sum = floatAdder(technology, {6, 9});
    double macs = 0;
    for (const auto& layer : narrow.layers) {
        for (const auto& phase : layer.phases) {
            macs += phase.macs;
        }
    }
    const double bits = 32.0 * product.stages(technology) + 16.0 * sum.stages(technology);
    EXPECT_NEAR(
        energyOf(narrow, "Pipeline registers") / (macs * bits * registers(technology, 1).energy_pj),
        1, 1e-9);
}

TEST(Sums, PartialSumsMoveInTheirBits) {
    const auto stationary = [](const std::string& compute) {
        auto design = with(summedIn(designIn("bfp<8,block=32>"), compute),
                           [](auto& h) { h.dataflow = design::Dataflow::WeightStationary; });
        return energyOf(report(design), "Buffers");
    };
    EXPECT_LT(stationary("bit_true<fp<6,9,after=block>>"), stationary("bit_true"));
}

TEST(Sums, UpdatesOnTheArrayNeedBinary32) {
    const auto updating =
        with(designIn("bfp<8,block=32>"), [](auto& h) { h.updatesOnArray = true; });
    EXPECT_EQ(areaOf(report(summedIn(updating, "bit_true<fp<6,9,after=block>>")), "Accumulators"),
              areaOf(report(updating), "Accumulators"));
}

}  // namespace
}  // namespace mantissa::hw
