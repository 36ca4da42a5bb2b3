// SPDX-License-Identifier: GPL-3.0-or-later
// External memory by kind; on-chip buffers stand in sram.h.
#pragma once

#include "hwmodel/sram.h"

namespace mantissa::hw {

struct DramCost {
    double energyPerBit_pj = 0;
    double lowest_pj = 0;  ///< the range that published figures span
    double highest_pj = 0;
    double peak_gbps = 0;  ///< GB/s of one channel or stack at the kind's usual rate and width
    const Law* law = nullptr;
};
/// `energyPerBit_pj` > 0 stands in place of the kind's own.
DramCost dram(design::DramKind kind, double energyPerBit_pj = 0);
/// The design's; `energyPerBit_pj` > 0 stands in place of what it says.
DramCost dramOf(const design::HardwareConfig& hardware, double energyPerBit_pj);

/// Bits of one word a cycle that keep up with the configured bandwidth: a power of two, 8 to
/// 65,536.
int dramWordBits(const design::HardwareConfig& hardware);

/// Cycles that `bits` take at the configured bandwidth.
double dramCycles(const design::HardwareConfig& hardware, double bits);

}  // namespace mantissa::hw
