// SPDX-License-Identifier: GPL-3.0-or-later
// On-chip buffers from CACTI rows and external memory by kind.
#pragma once

#include <span>

#include "hwmodel/technology.h"

namespace mantissa::hw {

/// One CACTI 7 row: 45 nm, low operating power, 64-bit access, one read/write port.
struct SramRow {
    double kib;
    double read_pj;   ///< of one 64-bit access
    double write_pj;  ///< of one 64-bit access
    double area_mm2;
};
std::span<const SramRow> sramTable();

struct SramCost {
    double area_um2 = 0;
    double readEnergy_pj = 0;   ///< of one bit
    double writeEnergy_pj = 0;  ///< of one bit
};
/// Piecewise log-log interpolation over the table; beyond its ends the end segments go on.
SramCost sram(double kib);
/// The law of `sram`.
const Law& sramLaw();

struct DramCost {
    double energyPerBit_pj = 0;
    double lowest_pj = 0;  ///< the range that published figures span
    double highest_pj = 0;
    Law law;
};
DramCost dram(design::DramKind kind);

/// Cycles that `bits` take at the configured bandwidth.
double dramCycles(const design::HardwareConfig& hardware, double bits);

}  // namespace mantissa::hw
