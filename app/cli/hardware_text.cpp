// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/hardware_text.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "app/cli/sources.h"
#include "app/engine/table.h"
#include "app/engine/units.h"

namespace mantissa::cli {
namespace {

using app::Cell;
using app::textCell;

std::string shareOf(double part, double whole) {
    return whole > 0 ? app::fixedText(100 * part / whole, 1) + " %" : std::string();
}

void appendNode(app::Table& table, Sources& sources, const hw::BreakdownNode& node,
                const hw::HardwareReport& report, std::size_t depth) {
    const bool hasArea = node.area_um2 > 0;
    const bool hasEnergy = node.energy_pj > 0;
    const bool isLeaf = node.children.empty();
    table.rows.push_back({textCell(std::string(2 * depth, ' ') + std::string(node.name)),
                          textCell(node.count > 0 ? app::cyclesText(node.count) : ""),
                          textCell(hasArea ? app::areaText(node.area_um2) : ""),
                          textCell(hasArea ? shareOf(node.area_um2, report.area_um2) : ""),
                          textCell(hasEnergy ? app::energyText(node.energy_pj) : ""),
                          textCell(hasEnergy ? shareOf(node.energy_pj, report.energy_pj) : ""),
                          textCell(isLeaf && hasArea ? sources.refer(node.areaSource) : ""),
                          textCell(isLeaf && hasEnergy ? sources.refer(node.energySource) : "")});
    for (const auto& child : node.children) {
        appendNode(table, sources, child, report, depth + 1);
    }
}

std::string breakdownText(const hw::HardwareReport& report) {
    app::Table table;
    Sources sources;
    table.columns = {{"component", "Component"},       {"count", "Count", true},
                     {"area", "Area", true},           {"area_share", "Share", true},
                     {"energy", "Energy", true},       {"energy_share", "Share", true},
                     {"area_source", "Area by", true}, {"energy_source", "Energy by", true}};
    appendNode(table, sources, report.breakdown, report, 0);
    return app::tableText(table, app::TableFormat::Text) + "\nSources of areas and energies\n\n" +
           sources.list();
}

std::vector<Cell> phaseRow(const std::string& layer, const std::string& phase,
                           const hw::PhaseCost& cost) {
    return {textCell(layer),
            textCell(phase),
            textCell(cost.macs > 0 ? app::cyclesText(cost.macs) : ""),
            textCell(app::cyclesText(cost.cycles)),
            textCell(cost.macs > 0 ? app::fixedText(100 * cost.utilisation, 1) + " %" : ""),
            textCell(app::energyText(cost.computeEnergy_pj)),
            textCell(app::energyText(cost.sramEnergy_pj)),
            textCell(app::energyText(cost.dramEnergy_pj)),
            textCell(app::energyText(cost.leakageEnergy_pj)),
            textCell(app::energyText(cost.energy_pj()))};
}

app::Table layerTable(const hw::HardwareReport& report) {
    app::Table table;
    table.columns = {{"layer", "Layer"},
                     {"phase", "Phase"},
                     {"macs", "MACs", true},
                     {"cycles", "Cycles", true},
                     {"utilisation", "Array used", true},
                     {"compute", "Compute", true},
                     {"sram", "SRAM", true},
                     {"dram", "DRAM", true},
                     {"leakage", "Leakage", true},
                     {"energy", "Energy", true}};
    for (const auto& layer : report.layers) {
        std::string name = layer.layer;
        for (std::size_t phase = 0; phase < layer.phases.size(); ++phase) {
            const auto& cost = layer.phases[phase];
            if (cost.cycles > 0 || cost.energy_pj() > 0) {
                table.rows.push_back(phaseRow(
                    name, std::string(hw::phaseText(static_cast<hw::StepPhase>(phase))), cost));
                name.clear();  // said once a layer
            }
        }
    }
    return table;
}

}  // namespace

std::string hardwareTotalsText(const hw::HardwareReport& report) {
    app::Table table;
    table.columns = {{"figure", "Figure"}, {"value", "Value", true}, {"source", "Source"}};
    const auto row = [&](const char* figure, std::string value, std::string source) {
        table.rows.push_back(
            {textCell(figure), textCell(std::move(value)), textCell(std::move(source))});
    };
    row("Area", app::areaText(report.area_um2), sourceText(report.breakdown.areaSource));
    row("Energy", app::energyText(report.energy_pj), sourceText(report.breakdown.energySource));
    row("Cycles", app::cyclesText(report.cycles),
        "derived: per layer and phase, the larger of compute and DRAM time");
    row("Time", app::timeText(report.milliseconds()),
        "derived: cycles at " + app::significantText(report.clockMhz, 6) + " MHz");
    row("Average power", app::powerText(report.averagePowerMw()),
        "derived: energy over time, of it leakage " + app::powerText(report.leakage_mw));
    row("DRAM traffic", app::siText(report.dramBits / 8, "B"), "derived: per layer and phase");
    row("Kept for backward", app::siText(report.stashBits / 8, "B"), "derived: stored bits");
    std::string text = "Hardware, modelled, of one training step of " +
                       std::to_string(report.images) + " images (" + report.technology + ")\n\n" +
                       app::tableText(table, app::TableFormat::Text);
    if (!report.carriedOver.empty()) {
        text += wrapped(report.carriedOver + ".", 0);
    }
    for (const auto& warning : report.warnings) {
        text += wrapped("warning: " + warning, 4);
    }
    return text;
}

std::string hardwareReportText(const design::DesignPoint& design,
                               const hw::HardwareReport& report) {
    return "Design " + (design.name().empty() ? "unnamed" : design.name()) + " [" +
           design::designHash(design) + "]\n\n" + hardwareTotalsText(report) +
           "\nBy component\n\n" + breakdownText(report) + "\nBy layer and phase\n\n" +
           app::tableText(layerTable(report), app::TableFormat::Text);
}

}  // namespace mantissa::cli
