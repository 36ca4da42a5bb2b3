// SPDX-License-Identifier: GPL-3.0-or-later
// On-chip SRAM of any size, access width and node, from CACTI 7 rows.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "hwmodel/arithmetic.h"

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
/// By cell and node, from large nodes and small sizes on.
std::span<const SramRow> sramTable();

/// Piecewise log-log interpolation over size, and between nodes over the node. Beyond a node's rows
/// its figures go on as those of the nearest node whose rows go further, else as its own last two.
/// Accesses other than 64 bits by the width sweep of one size (128 KiB, 45 nm lop), log-log.
SramCost sram(const SramShape& shape, std::span<const SramRow> rows = sramTable());
/// The law of `sram`.
const Law& sramLaw();

/// A word of `wordBits` out of 2^addressBits, read once an operation, in low-power cells at the
/// library's node. Below 2 KiB and 16 bits, where CACTI's rows begin, it costs as much as those.
UnitCost tableMemory(const Technology& technology, int wordBits, int addressBits);
/// What CACTI's rows do not know of such a table; empty where they know it.
std::string beyondSramRows(const Technology& technology, int wordBits, int addressBits);

}  // namespace mantissa::hw
