// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/memory.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace mantissa::hw {
namespace {

struct CactiRow {
    double node_nm;
    SramCell cell;
    double kib, read_pj, write_pj, area_mm2;
};
constexpr auto kHp = SramCell::HighPerformance;
constexpr auto kLop = SramCell::LowOperatingPower;
// CACTI 7, 64-bit access, typed in apart from the model's own table.
constexpr CactiRow kCacti[] = {
    {65, kHp, 8, 8.81, 11.5, .0549},    {65, kHp, 32, 24.9, 22.4, .198},
    {65, kHp, 128, 56.0, 37.6, .808},   {65, kHp, 1024, 125.4, 99.1, 6.81},
    {45, kHp, 2, 2.35, 3.52, .0075},    {45, kHp, 8, 5.29, 6.50, .0263},
    {45, kHp, 32, 14.9, 12.7, .0949},   {45, kHp, 64, 29.0, 17.2, .184},
    {45, kHp, 128, 33.0, 21.2, .387},   {45, kHp, 256, 40.6, 28.8, .796},
    {45, kHp, 1024, 67.7, 55.9, 3.17},  {45, kLop, 2, 1.32, 1.75, .0075},
    {45, kLop, 8, 3.16, 3.24, .0263},   {45, kLop, 32, 7.23, 5.62, .112},
    {45, kLop, 64, 13.1, 8.06, .209},   {45, kLop, 128, 15.5, 10.5, .430},
    {45, kLop, 256, 20.3, 15.3, .872},  {45, kLop, 1024, 41.8, 29.7, 3.26},
    {45, kLop, 4096, 71.8, 61.9, 12.4}, {32, kHp, 8, 2.91, 3.43, .0133},
    {32, kHp, 32, 8.51, 6.72, .048},    {32, kHp, 128, 14.4, 10.6, .217},
    {32, kHp, 1024, 38.4, 30.8, 1.60},  {22, kHp, 2, .603, .897, .0018},
    {22, kHp, 8, 1.50, 1.69, .0063},    {22, kHp, 32, 3.50, 2.82, .0267},
    {22, kHp, 64, 4.69, 4.01, .0561},   {22, kHp, 128, 7.50, 5.10, .103},
    {22, kHp, 256, 9.93, 7.54, .208},   {22, kHp, 1024, 18.4, 15.9, .810},
    {22, kLop, 8, 1.40, 1.03, .0068},   {22, kLop, 32, 2.12, 1.75, .0317},
    {22, kLop, 128, 4.50, 3.47, .119},  {22, kLop, 1024, 12.8, 10.8, .813}};

TEST(Sram, ReproducesEveryCactiRow) {
    for (const auto& row : kCacti) {
        const auto cost = sram({row.kib, 64, row.node_nm, row.cell});
        EXPECT_NEAR(cost.readEnergy_pj * 64 / row.read_pj, 1, 1e-9) << row.node_nm << row.kib;
        EXPECT_NEAR(cost.writeEnergy_pj * 64 / row.write_pj, 1, 1e-9) << row.node_nm << row.kib;
        EXPECT_NEAR(cost.area_um2 / (row.area_mm2 * 1e6), 1, 1e-9) << row.node_nm << row.kib;
    }
}

struct Guess {
    const char* figure;
    double guessed = 0;
    double row = 0;
};

/// The figures of a row as the model knows them from other rows alone.
std::vector<Guess> guessed(const SramRow& row, const std::vector<SramRow>& others) {
    const auto cost = sram({row.kib, 64, row.node_nm, row.cell}, others);
    std::vector<Guess> all{{"read", cost.readEnergy_pj * 64, row.read_pj},
                           {"write", cost.writeEnergy_pj * 64, row.write_pj},
                           {"access", cost.access_ns, row.access_ns},
                           {"area", cost.area_um2, row.area_mm2 * 1e6}};
    if (row.leakage_mw) {
        all.push_back({"leakage", cost.leakage_mw.value(), *row.leakage_mw});
    }
    return all;
}

template <typename Leave>
std::vector<SramRow> rowsWithout(const Leave& leaves) {
    std::vector<SramRow> rows;
    std::copy_if(sramTable().begin(), sramTable().end(), std::back_inserter(rows),
                 [&](const SramRow& row) { return !leaves(row); });
    return rows;
}

// How far to trust sizes between and beyond the rows.
TEST(Sram, GuessesARowThatIsLeftOutWithinAQuarter) {
    for (const auto& row : sramTable()) {
        const auto others = rowsWithout([&](const SramRow& each) { return &each == &row; });
        for (const auto& [figure, guess, known] : guessed(row, others)) {
            const bool oddOne = row.node_nm == 22 && row.cell == kLop && row.kib == 8 &&
                                std::string_view(figure) == "read";
            const double within = oddOne ? 0.35 : 0.25;
            EXPECT_NEAR(guess / known, 1, within)
                << figure << " of " << row.node_nm << " nm, " << row.kib << " KiB";
        }
    }
}

// How far to trust nodes between the rows': those that have neighbours on both sides. Leakage falls
// by no law from node to node: 5 % from 65 to 45 nm, 70 % to 32 nm.
TEST(Sram, GuessesANodeThatIsLeftOut) {
    for (const double node : {45.0, 32.0}) {
        const auto others = rowsWithout(
            [&](const SramRow& each) { return each.cell == kHp && each.node_nm == node; });
        for (const auto& row : sramTable()) {
            if (row.cell != kHp || row.node_nm != node) {
                continue;
            }
            for (const auto& [figure, guess, known] : guessed(row, others)) {
                const std::string_view name(figure);
                const bool oddOne = node == 45 && row.kib == 64 && name == "read";
                const double within = name == "leakage" ? 0.46 : oddOne ? 0.32 : 0.25;
                EXPECT_NEAR(guess / known, 1, within)
                    << figure << " of " << node << " nm, " << row.kib << " KiB";
            }
        }
    }
}

TEST(Sram, GoesOnBeyondANodesRowsAsTheNextNode) {
    const auto ratio = [](double node) {
        return sram({2, 64, node, kHp}).readEnergy_pj / sram({8, 64, node, kHp}).readEnergy_pj;
    };
    EXPECT_NEAR(ratio(32), ratio(45), 1e-12);  // CACTI's rows of 32 nm begin at 8 KiB
    EXPECT_NEAR(ratio(65), ratio(45), 1e-12);
}

TEST(Sram, FollowsTheWidthSweep) {
    constexpr double kSweep[6][3] = {{16, 8.82, 5.52},  {32, 10.4, 7.32},  {64, 15.5, 10.5},
                                     {128, 21.3, 18.0}, {256, 34.1, 35.1}, {512, 53.5, 68.8}};
    for (const auto& row : kSweep) {
        const auto cost = sram({128, static_cast<int>(row[0])});
        EXPECT_NEAR(cost.readEnergy_pj * row[0], row[1], 1e-9) << row[0];
        EXPECT_NEAR(cost.writeEnergy_pj * row[0], row[2], 1e-9) << row[0];
    }
}

TEST(Sram, HasTheDensitiesOfTheRows) {
    const auto density = [](const SramShape& shape) {
        return sram(shape).area_um2 / (shape.kib * 8192);
    };
    EXPECT_NEAR(density({8, 64, 45, kHp}), 0.401, 1e-3);
    EXPECT_NEAR(density({1024, 64, 45, kHp}), 0.378, 1e-3);
    EXPECT_NEAR(density({1024, 64, 22, kHp}), 0.0966, 1e-3);
}

TEST(Sram, GrowsWithItsSizeAndNode) {
    for (double kib = 1; kib < 65536; kib *= 1.5) {
        const auto small = sram({kib});
        const auto large = sram({kib * 1.5});
        EXPECT_LT(small.area_um2, large.area_um2) << kib;
        EXPECT_LT(small.readEnergy_pj, large.readEnergy_pj) << kib;
        EXPECT_LT(small.writeEnergy_pj, large.writeEnergy_pj) << kib;
        EXPECT_LT(small.leakage_mw.value(), large.leakage_mw.value()) << kib;
        EXPECT_LT(small.access_ns, large.access_ns) << kib;
    }
    for (double node = 22; node < 65; ++node) {
        const auto small = sram({64, 64, node, kHp});
        const auto large = sram({64, 64, node + 1, kHp});
        EXPECT_LT(small.area_um2, large.area_um2) << node;
        EXPECT_LT(small.readEnergy_pj, large.readEnergy_pj) << node;
    }
}

TEST(Sram, KeepsSilentAboutLeakageThatContradictsItself) {
    EXPECT_FALSE(sram({32, 64, 22, kLop}).leakage_mw.has_value());
    EXPECT_TRUE(sram({32, 64, 22, kHp}).leakage_mw.has_value());
}

TEST(TableMemory, IsNoSmallerThanCactisSmallestRow) {
    const auto least = tableMemory({}, 16, 10);  // 2 KiB
    const auto tiny = tableMemory({}, 4, 9);     // 256 bytes
    EXPECT_EQ(tiny.area_um2, least.area_um2);
    EXPECT_EQ(tiny.energy_pj, least.energy_pj);
    EXPECT_EQ(least.areaLaw->kind, SourceKind::Recomputed);
    EXPECT_EQ(least.delayLaw, &sramLaw());
    EXPECT_EQ(least.leakageLaw, &sramLaw());
    EXPECT_NEAR(least.leakage_nw, 0.032e6, 1e-6);
}

TEST(TableMemory, SaysWhereCactisRowsEnd) {
    EXPECT_EQ(beyondSramRows({}, 16, 13), "");
    EXPECT_NE(beyondSramRows({}, 16, 9).find("1 KiB is priced as 2 KiB"), std::string::npos);
    EXPECT_NE(beyondSramRows({}, 64, 24).find("131072 KiB is larger"), std::string::npos);
    EXPECT_NE(beyondSramRows({}, 8, 16).find("words of 8 bits"), std::string::npos);
    Technology old;
    old.library.node_nm = 180;
    EXPECT_NE(beyondSramRows(old, 16, 13).find("22 to 45 nm"), std::string::npos);
}

TEST(Dram, DefaultsAreAssumptionsInsideTheirRange) {
    using design::DramKind;
    for (const auto kind : {DramKind::Ddr3, DramKind::Ddr4, DramKind::Lpddr4, DramKind::Lpddr5,
                            DramKind::Gddr6, DramKind::Hbm2}) {
        const auto cost = dram(kind);
        EXPECT_EQ(cost.law->kind, SourceKind::Assumption);
        EXPECT_GE(cost.energyPerBit_pj, cost.lowest_pj);
        EXPECT_LE(cost.energyPerBit_pj, cost.highest_pj);
        EXPECT_GT(cost.peak_gbps, 0);
        EXPECT_EQ(dram(kind, 3.5).energyPerBit_pj, 3.5);
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
