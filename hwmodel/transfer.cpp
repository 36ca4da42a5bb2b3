// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/transfer.h"

#include <algorithm>
#include <cstdio>
#include <map>

namespace mantissa::hw {
namespace {

std::string numberText(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value);
    return text;
}

bool isNangate45(const Library& library) {
    return library == nangate45();
}

/// The highest supply in V that cells at hand of about such a node run at, in between linear; some
/// cells bear more. Scaling factors know no limit.
double usualSupply_v(double node_nm) {
    std::map<double, double> supplies;  // by node
    for (const auto& library : libraries()) {
        auto& supply = supplies[library.node_nm];
        supply = std::max(supply, library.voltage_v);
    }
    const auto above = supplies.lower_bound(node_nm);
    if (above == supplies.begin()) {
        return above->second;
    }
    if (above == supplies.end()) {
        return supplies.rbegin()->second;
    }
    const auto below = std::prev(above);
    const double share = (node_nm - below->first) / (above->first - below->first);
    return below->second + share * (above->second - below->second);
}

}  // namespace

std::string transferText(const Technology& technology) {
    const auto& to = technology.library;
    if (technology.calibration == design::Calibration::Horowitz || isNangate45(to)) {
        return {};
    }
    const auto [least, most] = std::minmax_element(to.lawRatios.begin(), to.lawRatios.end());
    std::string gates = numberText(to.gatesRatio);
    if (*least != *most) {
        gates += " (kinds of units of their own: " + numberText(*least) + " to " +
                 numberText(*most) + ")";
    }
    return "NanGate45's figures carried over to " + to.label + ": NAND2 equivalents x " + gates +
           ", a NAND2 of " + numberText(to.nand2_um2) + " um2 for " +
           numberText(nangate45().nand2_um2) + ", flip-flops of " + numberText(to.flipFlop_nand2) +
           " NAND2, energy of a NAND2 equivalent x " + numberText(to.energyRatio) + ", delay x " +
           numberText(to.delayRatio) + "; " + to.source;
}

std::vector<std::string> transferLimits(const Technology& technology) {
    constexpr double kMargin = 1.25;
    std::vector<std::string> limits;
    const auto& library = technology.library;
    if (technology.calibration == design::Calibration::Horowitz && !isNangate45(library)) {
        limits.push_back(
            "Horowitz' table is of 45 nm and 0.9 V: areas and energies stay as they are, those of "
            "flip-flops too, while delays, and with them the number of pipeline registers, leakage "
            "and buffers are those of " +
            library.label);
    }
    if (const double usual = usualSupply_v(library.node_nm); library.voltage_v > kMargin * usual) {
        limits.push_back(
            "supply " + numberText(library.voltage_v) + " V at " + numberText(library.node_nm) +
            " nm: cells at hand of about that size run at up to " + numberText(usual) + " V");
    }
    return limits;
}

}  // namespace mantissa::hw
