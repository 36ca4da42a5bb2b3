// SPDX-License-Identifier: GPL-3.0-or-later
// How well the model prices units that it was not fitted on.
#pragma once

#include <string>
#include <vector>

#include "hwmodel/fit/fit_laws.h"

namespace mantissa::hw::fit {

/// How a unit is held out.
enum class HeldOut {
    LeftOut,      ///< its own law, fitted on all other units of the kind
    SizeLeftOut,  ///< the same without any unit that shares a width with it; the worst such width
    Composite,    ///< a sum of parts; no composite is ever fitted on
    Separate,     ///< synthesised apart (holdout_osu018.csv), in another library
};
std::string_view heldOutText(HeldOut how);

/// Errors are (model / synthesis - 1) in per cent; NaN where the synthesis says nothing.
struct Verdict {
    std::string unit;
    std::string module;
    HeldOut how = HeldOut::LeftOut;
    double nand2 = 0;  ///< as synthesised
    double areaError_percent = 0;
    double delayError_percent = 0;
    double energyError_percent = 0;
};

/// Every synthesised unit that the registry knows, and the separate ones.
std::vector<Verdict> judge(const Tables& tables, const std::vector<SynthesisedUnit>& separate);

/// Every unit that was synthesised in another library than the one that laws are fitted on, by
/// those laws and the library's ratios. Nothing is held out: units are named "LIBRARY UNIT".
std::vector<Verdict> judgeCarriedOver(const Tables& tables);

/// resources/hardware/accuracy.csv.
std::string accuracyCsv(const std::vector<Verdict>& verdicts);
/// A Markdown table: mean and worst errors a group, of units above 100 gates.
std::string accuracyTable(const std::vector<Verdict>& verdicts);
/// Ratios of model to synthesis against size, as SVG.
std::string accuracyChart(const std::vector<Verdict>& verdicts);

}  // namespace mantissa::hw::fit
