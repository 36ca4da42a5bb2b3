// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/accelerator_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <utility>
#include <vector>

#include "app/cli/json.h"
#include "app/engine/table.h"
#include "app/engine/units.h"

namespace mantissa::cli {
namespace {

using app::textCell;
using nlohmann::json;

constexpr std::string_view kUnverified =
    "Horowitz' energies are of 45 nm and 0.9 V; the areas attributed to him are unverified.\n";

/// Figures of one phase on the roofline.
struct Point {
    std::string_view layer;
    std::string_view phase;
    double intensity;  ///< operations for each byte from or to DRAM; a multiply-add is two
    double reached;    ///< operations a second
    double roof;       ///< operations a second
    const hw::PhaseCost* cost;
};

double peakOf(const hw::HardwareReport& report) {
    return 2 * report.peakMacsPerCycle * report.clockMhz * 1e6;
}

double bandwidthOf(const hw::HardwareReport& report) {
    return report.dramBitsPerCycle / 8 * report.clockMhz * 1e6;
}

std::vector<Point> pointsOf(const hw::HardwareReport& report) {
    std::vector<Point> points;
    for (const auto& layer : report.layers) {
        for (std::size_t i = 0; i < layer.phases.size(); ++i) {
            const auto& cost = layer.phases[i];
            if (cost.macs <= 0) {
                continue;
            }
            const double intensity = 16 * cost.macsPerDramBit();
            points.push_back({layer.layer, hw::phaseText(static_cast<hw::StepPhase>(i)), intensity,
                              2 * cost.macs / cost.cycles * report.clockMhz * 1e6,
                              std::min(peakOf(report), intensity * bandwidthOf(report)), &cost});
        }
    }
    return points;
}

std::array<double, hw::kStepPhases> cyclesByPhase(const hw::HardwareReport& report) {
    std::array<double, hw::kStepPhases> cycles{};
    for (const auto& layer : report.layers) {
        for (std::size_t i = 0; i < cycles.size(); ++i) {
            cycles[i] += layer.phases[i].cycles;
        }
    }
    return cycles;
}

std::string percent(double part, double whole) {
    return whole > 0 ? app::fixedText(100 * part / whole, 1) + " %" : "";
}

std::string ratio(double before, double after) {
    return before > 0 && after > 0 ? app::fixedText(before / after, 2) + " x" : "";
}

const hw::BreakdownNode* component(const hw::HardwareReport& report, std::string_view name) {
    const auto& parts = report.breakdown.children;
    const auto found = std::find_if(parts.begin(), parts.end(),
                                    [&](const auto& each) { return each.name == name; });
    return found == parts.end() ? nullptr : &*found;
}

/// Of all reports, each name once, in the order of the first that has it; the whole last.
std::vector<std::string_view> componentNames(
    std::initializer_list<const hw::HardwareReport*> reports) {
    std::vector<std::string_view> names;
    for (const auto* report : reports) {
        for (const auto& each : report->breakdown.children) {
            if (std::find(names.begin(), names.end(), each.name) == names.end()) {
                names.push_back(each.name);
            }
        }
    }
    names.push_back("Accelerator");
    return names;
}

/// Area and energy of a component, or of the whole.
std::pair<double, double> figuresOf(const hw::HardwareReport& report, std::string_view name) {
    if (name == report.breakdown.name) {
        return {report.area_um2, report.energy_pj};
    }
    const auto* node = component(report, name);
    return node != nullptr ? std::pair{node->area_um2, node->energy_pj} : std::pair{0.0, 0.0};
}

std::string amount(double value, std::string (*text)(double)) {
    return value > 0 ? text(value) : "";
}

std::string changeText(double before, double after, std::string (*text)(double)) {
    const double change = after - before;
    return change == 0 ? "" : (change > 0 ? "+" : "-") + text(std::abs(change));
}

}  // namespace

std::string rooflineText(const hw::HardwareReport& report) {
    app::Table table;
    table.columns = {
        {"layer", "Layer"},           {"phase", "Phase"},     {"intensity", "Op/byte", true},
        {"reached", "Reached", true}, {"roof", "Roof", true}, {"share", "Of roof", true},
        {"bound", "Waits for"}};
    for (const auto& point : pointsOf(report)) {
        table.rows.push_back({textCell(std::string(point.layer)),
                              textCell(std::string(point.phase)),
                              textCell(app::significantText(point.intensity, 4)),
                              textCell(app::siText(point.reached, "op/s")),
                              textCell(app::siText(point.roof, "op/s")),
                              textCell(percent(point.reached, point.roof)),
                              textCell(std::string(hw::boundText(point.cost->bound)))});
    }
    app::Table shares;
    shares.columns = {
        {"phase", "Phase"}, {"cycles", "Cycles", true}, {"share", "Of the step", true}};
    const auto cycles = cyclesByPhase(report);
    for (std::size_t i = 0; i < cycles.size(); ++i) {
        shares.rows.push_back({textCell(std::string(hw::phaseText(static_cast<hw::StepPhase>(i)))),
                               textCell(app::cyclesText(cycles[i])),
                               textCell(percent(cycles[i], report.cycles))});
    }
    const double ridge = peakOf(report) / bandwidthOf(report);
    return "Roofline, modelled: peak " + app::siText(peakOf(report), "op/s") + ", DRAM " +
           app::siText(bandwidthOf(report), "B/s") + ", ridge at " +
           app::significantText(ridge, 4) +
           " op/byte\nA multiply-add is two operations; peak of multi-mode multipliers in their "
           "widest mode.\n\n" +
           app::tableText(table, app::TableFormat::Text) + "\nTime of the step\n\n" +
           app::tableText(shares, app::TableFormat::Text);
}

std::string rooflineJson(const hw::HardwareReport& report) {
    json points = json::array();
    for (const auto& point : pointsOf(report)) {
        points.push_back({{"layer", point.layer},
                          {"phase", point.phase},
                          {"operations_per_byte", point.intensity},
                          {"operations_per_second", point.reached},
                          {"roof", point.roof},
                          {"bound", hw::boundText(point.cost->bound)}});
    }
    json cycles = json::object();
    const auto sums = cyclesByPhase(report);
    for (std::size_t i = 0; i < sums.size(); ++i) {
        cycles[std::string(hw::phaseText(static_cast<hw::StepPhase>(i)))] = sums[i];
    }
    return document({{"peak_operations_per_second", peakOf(report)},
                     {"dram_bytes_per_second", bandwidthOf(report)},
                     {"points", std::move(points)},
                     {"cycles", std::move(cycles)}});
}

std::string bothText(const BothReports& reports) {
    const auto& [ours, his] = reports;
    app::Table table;
    table.columns = {{"component", "Component"},
                     {"area", "Area, synthesis", true},
                     {"area_horowitz", "Horowitz", true},
                     {"energy", "Energy, synthesis", true},
                     {"energy_horowitz", "Horowitz", true}};
    for (const auto name : componentNames({&ours, &his})) {
        const auto [area, energy] = figuresOf(ours, name);
        const auto [hisArea, hisEnergy] = figuresOf(his, name);
        table.rows.push_back({textCell(std::string(name)), textCell(amount(area, app::areaText)),
                              textCell(amount(hisArea, app::areaText)),
                              textCell(amount(energy, app::energyText)),
                              textCell(amount(hisEnergy, app::energyText))});
    }
    return "One training step under both calibrations, modelled\n\n" +
           app::tableText(table, app::TableFormat::Text) + "\n" + std::string(kUnverified);
}

std::string bothJson(const BothReports& reports) {
    return document({{"synthesis", json::parse(hw::toJson(reports.synthesis))},
                     {"horowitz", json::parse(hw::toJson(reports.horowitz))}});
}

std::string againstText(const BothReports& from, const BothReports& to) {
    app::Table table;
    table.columns = {{"component", "Component"},
                     {"area", "Area", true},
                     {"area_ratio", "Smaller, synthesis", true},
                     {"area_horowitz", "Horowitz", true},
                     {"energy", "Energy", true},
                     {"energy_ratio", "Smaller, synthesis", true},
                     {"energy_horowitz", "Horowitz", true}};
    for (const auto name : componentNames({&from.synthesis, &to.synthesis})) {
        const auto [areaA, energyA] = figuresOf(from.synthesis, name);
        const auto [areaB, energyB] = figuresOf(to.synthesis, name);
        const auto [hisAreaA, hisEnergyA] = figuresOf(from.horowitz, name);
        const auto [hisAreaB, hisEnergyB] = figuresOf(to.horowitz, name);
        table.rows.push_back(
            {textCell(std::string(name)), textCell(changeText(areaA, areaB, app::areaText)),
             textCell(ratio(areaA, areaB)), textCell(ratio(hisAreaA, hisAreaB)),
             textCell(changeText(energyA, energyB, app::energyText)),
             textCell(ratio(energyA, energyB)), textCell(ratio(hisEnergyA, hisEnergyB))});
    }
    return "From one design to the other, by component, modelled; changes by our synthesis\n\n" +
           app::tableText(table, app::TableFormat::Text) + "\nCycles " +
           app::cyclesText(from.synthesis.cycles) + " to " + app::cyclesText(to.synthesis.cycles) +
           ", " + ratio(from.synthesis.cycles, to.synthesis.cycles) + " fewer.\n" +
           std::string(kUnverified);
}

std::string againstJson(const BothReports& from, const BothReports& to) {
    json rows = json::array();
    for (const auto name : componentNames({&from.synthesis, &to.synthesis})) {
        const auto figures = [&](const hw::HardwareReport& a, const hw::HardwareReport& b) {
            const auto [areaA, energyA] = figuresOf(a, name);
            const auto [areaB, energyB] = figuresOf(b, name);
            return json{{"area_um2", {areaA, areaB}}, {"energy_pj", {energyA, energyB}}};
        };
        rows.push_back({{"component", name},
                        {"synthesis", figures(from.synthesis, to.synthesis)},
                        {"horowitz", figures(from.horowitz, to.horowitz)}});
    }
    return document({{"components", std::move(rows)},
                     {"cycles", {from.synthesis.cycles, to.synthesis.cycles}}});
}

}  // namespace mantissa::cli
