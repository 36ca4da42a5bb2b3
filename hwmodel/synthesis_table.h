// SPDX-License-Identifier: GPL-3.0-or-later
// The units that were synthesised, as resources/hardware/synthesis holds them.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mantissa::hw {

struct SynthesisedUnit {
    std::string unit;    ///< "fp_add_E5M4"
    std::string module;  ///< of the RTL, "fp_add"
    std::map<std::string, int, std::less<>> parameters;
    double nand2 = 0;      ///< area; one NAND2 is the library's smallest
    double nand2Mean = 0;  ///< over several orders of the inputs: what laws are fitted on
    double combinationalNand2 = 0;
    int flipFlops = 0;
    double delay_ps = 0;   ///< 0: not known, as below
    double energy_fj = 0;  ///< of one operation, operands as in neural networks, with glitches
    double leakage_nw = 0;

    /// 0 where the module has no such parameter: options that are off.
    int parameter(std::string_view name) const;
};

/// The rows of one of those files.
std::vector<SynthesisedUnit> readSynthesisTable(std::string_view text);

/// NanGate45, nominal flow: what the laws are fitted on. The program carries it.
std::span<const SynthesisedUnit> synthesisedUnits();

}  // namespace mantissa::hw
