// SPDX-License-Identifier: GPL-3.0-or-later
// Packed processing elements: what overlaid sparse kernels save, what routing takes, what stays
// dense.
#include "hwmodel/packing.h"

#include <vector>

#include <gtest/gtest.h>

#include "core/nn/network_spec.h"
#include "hwmodel/array_time.h"
#include "tests/hwmodel/gemm_helpers.h"
#include "tests/hwmodel/report_helpers.h"

namespace mantissa::hw {
namespace {

using design::Dataflow;
using design::DesignPoint;

/// So many kernels overlaid, each number in one format.
DesignPoint overlaid(double kernels, const std::string& text = "fp32",
                     std::string_view network = "vgg16") {
    auto design = designIn(text);
    auto recipe = design.recipe();
    recipe.weightTransform = train::WeightTransformKind::Complementary;
    recipe.density = 1 / kernels;
    for (const auto& each : nn::networkTemplates()) {
        if (each.id == network) {
            design = design.withNetwork(each.generate({3, 32, 32}, 16));
        }
    }
    return design.withRecipe(recipe);
}

DesignPoint packed(const DesignPoint& design) {
    return with(design, [](auto& h) { h.packedKernels = true; });
}

PhaseCost phaseOf(const HardwareReport& report, std::string_view layer, StepPhase phase) {
    for (const auto& each : report.layers) {
        if (each.layer == layer) {
            return each.phases.at(static_cast<std::size_t>(phase));
        }
    }
    ADD_FAILURE() << layer;
    return {};
}

double macsOf(const HardwareReport& report, StepPhase phase) {
    double macs = 0;
    for (const auto& layer : report.layers) {
        macs += layer.phases.at(static_cast<std::size_t>(phase)).macs;
    }
    return macs;
}

double arrayCycles(const HardwareReport& report) {
    double cycles = 0;
    for (const auto& layer : report.layers) {
        for (const auto phase : {StepPhase::Forward, StepPhase::InputGradient}) {
            cycles += layer.phases.at(static_cast<std::size_t>(phase)).computeCycles;
        }
    }
    return cycles;
}

constexpr ArrayShape kArray{.rows = 4, .columns = 4, .lanes = 8, .dotElements = 8};

TEST(PackedTime, ForwardTakesOneColumnForAllKernelsOfOne) {
    // 24 kernels are 6 packed ones: 3 x 2 tiles, 20 products in 3 steps of 8.
    auto work = gemm(10, 24, 20, "fp32", "fp32");
    work.overlay = {4, 1};
    const auto time = timeOf(work, arithmeticOf(work), kArray);
    EXPECT_EQ(time.columnFolds, 2);
    EXPECT_EQ(time.stepsPerResult, 3);
    EXPECT_EQ(time.cycles, 6 * 3 + (4 + 4 - 2));
    EXPECT_EQ(work.macs(), 10 * 24 * 20 / 4);
    EXPECT_DOUBLE_EQ(time.utilisation, 1200.0 / (24 * 128));
}

TEST(PackedTime, TheInputGradientSumsOneTermForAllKernelsOfOne) {
    // 80 terms of which one in 4 is not zero: 20 products in 3 steps.
    auto work = gemm(10, 6, 80, "fp32", "fp32");
    work.overlay = {1, 4};
    const auto time = timeOf(work, arithmeticOf(work), kArray);
    EXPECT_EQ(time.stepsPerResult, 3);
    EXPECT_EQ(time.cycles, 6 * 3 + (4 + 4 - 2));
    EXPECT_EQ(work.macs(), 10 * 6 * 80 / 4);
}

TEST(PackedTime, WhatIsLeftOverTakesAPackedKernelToo) {
    auto work = gemm(4, 10, 8, "fp32", "fp32");
    work.overlay = {4, 1};  // 10 kernels: 3 packed ones
    const auto array = ArrayShape{.rows = 4, .columns = 1, .lanes = 8, .dotElements = 8};
    EXPECT_EQ(timeOf(work, arithmeticOf(work), array).columnFolds, 3);
}

TEST(PackedTime, BlocksKeepTheirRunsForwardAndShortenThemBackward) {
    auto work = gemm(4, 16, 64, "bfp<8,block=16>", "bfp<8,block=16>");
    work.overlay = {4, 1};
    EXPECT_EQ(arithmeticOf(work).segments.length, 16);
    work.overlay = {1, 4};
    EXPECT_EQ(arithmeticOf(work).segments.length, 4);
    EXPECT_EQ(arithmeticOf(work).segments.count(), 4);
}

TEST(PackedElements, MultiplyOneNthForwardAndForTheInputGradient) {
    for (const char* format : {"fp32", "bfp<8,block=16>"}) {
        for (const auto dataflow :
             {Dataflow::OutputStationary, Dataflow::WeightStationary, Dataflow::InputStationary}) {
            const auto base = with(overlaid(4, format), [&](auto& h) { h.dataflow = dataflow; });
            const auto dense = report(base);
            const auto sparse = report(packed(base));
            // The first layer has 3 channels: a run too short for blocks.
            for (const char* layer : {"conv2_1", "fc2"}) {
                for (const auto phase : {StepPhase::Forward, StepPhase::InputGradient}) {
                    EXPECT_EQ(phaseOf(sparse, layer, phase).macs,
                              phaseOf(dense, layer, phase).macs / 4)
                        << format << " " << layer;
                    EXPECT_LT(phaseOf(sparse, layer, phase).computeEnergy_pj,
                              phaseOf(dense, layer, phase).computeEnergy_pj)
                        << format << " " << layer;
                }
            }
            EXPECT_LT(arrayCycles(sparse), arrayCycles(dense)) << format;
            EXPECT_LT(sparse.energy_pj, dense.energy_pj) << format;
        }
    }
}

TEST(PackedElements, TakeOneNthOfTheCyclesInBothPasses) {
    for (const char* format : {"fp32", "bfp<8,block=16>", "mx<int8>"}) {
        // Results leave as fast as they are made.
        const auto base = with(overlaid(4, format), [](auto& h) { h.vectorLanes = 256; });
        const auto dense = report(base);
        const auto sparse = report(packed(base));
        for (const auto phase : {StepPhase::Forward, StepPhase::InputGradient}) {
            EXPECT_NEAR(phaseOf(dense, "conv3_2", phase).computeCycles /
                            phaseOf(sparse, "conv3_2", phase).computeCycles,
                        4, 0.1)
                << format << " " << phaseText(phase);
        }
    }
}

// Of N = 4 kernels in elements of 16 lanes and eight-bit codes: errors of 16 lanes, of which each
// weight selects one of four, and the exponent of each run of them; weights with their owners and
// an exponent for each kernel.
TEST(PackedElements, HoldEachRunsExponentOnce) {
    const auto base = packed(overlaid(4, "bfp<8,block=16>"));
    const auto& hardware = base.hardware();
    const double elements =
        1.0 * hardware.rows * hardware.columns * hardware.arrays * hardware.cores;
    const auto technology = technologyOf(hardware);
    constexpr double kErrors = (16 * 8 + 8) * 4;
    constexpr double kWeights = 16 * 8 + 8 * 4 + 16 * 2;
    EXPECT_NEAR(
        areaOf(report(base), "Operand registers") / (elements * registers(technology, 1).area_um2),
        kErrors + kWeights, 1e-6);
}

TEST(PackedElements, LeaveTheWeightGradientDense) {
    const auto base = overlaid(4);
    const auto dense = report(base);
    const auto sparse = report(packed(base));
    EXPECT_EQ(macsOf(sparse, StepPhase::WeightGradient), macsOf(dense, StepPhase::WeightGradient));
    EXPECT_EQ(phaseOf(sparse, "conv2_1", StepPhase::WeightGradient).computeCycles,
              phaseOf(dense, "conv2_1", StepPhase::WeightGradient).computeCycles);
}

TEST(PackedElements, ReadTheSamePackedWeights) {
    // Operands that fit their buffers are read once, so that tiles do not differ.
    const auto base = with(overlaid(4), [](auto& h) {
        h.weightBufferKib = h.activationBufferKib = h.errorBufferKib = 65536;
    });
    EXPECT_EQ(energyOf(report(packed(base)), "Weights"), energyOf(report(base), "Weights"));
}

TEST(PackedElements, TakeAMultiplexerOfProductsAndOneOfErrorsALane) {
    const auto full = report(packed(overlaid(4)));
    const Technology technology = technologyOf(overlaid(4).hardware(), nangate45());
    const auto one = selector(technology, 4, 32);
    EXPECT_NEAR(areaOf(full, "Product routing"), 2 * 16 * 16 * 16 * one.area_um2,
                1e-9 * areaOf(full, "Product routing"));
    const double macs = macsOf(full, StepPhase::Forward) + macsOf(full, StepPhase::InputGradient);
    EXPECT_NEAR(energyOf(full, "Product routing"), macs * one.energy_pj,
                1e-9 * energyOf(full, "Product routing"));
}

TEST(PackedElements, TakeAnAccumulatorForEachKernel) {
    const auto base = overlaid(8);
    EXPECT_NEAR(areaOf(report(packed(base)), "Accumulators") / areaOf(report(base), "Accumulators"),
                8, 1e-9);
}

TEST(PackedElements, SaveMoreAndTakeMoreTheMoreKernelsAreOverlaid) {
    for (const char* format : {"fp32", "bfp<8,block=16>"}) {
        double cycles = 1e300;
        double area = 0;
        for (const double kernels : {2, 4, 8, 16}) {
            const auto full = report(packed(overlaid(kernels, format)));
            EXPECT_LT(arrayCycles(full), cycles) << format << " " << kernels;
            EXPECT_GT(areaOf(full, "Product routing"), area) << format << " " << kernels;
            cycles = arrayCycles(full);
            area = areaOf(full, "Product routing");
        }
    }
}

TEST(PackedElements, NeverFinishMoreProductsThanTheyHaveMultipliersFor) {
    for (const char* format : {"fp32", "bf16", "bfp<8,block=16>", "fixed<2,14>", "mx<int8>"}) {
        for (const double kernels : {2, 4, 8, 16}) {
            const auto full = report(packed(overlaid(kernels, format)));
            for (const auto& layer : full.layers) {
                for (const auto& phase : layer.phases) {
                    EXPECT_LE(phase.utilisation, 1) << format << " " << layer.layer;
                    EXPECT_GE(phase.computeEnergy_pj, 0) << format << " " << layer.layer;
                }
            }
        }
    }
}

TEST(PackedElements, ChangeNothingUnlessAskedFor) {
    const auto full = report(overlaid(4));
    EXPECT_EQ(areaOf(full, "Product routing"), 0);
    EXPECT_EQ(warningsOf(full, "packed"), 0);
}

TEST(PackedElements, SayThatNothingIsOverlaid) {
    const auto base = designIn("fp32");
    const auto full = report(packed(base));
    EXPECT_EQ(warningsOf(full, "nothing to pack"), 1);
    EXPECT_EQ(full.area_um2, report(base).area_um2);
    EXPECT_EQ(full.cycles, report(base).cycles);
}

TEST(PackedElements, SayWhichNumbersOfKernelsTheyRoute) {
    for (const double kernels : {3, 32}) {
        const auto base = overlaid(kernels);
        const auto full = report(packed(base));
        EXPECT_EQ(warningsOf(full, "elements of 16 lanes route"), 1) << kernels;
        EXPECT_EQ(full.cycles, report(base).cycles) << kernels;
    }
}

TEST(PackedElements, NameTheGroupedLayersThatStayDense) {
    const auto base = overlaid(4, "fp32", "mobilenet_v2");
    const auto dense = report(base);
    const auto sparse = report(packed(base));
    int grouped = 0;
    for (const auto& layer : base.network().layers) {
        const auto* conv = std::get_if<nn::Conv2d>(&layer.params);
        if (conv == nullptr || conv->groups == 1) {
            continue;
        }
        ++grouped;
        EXPECT_EQ(phaseOf(sparse, layer.name, StepPhase::Forward).macs,
                  phaseOf(dense, layer.name, StepPhase::Forward).macs);
        if (grouped == 1) {
            EXPECT_EQ(warningsOf(sparse, layer.name + " forward"), 1) << layer.name;
        }
    }
    EXPECT_GT(grouped, 5);
    EXPECT_GT(warningsOf(sparse, "groups read other channels"), 0);
}

TEST(PackedElements, LeaveOffsetsShortRunsAndFusedMultipliersDense) {
    const auto affine = report(packed(overlaid(4, "affine<8,block=16>")));
    EXPECT_EQ(warningsOf(affine, "numbers with offsets dense"), 1);
    EXPECT_EQ(areaOf(affine, "Product routing"), 0);
    const auto brief = report(packed(overlaid(8, "bfp<8,block=4>")));
    EXPECT_GT(warningsOf(brief, "runs of 4 products under one scale are shorter than the 8"), 0);
    EXPECT_EQ(areaOf(brief, "Product routing"), 0);
    const auto fused =
        report(with(packed(overlaid(4, "bfp<8,block=16>")), [](auto& h) { h.multiMode = true; }));
    EXPECT_EQ(warningsOf(fused, "multi-mode multipliers give sums"), 1);
    EXPECT_EQ(areaOf(fused, "Product routing"), 0);
}

}  // namespace
}  // namespace mantissa::hw
