// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/accelerator_text.h"

#include <cmath>
#include <utility>
#include <vector>

#include "app/cli/json.h"
#include "app/engine/table.h"
#include "app/engine/units.h"
#include "hwmodel/changes.h"
#include "hwmodel/roofline.h"

namespace mantissa::cli {
namespace {

using app::textCell;
using nlohmann::json;

constexpr std::string_view kUnverified =
    "Horowitz' energies are of 45 nm and 0.9 V; the areas attributed to him are unverified.\n";

std::string percent(double part, double whole) {
    return whole > 0 ? app::fixedText(100 * part / whole, 1) + " %" : "";
}

std::string ratio(const hw::ComponentChange& change) {
    return change.from > 0 && change.to > 0 ? app::fixedText(change.from / change.to, 2) + " x"
                                            : "";
}

/// Area and energy of each component of both, beside each other; the whole last.
struct ChangedComponent {
    std::string_view name;
    hw::ComponentChange area;
    hw::ComponentChange energy;
};
std::vector<ChangedComponent> changedComponents(const hw::HardwareReport& from,
                                                const hw::HardwareReport& to) {
    const auto areas = hw::changesBetween(from, to, hw::ReportFigure::Area);
    const auto energies = hw::changesBetween(from, to, hw::ReportFigure::Energy);
    std::vector<ChangedComponent> components;
    for (std::size_t i = 0; i < areas.size(); ++i) {
        components.push_back({areas[i].name, areas[i], energies[i]});
    }
    const auto whole = from.breakdown.name;
    components.push_back(
        {whole, {whole, from.area_um2, to.area_um2}, {whole, from.energy_pj, to.energy_pj}});
    return components;
}

std::string amount(double value, std::string (*text)(double)) {
    return value > 0 ? text(value) : "";
}

std::string changeText(const hw::ComponentChange& component, std::string (*text)(double)) {
    const double change = component.difference();
    return change == 0 ? "" : (change > 0 ? "+" : "-") + text(std::abs(change));
}

}  // namespace

std::string rooflineText(const hw::HardwareReport& report) {
    app::Table table;
    table.columns = {
        {"layer", "Layer"},           {"phase", "Phase"},     {"intensity", "Op/byte", true},
        {"reached", "Reached", true}, {"roof", "Roof", true}, {"share", "Of roof", true},
        {"bound", "Waits for"}};
    const auto roofline = hw::rooflineOf(report);
    for (const auto& point : roofline.points) {
        table.rows.push_back({textCell(std::string(point.layer)),
                              textCell(std::string(hw::phaseText(point.phase))),
                              textCell(app::significantText(point.intensity, 4)),
                              textCell(app::siText(point.reached, "op/s")),
                              textCell(app::siText(point.roof, "op/s")),
                              textCell(percent(point.reached, point.roof)),
                              textCell(std::string(hw::boundText(point.cost->bound)))});
    }
    app::Table shares;
    shares.columns = {
        {"phase", "Phase"}, {"cycles", "Cycles", true}, {"share", "Of the step", true}};
    const auto cycles = hw::cyclesByPhase(report);
    for (std::size_t i = 0; i < cycles.size(); ++i) {
        shares.rows.push_back({textCell(std::string(hw::phaseText(static_cast<hw::StepPhase>(i)))),
                               textCell(app::cyclesText(cycles[i])),
                               textCell(percent(cycles[i], report.cycles))});
    }
    return "Roofline, modelled: peak " + app::siText(roofline.peak, "op/s") + ", DRAM " +
           app::siText(roofline.bandwidth, "B/s") + ", ridge at " +
           app::significantText(roofline.ridge(), 4) +
           " op/byte\nA multiply-add is two operations; peak of multi-mode multipliers in their "
           "widest mode.\n\n" +
           app::tableText(table, app::TableFormat::Text) + "\nTime of the step\n\n" +
           app::tableText(shares, app::TableFormat::Text);
}

std::string rooflineJson(const hw::HardwareReport& report) {
    json points = json::array();
    const auto roofline = hw::rooflineOf(report);
    for (const auto& point : roofline.points) {
        points.push_back({{"layer", point.layer},
                          {"phase", hw::phaseText(point.phase)},
                          {"operations_per_byte", point.intensity},
                          {"operations_per_second", point.reached},
                          {"roof", point.roof},
                          {"bound", hw::boundText(point.cost->bound)}});
    }
    json cycles = json::object();
    const auto sums = hw::cyclesByPhase(report);
    for (std::size_t i = 0; i < sums.size(); ++i) {
        cycles[std::string(hw::phaseText(static_cast<hw::StepPhase>(i)))] = sums[i];
    }
    return document({{"peak_operations_per_second", roofline.peak},
                     {"dram_bytes_per_second", roofline.bandwidth},
                     {"points", std::move(points)},
                     {"cycles", std::move(cycles)}});
}

std::string bothText(const hw::BothReports& reports) {
    const auto& [ours, his] = reports;
    app::Table table;
    table.columns = {{"component", "Component"},
                     {"area", "Area, synthesis", true},
                     {"area_horowitz", "Horowitz", true},
                     {"energy", "Energy, synthesis", true},
                     {"energy_horowitz", "Horowitz", true}};
    for (const auto& [name, area, energy] : changedComponents(ours, his)) {
        table.rows.push_back({textCell(std::string(name)),
                              textCell(amount(area.from, app::areaText)),
                              textCell(amount(area.to, app::areaText)),
                              textCell(amount(energy.from, app::energyText)),
                              textCell(amount(energy.to, app::energyText))});
    }
    return "One training step under both calibrations, modelled\n\n" +
           app::tableText(table, app::TableFormat::Text) + "\n" + std::string(kUnverified);
}

std::string bothJson(const hw::BothReports& reports) {
    return document({{"synthesis", json::parse(hw::toJson(reports.synthesis))},
                     {"horowitz", json::parse(hw::toJson(reports.horowitz))}});
}

std::string againstText(const hw::BothReports& from, const hw::BothReports& to) {
    app::Table table;
    table.columns = {{"component", "Component"},
                     {"area", "Area", true},
                     {"area_ratio", "Smaller, synthesis", true},
                     {"area_horowitz", "Horowitz", true},
                     {"energy", "Energy", true},
                     {"energy_ratio", "Smaller, synthesis", true},
                     {"energy_horowitz", "Horowitz", true}};
    const auto ours = changedComponents(from.synthesis, to.synthesis);
    const auto his = changedComponents(from.horowitz, to.horowitz);
    for (std::size_t i = 0; i < ours.size(); ++i) {
        table.rows.push_back({textCell(std::string(ours[i].name)),
                              textCell(changeText(ours[i].area, app::areaText)),
                              textCell(ratio(ours[i].area)), textCell(ratio(his[i].area)),
                              textCell(changeText(ours[i].energy, app::energyText)),
                              textCell(ratio(ours[i].energy)), textCell(ratio(his[i].energy))});
    }
    return "From one design to the other, by component, modelled; changes by our synthesis\n\n" +
           app::tableText(table, app::TableFormat::Text) + "\nCycles " +
           app::cyclesText(from.synthesis.cycles) + " to " + app::cyclesText(to.synthesis.cycles) +
           ", " + ratio({{}, from.synthesis.cycles, to.synthesis.cycles}) + " fewer.\n" +
           std::string(kUnverified);
}

std::string againstJson(const hw::BothReports& from, const hw::BothReports& to) {
    const auto figures = [](const ChangedComponent& component) {
        return json{{"area_um2", {component.area.from, component.area.to}},
                    {"energy_pj", {component.energy.from, component.energy.to}}};
    };
    json rows = json::array();
    const auto ours = changedComponents(from.synthesis, to.synthesis);
    const auto his = changedComponents(from.horowitz, to.horowitz);
    for (std::size_t i = 0; i < ours.size(); ++i) {
        rows.push_back({{"component", ours[i].name},
                        {"synthesis", figures(ours[i])},
                        {"horowitz", figures(his[i])}});
    }
    return document({{"components", std::move(rows)},
                     {"cycles", {from.synthesis.cycles, to.synthesis.cycles}}});
}

}  // namespace mantissa::cli
