// SPDX-License-Identifier: GPL-3.0-or-later
// Standard cell libraries: what carries a unit's NAND2 equivalents and flip-flops over to area,
// delay and energy of a process.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/error.h"
#include "hwmodel/law_table.h"
#include "hwmodel/provenance.h"

namespace mantissa::hw {

/// Ratios are to NanGate45, whose figures the laws are fitted on.
struct Library {
    std::string id;     ///< "nangate45"
    std::string label;  ///< "NanGate45, 45 nm, 1.1 V"
    double node_nm = 45;
    double voltage_v = 1.1;
    double nand2_um2 = 0.798;       ///< the smallest two-input NAND gate
    double flipFlop_nand2 = 5.666;  ///< a plain flip-flop in NAND2 equivalents
    double gatesRatio = 1;          ///< of NAND2 equivalents of the same logic, whatever it is
    /// The same for each kind of unit: libraries differ in what a multiplexer or an XOR takes
    /// beside a NAND2.
    std::array<double, kLaws> lawRatios = sameRatios(1);
    double energyRatio = 1;  ///< of a NAND2 equivalent in one operation
    double delayRatio = 1;
    /// Of a NAND2 equivalent; absent where no unit was simulated, and at another node or supply,
    /// since no source scales it.
    std::optional<double> leakage_nw;
    std::string source;  ///< where the figures and ratios come from
    double gatesRatioOf(LawId law) const { return lawRatios[static_cast<std::size_t>(law)]; }
    static constexpr std::array<double, kLaws> sameRatios(double ratio) {
        std::array<double, kLaws> ratios{};
        ratios.fill(ratio);
        return ratios;
    }
    bool operator==(const Library&) const = default;
};

/// The law of `Library::leakage_nw`, over the time of a step where it is an energy.
const Law& leakageLaw();

/// FreePDK45's open library, as synthesised.
const Library& nangate45();
/// The libraries of our synthesis, NanGate45 first.
std::span<const Library> libraries();
/// One of them by id. The error lists the ids.
Result<Library> findLibrary(std::string_view id);

/// `base` moved to another node and supply by published scaling factors (Stillmaker and Baas,
/// 2017): area and energy; delays stay. 7 to 130 nm.
Result<Library> scaledLibrary(const Library& base, double node_nm, double voltage_v);

}  // namespace mantissa::hw
