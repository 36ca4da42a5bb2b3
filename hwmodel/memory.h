// SPDX-License-Identifier: GPL-3.0-or-later
// External memory by kind; on-chip buffers stand in sram.h.
#pragma once

#include "hwmodel/sram.h"

namespace mantissa::hw {

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
