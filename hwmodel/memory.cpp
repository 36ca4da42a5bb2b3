// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/memory.h"

#include <array>
#include <cmath>
#include <cstddef>

namespace mantissa::hw {
namespace {

constexpr double kAccessBits = 64;

constexpr std::array<SramRow, 8> kTable{{
    {2, 1.32, 1.75, 0.0075},
    {8, 3.16, 3.24, 0.0263},
    {32, 7.23, 5.62, 0.112},
    {64, 13.1, 8.06, 0.209},
    {128, 15.5, 10.5, 0.430},
    {256, 20.3, 15.3, 0.872},
    {1024, 41.8, 29.7, 3.26},
    {4096, 71.8, 61.9, 12.4},
}};

constexpr Law kSramLaw{
    "CACTI 7 rows (45 nm lop, 64-bit access, 350 K, one port), log-log interpolation over size",
    SourceKind::Recomputed};

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

/// One column of the table at `kib`, log-log between rows `low` and `low + 1`.
double interpolate(double kib, std::size_t low, double SramRow::*column) {
    const auto& a = kTable[low];
    const auto& b = kTable[low + 1];
    const double t = std::log(kib / a.kib) / std::log(b.kib / a.kib);
    return a.*column * std::pow(b.*column / (a.*column), t);
}

}  // namespace

std::span<const SramRow> sramTable() {
    return kTable;
}

SramCost sram(double kib) {
    std::size_t low = 0;
    while (low + 2 < kTable.size() && kib > kTable[low + 1].kib) {
        ++low;
    }
    return {interpolate(kib, low, &SramRow::area_mm2) * 1e6,
            interpolate(kib, low, &SramRow::read_pj) / kAccessBits,
            interpolate(kib, low, &SramRow::write_pj) / kAccessBits};
}

const Law& sramLaw() {
    return kSramLaw;
}

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
