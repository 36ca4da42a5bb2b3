// SPDX-License-Identifier: GPL-3.0-or-later
// The laws with their fitted coefficients, read once from resources/hardware/laws.json, which the
// program carries.
#pragma once

#include <array>
#include <string>

#include "hwmodel/law_table.h"
#include "hwmodel/technology.h"

namespace mantissa::hw {

/// One quantity of one law, with how well it holds. Errors in per cent of the synthesised figure.
struct LawFit {
    std::array<double, kMostTerms> coefficients{};
    std::size_t terms = 0;
    int points = 0;
    double meanError_percent = 0;
    double maxError_percent = 0;
    std::string worst;               ///< the unit of the largest error
    double leftOutMean_percent = 0;  ///< each unit predicted from all others
    double leftOutMax_percent = 0;
};

struct FittedLaw {
    LawFit gates;
    LawFit delay;
    LawWidths low{};        ///< of each width, as fitted
    LawWidths high{};       ///< of each width, as fitted
    std::string text;       ///< the gates' formula with range, for provenance
    Law law;                ///< refers to `text`
    std::string delayText;  ///< the delay's; empty: it has none
    Law delayLaw;           ///< refers to `delayText`
};
const FittedLaw& fittedLaw(LawId law);

/// Combinational NAND2 equivalents, at least 1. Below its range a law of a single width goes to
/// zero in proportion.
double gatesOf(LawId law, const LawWidths& widths);
/// Picoseconds in NanGate45, from one register to the next.
double delayOf(LawId law, const LawWidths& widths);
/// Whether every width lies in the range that the law was fitted on.
bool inFittedRange(LawId law, const LawWidths& widths);

/// Switching energy of a NAND2 equivalent in one operation, NanGate45 at 1.1 V: base + deeper *
/// ln(1 + depth), in fJ, with the depth in ns that glitches travel within the unit.
struct SwitchingFit {
    double base_fj = 0;
    double deeper_fj = 0;
    LawFit fit;
    std::string text;
    Law law;
};
const SwitchingFit& switchingOf(Activity activity);

/// What a NAND2 equivalent switches more for each ns that its unit's inputs settle late, in fJ: the
/// glitches that units before it pass on.
struct ArrivalFit {
    double perNs_fj = 0;
    LawFit fit;
};
const ArrivalFit& arrivalGlitches();

}  // namespace mantissa::hw
