// SPDX-License-Identifier: GPL-3.0-or-later
// Batch normalisation hardware: growth, storage, passes, the steps to LightNorm.
#include "hwmodel/norm/norm_module.h"

#include <cmath>

#include <gtest/gtest.h>

namespace mantissa::hw {
namespace {

constexpr double kElements = 12544;
const Technology kOurs{design::Calibration::Synthesis, 2, nangate45()};
const DramCost kMemory = dram(design::DramKind::Lpddr4);

NormCost cost(const NormModule& module, double elements = kElements) {
    return costOf(module, kOurs, kMemory, elements);
}

TEST(NormModule, GrowsWithLanesAndBits) {
    for (const auto algorithm : {NormAlgorithm::Conventional, NormAlgorithm::OnePass,
                                 NormAlgorithm::Fused, NormAlgorithm::Range}) {
        for (int lanes = 1; lanes < 64; lanes *= 2) {
            const auto narrow = cost(normModule(algorithm, kBinary32, lanes));
            const auto wide = cost(normModule(algorithm, kBinary32, 2 * lanes));
            EXPECT_LT(narrow.area_um2, wide.area_um2) << normAlgorithmText(algorithm) << lanes;
            EXPECT_GT(narrow.cycles, wide.cycles) << normAlgorithmText(algorithm) << lanes;
            EXPECT_LT(narrow.power_mw, wide.power_mw) << normAlgorithmText(algorithm) << lanes;
        }
        for (int fraction = 3; fraction < 23; ++fraction) {
            const auto shorter = cost(normModule(algorithm, {8, fraction}, 4));
            const auto longer = cost(normModule(algorithm, {8, fraction + 1}, 4));
            EXPECT_LT(shorter.area_um2, longer.area_um2) << fraction;
            EXPECT_LT(shorter.compute_pj, longer.compute_pj) << fraction;
            EXPECT_LT(shorter.dramBits, longer.dramBits) << fraction;
        }
    }
}

TEST(NormModule, RangeNeedsNoRootAndNoSquares) {
    Composition conventional(kOurs);
    composeNormForward(conventional, normModule(NormAlgorithm::Conventional, kBinary32, 4),
                       kElements);
    Composition range(kOurs);
    composeNormForward(range, normModule(NormAlgorithm::Range, kBinary32, 4), kElements);
    const auto has = [](const Composition& composition, std::string_view name) {
        for (const auto& part : composition.parts()) {
            if (part.name == name) {
                return true;
            }
        }
        return false;
    };
    EXPECT_TRUE(has(conventional, "square root"));
    EXPECT_TRUE(has(conventional, "squarers"));
    EXPECT_FALSE(has(range, "square root"));
    EXPECT_FALSE(has(range, "squarers"));
    EXPECT_TRUE(has(range, "running maximum and minimum"));
    EXPECT_TRUE(has(range, "divider"));
}

TEST(NormModule, ChannelScalarsVanishInLongChannels) {
    const auto module = normModule(NormAlgorithm::Conventional, kBinary32, 4);
    EXPECT_GT(cost(module, 16).compute_pj, cost(module, 100000).compute_pj);
    EXPECT_EQ(cost(module, 16).area_um2, cost(module, 100000).area_um2);
}

TEST(NormModule, LeaksWhileItWorks) {
    const auto module = cost(normModule(NormAlgorithm::Range, kBinary32, 4));
    const double element_ns = module.cycles * kOurs.period_ns / kElements;
    EXPECT_GT(module.leakage_mw, 0);
    EXPECT_NEAR(module.leakage_pj, module.leakage_mw * element_ns, 1e-12);
    EXPECT_NEAR(module.power_mw, module.compute_pj / element_ns + module.leakage_mw, 1e-9);
    EXPECT_EQ(module.energy_pj(), module.compute_pj + module.leakage_pj + module.dram_pj);
}

TEST(NormModule, FusionLeavesTheGradientsReadsOnly) {
    const auto separate = cost(normModule(NormAlgorithm::OnePass, kBinary32, 4));
    const auto fused = cost(normModule(NormAlgorithm::Fused, kBinary32, 4));
    EXPECT_EQ(separate.dramBits, 8 * 32);
    EXPECT_EQ(fused.dramBits, 2 * 32);
    EXPECT_EQ(separate.area_um2, fused.area_um2);
}

// Bits an element of LightNorm's formats, (5 + 6 g)/g and (6 + 5 g)/g.
TEST(LightNorm, StoresFewerBitsInLongerGroups) {
    constexpr double kExpected[5][3] = {{4, 7.25, 6.5},
                                        {8, 6.625, 5.75},
                                        {16, 6.3125, 5.375},
                                        {32, 6.15625, 5.1875},
                                        {64, 6.078125, 5.09375}};
    for (const auto& row : kExpected) {
        const auto module = lightNorm(4, static_cast<int>(row[0]));
        EXPECT_DOUBLE_EQ(module.forwardStorage.bits, row[1]);
        EXPECT_DOUBLE_EQ(module.backwardStorage.bits, row[2]);
    }
}

// Sums have eight fraction bits more than elements, as nn::BatchNorm has them.
TEST(LightNorm, SumsInMoreBitsThanItsElements) {
    const auto module = lightNorm(4, 4);
    EXPECT_EQ(module.forwardSums, (FloatShape{5, 12}));
    EXPECT_EQ(module.backwardSums, (FloatShape{6, 11}));
    auto narrow = module;
    narrow.forwardSums = narrow.forward;
    narrow.backwardSums = narrow.backward;
    EXPECT_GT(cost(module).area_um2, cost(narrow).area_um2);
    EXPECT_EQ(cost(module).dramBits, cost(narrow).dramBits);
}

TEST(LightNorm, EachStepOfTheWaterfallSavesUnderBothCalibrations) {
    design::HardwareConfig hardware;
    hardware.vectorLanes = 4;
    const auto steps = normWaterfall(hardware, kElements, 4);
    ASSERT_EQ(steps.size(), 4U);
    for (std::size_t i = 1; i < steps.size(); ++i) {
        for (const auto cost : {&WaterfallStep::synthesis, &WaterfallStep::horowitz}) {
            const auto& before = steps[i - 1].*cost;
            const auto& after = steps[i].*cost;
            EXPECT_LT(after.energy_pj(), before.energy_pj()) << steps[i].change;
            EXPECT_LT(after.dramBits, before.dramBits) << steps[i].change;
        }
    }
    EXPECT_LT(steps[1].synthesis.area_um2, steps[0].synthesis.area_um2);
    EXPECT_LT(steps[2].synthesis.area_um2, steps[1].synthesis.area_um2);
    // Converters to and from blocks take area; what they save is traffic.
    EXPECT_GT(steps[3].synthesis.area_um2, steps[2].synthesis.area_um2);
}

}  // namespace
}  // namespace mantissa::hw
