// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/changes.h"

#include <algorithm>

namespace mantissa::hw {
namespace {

using Side = double ComponentChange::*;

ComponentChange& named(std::vector<ComponentChange>& changes, std::string_view name) {
    const auto known = std::find_if(changes.begin(), changes.end(),
                                    [&](const auto& change) { return change.name == name; });
    return known != changes.end() ? *known : changes.emplace_back(ComponentChange{name, 0, 0});
}

void addComponents(std::vector<ComponentChange>& changes, const HardwareReport& report,
                   ReportFigure figure, Side side) {
    for (const auto& child : report.breakdown.children) {
        named(changes, child.name).*side +=
            figure == ReportFigure::Area ? child.area_um2 : child.energy_pj;
    }
}

void addPhases(std::vector<ComponentChange>& changes, const HardwareReport& report, Side side) {
    const auto cycles = cyclesByPhase(report);
    for (std::size_t i = 0; i < cycles.size(); ++i) {
        named(changes, phaseText(static_cast<StepPhase>(i))).*side +=
            cycles[i] / (report.clockMhz * 1e3);
    }
}

}  // namespace

std::string_view reportFigureText(ReportFigure figure) {
    switch (figure) {
        case ReportFigure::Area:
            return "area";
        case ReportFigure::Energy:
            return "energy";
        case ReportFigure::Time:
            return "time";
    }
    return "";
}

std::vector<ComponentChange> changesBetween(const HardwareReport& from, const HardwareReport& to,
                                            ReportFigure figure) {
    std::vector<ComponentChange> changes;
    if (figure == ReportFigure::Time) {
        addPhases(changes, from, &ComponentChange::from);
        addPhases(changes, to, &ComponentChange::to);
    } else {
        addComponents(changes, from, figure, &ComponentChange::from);
        addComponents(changes, to, figure, &ComponentChange::to);
    }
    return changes;
}

double totalOf(const HardwareReport& report, ReportFigure figure) {
    switch (figure) {
        case ReportFigure::Area:
            return report.area_um2;
        case ReportFigure::Energy:
            return report.energy_pj;
        case ReportFigure::Time:
            return report.milliseconds();
    }
    return 0;
}

std::array<double, kStepPhases> cyclesByPhase(const HardwareReport& report) {
    std::array<double, kStepPhases> cycles{};
    for (const auto& layer : report.layers) {
        for (std::size_t i = 0; i < cycles.size(); ++i) {
            cycles[i] += layer.phases[i].cycles;
        }
    }
    return cycles;
}

}  // namespace mantissa::hw
