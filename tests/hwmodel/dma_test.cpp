// SPDX-License-Identifier: GPL-3.0-or-later
// The logic that moves tensors between DRAM and the buffers.
#include <gtest/gtest.h>

#include "hwmodel/memory.h"
#include "hwmodel/units/registry.h"
#include "tests/hwmodel/report_helpers.h"

namespace mantissa::hw {
namespace {

UnitReport channel(const std::vector<std::pair<std::string, std::string>>& given) {
    const auto& kind = *findUnitKind("dma_channel");
    return describeUnit(kind, unitValues(kind, given).value(),
                        {design::Calibration::Synthesis, 2, nangate45()});
}

design::DesignPoint at(double bandwidth_gbps, double clock_mhz) {
    return with(designIn("bfp<8,block=16>"), [&](auto& h) {
        h.dramBandwidthGbps = bandwidth_gbps;
        h.clockMhz = clock_mhz;
    });
}

TEST(DmaChannel, KeepsADescriptorAWordInFlightAndAnotherBehindIt) {
    // 4 loops of 16-bit counts and ends and 32-bit strides, base and current address, 2 words.
    constexpr double kBits = 4 * (16 + 16 + 32) + 32 + 32 + 2 * 64;
    EXPECT_DOUBLE_EQ(channel({}).cost.flipFlops, kBits);
}

TEST(DmaChannel, GrowsWithEachOfItsWidths) {
    const auto usual = channel({}).cost;
    for (const auto& [width, wider] : {std::pair{"loops", "5"}, std::pair{"count", "24"},
                                       std::pair{"address", "40"}, std::pair{"word", "128"}}) {
        const auto cost = channel({{width, wider}}).cost;
        EXPECT_GT(cost.area_um2, usual.area_um2) << width;
        EXPECT_GT(cost.energy_pj, usual.energy_pj) << width;
    }
}

TEST(Dma, WordsKeepUpWithDram) {
    EXPECT_EQ(dramWordBits(at(25.6, 500).hardware()), 512);  // 409.6 bits a cycle
    EXPECT_EQ(dramWordBits(at(25.6, 1000).hardware()), 256);
    EXPECT_EQ(dramWordBits(at(4, 1000).hardware()), 32);  // exactly 32
    EXPECT_EQ(dramWordBits(at(0.1, 4000).hardware()), 8);
}

TEST(Dma, EachBufferHasAChannelInAndOneOut) {
    const auto estimate = report(at(25.6, 500));
    const auto* channels = find(estimate.breakdown, "DMA channels");
    ASSERT_NE(channels, nullptr);
    EXPECT_EQ(channels->count, 6);
    EXPECT_DOUBLE_EQ(channels->area_um2, 6 * channel({{"word", "512"}}).cost.area_um2);
}

TEST(Dma, PaysForEveryWordThatDramMoves) {
    const auto estimate = report(at(25.6, 500));
    const double words = estimate.dramBits / 512;
    EXPECT_NEAR(
        energyOf(estimate, "DMA channels") / (words * channel({{"word", "512"}}).cost.energy_pj), 1,
        1e-9);
}

TEST(Dma, IsChargedToThePhaseThatMoves) {
    for (const auto& layer : report(at(25.6, 500)).layers) {
        for (const auto& phase : layer.phases) {
            EXPECT_GE(phase.computeEnergy_pj, 0);
            EXPECT_TRUE(phase.dramBits == 0 || phase.computeEnergy_pj > 0) << layer.layer;
        }
    }
}

}  // namespace
}  // namespace mantissa::hw
