// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/memory.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <string_view>

namespace mantissa::hw {
namespace {

struct DramRow {
    design::DramKind kind;
    double energy_pj, lowest_pj, highest_pj, peak_gbps;
    Law law;
};
constexpr Law said(std::string_view text) {
    return {text, SourceKind::Assumption};
}
constexpr Law kGiven{"energy a bit as given", SourceKind::Assumption};

// Defaults are assumptions inside published ranges, which spread 3 to 4 times depending on whether
// interface, controller and row activation count. Rates: DDR3-1600 and DDR4-3200 of 64 bits,
// LPDDR3-1600, LPDDR4-4266 and LPDDR5-6400 of 32, GDDR6 of 16 Gb/s and 32, HBM2 of 2 Gb/s and 1024.
constexpr std::array<DramRow, 7> kDram{{
    {design::DramKind::Ddr3, 20, 9, 20.3, 12.8,
     said("DDR3 20 pJ a bit, an assumption; published 9 to 20.3 (EIE Table I: 20)")},
    {design::DramKind::Ddr4, 15, 4.2, 18, 25.6,
     said("DDR4 15 pJ a bit, an assumption; published 4.2 to 18")},
    {design::DramKind::Lpddr4, 11, 8, 14, 17.1,
     said("LPDDR4 11 pJ a bit, an assumption; published 8 to 14")},
    {design::DramKind::Lpddr5, 7.5, 5, 20, 25.6,
     said("LPDDR5 7.5 pJ a bit, an assumption; published 5 to 20")},
    {design::DramKind::Gddr6, 6.5, 6.48, 14, 64,
     said("GDDR6 6.5 pJ a bit, an assumption; published 6.48 (GDDR5: 14)")},
    {design::DramKind::Lpddr3, 6, 3.7, 20, 6.4,
     said("LPDDR3 6 pJ a bit, an assumption; published 3.7 (ISSCC 2012) and 4.6 without row "
          "activation, 20 for LPDDR2 (EIE)")},
    {design::DramKind::Hbm2, 4.75, 3.97, 7, 256,
     said("HBM2 4.75 pJ a bit, an assumption; published 3.97 to 7")},
}};

double bitsPerCycle(const design::HardwareConfig& hardware) {
    return hardware.dramBandwidthGbps * 8e9 / (hardware.clockMhz * 1e6);
}

}  // namespace

DramCost dram(design::DramKind kind, double energyPerBit_pj) {
    const auto& row = *std::find_if(kDram.begin(), kDram.end(),
                                    [&](const DramRow& each) { return each.kind == kind; });
    const bool given = energyPerBit_pj > 0;
    return {given ? energyPerBit_pj : row.energy_pj, row.lowest_pj, row.highest_pj, row.peak_gbps,
            given ? &kGiven : &row.law};
}

DramCost dramOf(const design::HardwareConfig& hardware, double energyPerBit_pj) {
    return dram(hardware.dram, energyPerBit_pj > 0 ? energyPerBit_pj : hardware.dramEnergy_pj);
}

int dramWordBits(const design::HardwareConfig& hardware) {
    constexpr double kWidest = 65536;
    const double bits = std::min(std::ceil(bitsPerCycle(hardware)), kWidest);
    return static_cast<int>(std::bit_ceil(static_cast<unsigned>(std::max(bits, 8.0))));
}

double dramCycles(const design::HardwareConfig& hardware, double bits) {
    return bits / bitsPerCycle(hardware);
}

}  // namespace mantissa::hw
