// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/memory.h"

#include <gtest/gtest.h>

namespace mantissa::hw {
namespace {

struct CactiRow {
    double kib, read_pj, write_pj, area_mm2;
};
// CACTI 7, 45 nm lop, 64-bit access, typed in apart from the model's own table.
constexpr CactiRow kCacti[] = {{2, 1.32, 1.75, .0075},   {8, 3.16, 3.24, .0263},
                               {32, 7.23, 5.62, .112},   {64, 13.1, 8.06, .209},
                               {128, 15.5, 10.5, .430},  {256, 20.3, 15.3, .872},
                               {1024, 41.8, 29.7, 3.26}, {4096, 71.8, 61.9, 12.4}};

TEST(Sram, ReproducesEveryCactiRow) {
    for (const auto& row : kCacti) {
        const auto cost = sram(row.kib);
        EXPECT_NEAR(cost.readEnergy_pj * 64 / row.read_pj, 1, 1e-9) << row.kib;
        EXPECT_NEAR(cost.writeEnergy_pj * 64 / row.write_pj, 1, 1e-9) << row.kib;
        EXPECT_NEAR(cost.area_um2 / (row.area_mm2 * 1e6), 1, 1e-9) << row.kib;
    }
}

TEST(Sram, GrowsWithItsSizeInsideAndBeyondTheTable) {
    for (double kib = 1; kib < 65536; kib *= 1.5) {
        EXPECT_LT(sram(kib).area_um2, sram(kib * 1.5).area_um2) << kib;
        EXPECT_LT(sram(kib).readEnergy_pj, sram(kib * 1.5).readEnergy_pj) << kib;
        EXPECT_LT(sram(kib).writeEnergy_pj, sram(kib * 1.5).writeEnergy_pj) << kib;
    }
}

TEST(Dram, DefaultsAreAssumptionsInsideTheirRange) {
    using design::DramKind;
    for (const auto kind : {DramKind::Ddr3, DramKind::Ddr4, DramKind::Lpddr4, DramKind::Lpddr5,
                            DramKind::Gddr6, DramKind::Hbm2}) {
        const auto cost = dram(kind);
        EXPECT_EQ(cost.law.kind, SourceKind::Assumption);
        EXPECT_GE(cost.energyPerBit_pj, cost.lowest_pj);
        EXPECT_LE(cost.energyPerBit_pj, cost.highest_pj);
    }
    EXPECT_EQ(dram(DramKind::Ddr3).energyPerBit_pj, 20);
    EXPECT_EQ(dram(DramKind::Hbm2).energyPerBit_pj, 4.75);
}

TEST(Dram, CyclesFollowBandwidthAndClock) {
    design::HardwareConfig hardware;
    hardware.clockMhz = 500;
    hardware.dramBandwidthGbps = 25.6;  // 409.6 bits a cycle
    EXPECT_DOUBLE_EQ(dramCycles(hardware, 4096), 10);
}

}  // namespace
}  // namespace mantissa::hw
