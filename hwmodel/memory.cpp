// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/memory.h"

#include <array>

namespace mantissa::hw {
namespace {

struct DramRow {
    design::DramKind kind;
    DramCost cost;
};
constexpr std::array<DramRow, 6> kDram{{
    {design::DramKind::Ddr3,
     {20,
      9,
      20.3,
      {"DDR3 20 pJ a bit, an assumption; published 9 to 20.3 (EIE Table I: 20)",
       SourceKind::Assumption}}},
    {design::DramKind::Ddr4,
     {15,
      4.2,
      18,
      {"DDR4 15 pJ a bit, an assumption; published 4.2 to 18", SourceKind::Assumption}}},
    {design::DramKind::Lpddr4,
     {11, 8, 14, {"LPDDR4 11 pJ a bit, an assumption; published 8 to 14", SourceKind::Assumption}}},
    {design::DramKind::Lpddr5,
     {7.5,
      5,
      20,
      {"LPDDR5 7.5 pJ a bit, an assumption; published 5 to 20", SourceKind::Assumption}}},
    {design::DramKind::Gddr6,
     {6.5,
      6.48,
      14,
      {"GDDR6 6.5 pJ a bit, an assumption; published 6.48 (GDDR5: 14)", SourceKind::Assumption}}},
    {design::DramKind::Hbm2,
     {4.75,
      3.97,
      7,
      {"HBM2 4.75 pJ a bit, an assumption; published 3.97 to 7", SourceKind::Assumption}}},
}};

}  // namespace

DramCost dram(design::DramKind kind) {
    for (const auto& row : kDram) {
        if (row.kind == kind) {
            return row.cost;
        }
    }
    return kDram.front().cost;
}

double dramCycles(const design::HardwareConfig& hardware, double bits) {
    const double bitsPerCycle = hardware.dramBandwidthGbps * 8e9 / (hardware.clockMhz * 1e6);
    return bits / bitsPerCycle;
}

}  // namespace mantissa::hw
