// SPDX-License-Identifier: GPL-3.0-or-later
// On-chip SRAM of any size, access width and node, from CACTI 7 rows.
#pragma once

#include <optional>
#include <span>

#include "hwmodel/technology.h"

namespace mantissa::hw {

enum class SramCell {
    HighPerformance,    ///< CACTI's "hp": fast, leaks
    LowOperatingPower,  ///< CACTI's "lop"
};

struct SramShape {
    double kib = 64;
    int accessBits = 64;
    double node_nm = 45;  ///< HighPerformance 22 to 65, LowOperatingPower 22 to 45; beyond: the end
    SramCell cell = SramCell::LowOperatingPower;
};

struct SramCost {
    double area_um2 = 0;
    double readEnergy_pj = 0;   ///< of one bit
    double writeEnergy_pj = 0;  ///< of one bit
    double access_ns = 0;
    std::optional<double> leakage_mw;  ///< absent where CACTI's rows contradict each other
};
/// Piecewise log-log interpolation over size; beyond the ends the end segments go on. Between nodes
/// log-log in the node. Accesses other than 64 bits by the width sweep of one size (128 KiB, 45 nm
/// lop), log-log.
SramCost sram(const SramShape& shape);
/// The law of `sram`.
const Law& sramLaw();

/// One CACTI 7 row: 64-bit access, one read/write port, 350 K.
struct SramRow {
    double node_nm = 45;
    SramCell cell = SramCell::LowOperatingPower;
    double kib = 0;
    double read_pj = 0;   ///< of one 64-bit access
    double write_pj = 0;  ///< of one 64-bit access
    std::optional<double> leakage_mw;
    double access_ns = 0;
    double area_mm2 = 0;
};
std::span<const SramRow> sramTable();

}  // namespace mantissa::hw
