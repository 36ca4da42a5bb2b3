// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/roofline.h"

#include <gtest/gtest.h>

namespace mantissa::hw {
namespace {

/// One layer of one pass: a thousand multiply-adds in a hundred cycles, 800 bits moved.
HardwareReport sample() {
    HardwareReport report;
    report.clockMhz = 500;
    report.peakMacsPerCycle = 16;
    report.dramBitsPerCycle = 64;
    LayerCost layer;
    layer.layer = "conv1";
    layer.phases[0].macs = 1000;
    layer.phases[0].cycles = 100;
    layer.phases[0].dramBits = 800;
    layer.phases[3].cycles = 7;  // normalisation multiplies no matrices
    report.layers.push_back(layer);
    return report;
}

TEST(Roofline, IsWhatItsDefinitionSays) {
    const auto report = sample();
    const auto roofline = rooflineOf(report);
    EXPECT_DOUBLE_EQ(roofline.peak, 2 * 16 * 500e6);
    EXPECT_DOUBLE_EQ(roofline.bandwidth, 8 * 500e6);
    EXPECT_DOUBLE_EQ(roofline.ridge(), 4);
    ASSERT_EQ(roofline.points.size(), 1U);
    const auto& point = roofline.points.front();
    EXPECT_EQ(point.layer, "conv1");
    EXPECT_EQ(point.phase, StepPhase::Forward);
    EXPECT_DOUBLE_EQ(point.intensity, 2000 / 100.0);  // operations over bytes
    EXPECT_DOUBLE_EQ(point.reached, 2000 / 100.0 * 500e6);
    EXPECT_DOUBLE_EQ(point.roof, roofline.peak);
}

TEST(Roofline, SlopesLeftOfItsRidge) {
    auto report = sample();
    report.layers[0].phases[0].dramBits = 8000;  // 2 operations a byte
    const auto roofline = rooflineOf(report);
    EXPECT_DOUBLE_EQ(roofline.points.front().roof, 2 * roofline.bandwidth);
}

TEST(Roofline, OfNothingHasNoPoints) {
    EXPECT_TRUE(rooflineOf({}).points.empty());
    EXPECT_EQ(rooflineOf({}).ridge(), 0);
}

}  // namespace
}  // namespace mantissa::hw
