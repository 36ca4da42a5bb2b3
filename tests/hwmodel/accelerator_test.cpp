// SPDX-License-Identifier: GPL-3.0-or-later
// What the accelerator's options do to a whole training step.
#include <algorithm>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "hwmodel/memory.h"
#include "tests/hwmodel/report_helpers.h"

namespace mantissa::hw {
namespace {

using design::Dataflow;
using design::DesignPoint;

DesignPoint designOf(const std::string& text, std::string_view network) {
    const auto design = designIn(text);
    for (const auto& each : nn::networkTemplates()) {
        if (each.id == network) {
            return design.withNetwork(each.make());
        }
    }
    throw std::out_of_range(std::string(network));
}

PhaseCost phaseSum(const HardwareReport& report, StepPhase phase) {
    PhaseCost sum;
    for (const auto& layer : report.layers) {
        const auto& each = layer.phases[static_cast<std::size_t>(phase)];
        sum.cycles += each.cycles;
        sum.computeCycles += each.computeCycles;
        sum.dramBits += each.dramBits;
    }
    return sum;
}

TEST(Accelerator, WithoutDoubleBufferingWorkAndTransfersTakeTurns) {
    for (const auto dataflow :
         {Dataflow::OutputStationary, Dataflow::WeightStationary, Dataflow::InputStationary}) {
        const auto base =
            with(designOf("bfp<8,block=16>", "resnet20"), [&](auto& h) { h.dataflow = dataflow; });
        const auto overlapped = report(base);
        const auto serial = report(with(base, [](auto& h) { h.doubleBuffered = false; }));
        EXPECT_LT(overlapped.cycles, serial.cycles);
        for (const auto& layer : serial.layers) {
            for (const auto& phase : layer.phases) {
                EXPECT_DOUBLE_EQ(phase.cycles, phase.computeCycles + phase.memoryCycles);
            }
        }
        for (const auto& layer : overlapped.layers) {
            for (const auto& phase : layer.phases) {
                EXPECT_EQ(phase.cycles, std::max(phase.computeCycles, phase.memoryCycles));
            }
        }
    }
}

TEST(Accelerator, NamesWhatAPhaseWaitsFor) {
    const auto base = designOf("bfp<8,block=16>", "resnet20");
    const auto slow = report(with(base, [](auto& h) { h.dramBandwidthGbps = 0.1; }));
    const auto fast = report(with(base, [](auto& h) { h.dramBandwidthGbps = 4000; }));
    const auto at = [](const HardwareReport& full, std::size_t layer) {
        return full.layers[layer].phases[static_cast<std::size_t>(StepPhase::Forward)].bound;
    };
    EXPECT_EQ(at(slow, 0), Bound::Memory);
    EXPECT_NE(at(fast, 0), Bound::Memory);
    const auto narrow = report(with(base, [](auto& h) {
        h.dramBandwidthGbps = 4000;
        h.vectorLanes = 1;
    }));
    EXPECT_EQ(at(narrow, 0), Bound::Vector);
}

TEST(Accelerator, NoPhaseIsAboveItsRoof) {
    for (const char* text : {"fp32", "bfp<8,block=16>"}) {
        const auto full = report(designOf(text, "resnet20"));
        for (const auto& layer : full.layers) {
            for (const auto& phase : layer.phases) {
                const double roof =
                    std::min(full.peakMacsPerCycle, phase.macsPerDramBit() * full.dramBitsPerCycle);
                EXPECT_LE(phase.macs, roof * phase.cycles * (1 + 1e-9)) << layer.layer;
            }
        }
    }
}

TEST(Accelerator, MoreArraysAndCoresTakeAreaAndNoMoreTime) {
    const auto base = designOf("bfp<8,block=16>", "resnet20");
    for (const auto member : {&design::HardwareConfig::arrays, &design::HardwareConfig::cores}) {
        double area = 0;
        double cycles = 1e300;
        for (int count = 1; count <= 8; count *= 2) {
            const auto now = report(with(base, [&](auto& h) { h.*member = count; }));
            EXPECT_GT(now.area_um2, area);
            EXPECT_LE(now.cycles, cycles);
            area = now.area_um2;
            cycles = now.cycles;
        }
    }
}

TEST(Accelerator, WeightsThatStayReadTheirBufferOnce) {
    const auto base = designOf("fp32", "resnet20");
    const auto weights =
        report(with(base, [](auto& h) { h.dataflow = Dataflow::WeightStationary; }));
    EXPECT_LT(energyOf(weights, "Weight buffer"), energyOf(report(base), "Weight buffer"));
}

TEST(Accelerator, AnOperandThatStaysWaitsForItsFoldInASecondRegister) {
    for (const auto dataflow : {Dataflow::WeightStationary, Dataflow::InputStationary}) {
        const auto serial = with(designOf("fp32", "resnet20"), [&](auto& h) {
            h.dataflow = dataflow;
            h.doubleBuffered = false;
        });
        const auto overlapped = with(serial, [](auto& h) { h.doubleBuffered = true; });
        EXPECT_NEAR(areaOf(report(overlapped), "Operand registers") /
                        areaOf(report(serial), "Operand registers"),
                    1.5, 1e-12);
        EXPECT_GT(energyOf(report(overlapped), "Operand registers"),
                  energyOf(report(serial), "Operand registers"));
    }
    const auto results = designOf("fp32", "resnet20");
    EXPECT_EQ(areaOf(report(results), "Operand registers"),
              areaOf(report(with(results, [](auto& h) { h.doubleBuffered = false; })),
                     "Operand registers"));
}

// FlexBlock's scaling against its mode of 16 bits: 4 and 16 times the products.
TEST(MultiMode, GivesFourAndSixteenTimesTheProducts) {
    const auto time = [](const char* text) {
        const auto design = with(designOf(text, "resnet20"), [](auto& h) {
            h.multiMode = true;
            h.lanes = 8;
            h.dramBandwidthGbps = 4096;
            h.vectorLanes = 1024;
        });
        const auto full = report(design);
        // The last convolution's 576 products fill the lanes of the narrowest mode, all but one
        // step.
        const auto found = std::find_if(full.layers.rbegin(), full.layers.rend(),
                                        [](const auto& l) { return l.kind == "conv2d"; });
        return found->phases[static_cast<std::size_t>(StepPhase::Forward)].computeCycles;
    };
    const double wide = time("bfp<16,block=tensor>");
    EXPECT_NEAR(wide / time("bfp<8,block=tensor>"), 4, 0.5);
    EXPECT_NEAR(wide / time("bfp<4,block=tensor>"), 16, 4);
}

TEST(MultiMode, TakesOneMultipliersEnergyForAllProductsOfAMode) {
    const auto energy = [](const char* text) {
        const auto full = report(with(designOf(text, "resnet20"), [](auto& h) {
            h.multiMode = true;
            h.lanes = 8;
        }));
        return energyOf(full, "Integer dot products");
    };
    // A run of 16 lanes holds whole steps in each mode, so that energies go as products a step.
    const double wide = energy("bfp<16,block=tensor>");
    EXPECT_NEAR(wide / energy("bfp<8,block=tensor>"), 4, 0.01);
    EXPECT_NEAR(wide / energy("bfp<4,block=tensor>"), 16, 0.01);
}

TEST(MultiMode, CostsMoreThanOneMode) {
    const auto base = designIn("bfp<16,block=16>");
    const auto fused = report(with(base, [](auto& h) { h.multiMode = true; }));
    EXPECT_GT(areaOf(fused, "Integer dot products"), areaOf(report(base), "Integer dot products"));
}

TEST(UpdateOnArray, LeavesOutTheUpdateUnit) {
    const auto base = designIn("bfp<8,block=16>");
    const auto own = report(base);
    const auto shared = report(with(base, [](auto& h) { h.updatesOnArray = true; }));
    EXPECT_GT(areaOf(own, "Update unit"), 0);
    EXPECT_EQ(areaOf(shared, "Update unit"), 0);
    EXPECT_GT(areaOf(shared, "Exponent adders"), areaOf(own, "Exponent adders"));
}

// TaxoNN: forward, error and weight gradient on one array are three times inference's products,
// less the first layer's unused input gradient.
TEST(UpdateOnArray, AStepOfFullyConnectedLayersIsThreeTimesInference) {
    const auto full =
        report(with(designOf("fixed<2,14>", "mlp"), [](auto& h) { h.updatesOnArray = true; }));
    double forward = 0;
    double step = 0;
    double first = 0;
    for (const auto& layer : full.layers) {
        const double macs = layer.phases[static_cast<std::size_t>(StepPhase::Forward)].macs;
        first = first == 0 ? macs : first;
        forward += macs;
        step += layer.total().macs;
    }
    EXPECT_EQ(step, 3 * forward - first);
}

TEST(UpdateOnArray, AdamKeepsItsOwnUnit) {
    const auto base = designIn("bfp<8,block=16>");
    auto recipe = base.recipe();
    recipe.optimiser = train::OptimiserKind::Adam;
    const auto adam =
        report(with(base.withRecipe(recipe), [](auto& h) { h.updatesOnArray = true; }));
    EXPECT_GT(areaOf(adam, "Update unit"), 0);
    EXPECT_GT(warningsOf(adam, "Adam keeps a unit"), 0);
}

TEST(StoredRoles, AreMovedInTheirFormats) {
    const auto base = designIn("fp32");
    const auto wide = energyOf(report(base), "Master weights and moments");
    auto plan = base.precision();
    for (const auto role : {design::Role::MasterWeight, design::Role::Momentum}) {
        plan = withFormat(plan, {}, {role, std::nullopt}, tensorFormat("fp16"));
    }
    const auto narrow = energyOf(report(base.withPrecision(plan)), "Master weights and moments");
    EXPECT_DOUBLE_EQ(narrow, wide / 2);
    auto recipe = base.recipe();
    recipe.optimiser = train::OptimiserKind::Adam;
    EXPECT_DOUBLE_EQ(energyOf(report(base.withRecipe(recipe)), "Master weights and moments"),
                     1.5 * wide);  // a second moment beside master and first
    recipe.optimiser = train::OptimiserKind::Sgd;
    recipe.momentum = 0;
    EXPECT_DOUBLE_EQ(energyOf(report(base.withRecipe(recipe)), "Master weights and moments"),
                     0.5 * wide);
}

DesignPoint withNorm(const DesignPoint& design, nn::BatchNormKind kind) {
    auto network = design.network();
    for (auto& layer : network.layers) {
        if (auto* norm = std::get_if<nn::BatchNorm>(&layer.params)) {
            norm->kind = kind;
        }
    }
    return design.withNetwork(network);
}

TEST(Normalisation, LightNormIsItsOwnModule) {
    const auto base = designIn("fp32");
    const auto range = report(withNorm(base, nn::BatchNormKind::Range));
    const auto light = report(withNorm(base, nn::BatchNormKind::LightNorm));
    EXPECT_LT(3 * areaOf(light, "Normalisation unit"), areaOf(range, "Normalisation unit"));
    EXPECT_LT(3 * energyOf(light, "Normalisation unit"), energyOf(range, "Normalisation unit"));
    EXPECT_LT(2 * energyOf(light, "Normalisation tensors"),
              energyOf(range, "Normalisation tensors"));
}

DesignPoint withNormFormat(const DesignPoint& design, const std::string& format,
                           std::optional<design::Pass> pass = std::nullopt) {
    return design.withPrecision(withFormat(
        design.precision(), {}, {design::Role::Normalisation, pass}, tensorFormat(format)));
}

TEST(Normalisation, CalculatesAndMovesInThePlansFormats) {
    const auto base = withNorm(designIn("bfp<8,block=16>"), nn::BatchNormKind::Conventional);
    const auto wide = report(base);
    for (const char* format : {"fp16", "bf16", "bfp<8,block=16>", "fixed<4,8>"}) {
        const auto narrow = report(withNormFormat(base, format));
        EXPECT_LT(1.5 * areaOf(narrow, "Forward datapath"), areaOf(wide, "Forward datapath"))
            << format;
        EXPECT_LT(1.5 * areaOf(narrow, "Backward datapath"), areaOf(wide, "Backward datapath"))
            << format;
        EXPECT_LT(energyOf(narrow, "Normalisation unit"), energyOf(wide, "Normalisation unit"))
            << format;
        EXPECT_LT(1.5 * energyOf(narrow, "Normalisation tensors"),
                  energyOf(wide, "Normalisation tensors"))
            << format;
    }
}

TEST(Normalisation, TakesAFormatForOnePassAlone) {
    const auto base = withNorm(designIn("fp32"), nn::BatchNormKind::Conventional);
    const auto wide = report(base);
    const auto forward = report(withNormFormat(base, "fp16", design::Pass::Forward));
    EXPECT_LT(areaOf(forward, "Forward datapath"), areaOf(wide, "Forward datapath"));
    EXPECT_EQ(areaOf(forward, "Backward datapath"), areaOf(wide, "Backward datapath"));
}

TEST(Normalisation, LightNormKeepsItsOwnFormats) {
    const auto base = withNorm(designIn("fp32"), nn::BatchNormKind::LightNorm);
    EXPECT_EQ(areaOf(report(withNormFormat(base, "fp16")), "Normalisation unit"),
              areaOf(report(base), "Normalisation unit"));
}

TEST(Normalisation, LightNormsSumsCostWhatIsEmulated) {
    const auto summed = [](int bits, bool binary32) {
        auto network = withNorm(designIn("fp32"), nn::BatchNormKind::LightNorm).network();
        for (auto& layer : network.layers) {
            if (auto* norm = std::get_if<nn::BatchNorm>(&layer.params)) {
                norm->sumBits = bits;
                norm->quirkStatisticsFp32 = binary32;
            }
        }
        return areaOf(report(DesignPoint().withNetwork(network)), "Normalisation unit");
    };
    EXPECT_LT(summed(0, false), summed(8, false));
    EXPECT_LT(summed(8, false), summed(8, true));
}

/// Share of normalisation in the time of a step.
double normShare(const DesignPoint& design) {
    const auto full = report(design);
    return (phaseSum(full, StepPhase::NormForward).cycles +
            phaseSum(full, StepPhase::NormBackward).cycles) /
           full.cycles;
}

// LightNorm's motivation: MobileNetV2 multiplies little for what it normalises.
TEST(Normalisation, TakesALargerShareOfMobileNetThanOfResNet) {
    const double resnet = normShare(designOf("bfp<8,block=16>", "resnet50"));
    const double mobilenet = normShare(designOf("bfp<8,block=16>", "mobilenet_v2"));
    EXPECT_GT(mobilenet, resnet);
    EXPECT_GT(mobilenet, 0.2);
    const double light = normShare(
        withNorm(designOf("bfp<8,block=16>", "mobilenet_v2"), nn::BatchNormKind::LightNorm));
    EXPECT_LT(light, mobilenet);
}

/// Buffers that the design leaves open.
DesignPoint sized(const DesignPoint& design) {
    return with(design, [](auto& h) {
        h.weightBufferKib = 0;
        h.activationBufferKib = 0;
        h.errorBufferKib = 0;
    });
}

TEST(SizedBuffers, HoldEachOperandWholeAndNoMore) {
    for (const char* network : {"lenet5", "lenet5_bn"}) {
        const auto design = designOf("fp32", network);
        const auto own = report(sized(design));
        const auto all = [&](int kib) {
            return report(with(design, [&](auto& h) {
                h.weightBufferKib = kib;
                h.activationBufferKib = kib;
                h.errorBufferKib = kib;
            }));
        };
        EXPECT_EQ(own.dramBits, all(4096).dramBits) << network;
        EXPECT_LT(areaOf(own, "Buffers"), areaOf(all(4096), "Buffers")) << network;
        EXPECT_LT(own.dramBits, all(4).dramBits) << network;
        // fc1 has 188 KiB of weights.
        EXPECT_EQ(areaOf(own, "Weight buffer"), sram({256}).area_um2) << network;
    }
}

TEST(SizedBuffers, ShrinkWithTheFormats) {
    EXPECT_LT(areaOf(report(sized(designIn("bfp<4,block=16>"))), "Buffers"),
              areaOf(report(sized(designIn("fp32"))), "Buffers"));
}

TEST(SizedBuffers, EndWhereCactisRowsEnd) {
    const auto large = report(sized(designOf("fp32", "vgg16")));
    EXPECT_EQ(areaOf(large, "Weight buffer"), sram({4096}).area_um2);
}

TEST(Dram, TheDesignSaysTheEnergyOfABit) {
    const auto base = designIn("bfp<8,block=16>");
    const auto own = report(with(base, [](auto& h) { h.dramEnergy_pj = 22; }));  // LPDDR4: 11
    EXPECT_NEAR(energyOf(own, "DRAM"), 2 * energyOf(report(base), "DRAM"),
                1e-9 * energyOf(own, "DRAM"));
    EXPECT_GT(warningsOf(own, "published figures of its kind span"), 0);
    EXPECT_FALSE(estimate(with(base, [](auto& h) { h.dramEnergy_pj = 0.01; })).has_value());
}

TEST(Dram, EveryKindStandsInsideItsPublishedRange) {
    using enum design::DramKind;
    for (const auto kind : {Ddr3, Ddr4, Lpddr3, Lpddr4, Lpddr5, Gddr6, Hbm2}) {
        const auto full = report(with(designIn("fp32"), [&](auto& h) { h.dram = kind; }));
        EXPECT_EQ(warningsOf(full, "published figures of its kind span"), 0);
        EXPECT_GT(dram(kind).peak_gbps, 0);
    }
}

TEST(Node, ScalesTheDesign) {
    const auto base = designIn("bfp<8,block=16>");
    double area = 1e300;
    for (const double node : {45.0, 28.0, 16.0, 7.0}) {
        const auto now = report(with(base, [&](auto& h) { h.node_nm = node; }));
        EXPECT_LT(now.area_um2, area) << node;
        area = now.area_um2;
    }
    const auto low = report(with(base, [](auto& h) { h.voltage_v = 0.9; }));
    EXPECT_LT(energyOf(low, "PE array"), energyOf(report(base), "PE array"));
    EXPECT_FALSE(estimate(with(base, [](auto& h) { h.voltage_v = 0.2; })).has_value());
}

}  // namespace
}  // namespace mantissa::hw
