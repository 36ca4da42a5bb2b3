// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/unit_text.h"

#include <algorithm>

#include "app/cli/json.h"
#include "app/cli/sources.h"
#include "app/engine/table.h"
#include "app/engine/units.h"
#include "hwmodel/sram.h"
#include "hwmodel/transfer.h"

namespace mantissa::cli {
namespace {

using app::textCell;
using hw::UnitReport;
using nlohmann::json;

hw::Provenance provenanceOf(const hw::Law* law) {
    return law == nullptr ? hw::Provenance{hw::SourceKind::Derived, "sum of its parts"}
                          : hw::provenanceOf(*law);
}

std::string number(double value) {
    return app::significantText(value, 4);
}

std::string parameterText(const hw::UnitParam& parameter) {
    std::string text = std::string(parameter.spec.id) + "=";
    if (parameter.spec.choices.empty()) {
        return text + app::fixedText(parameter.spec.minimum, 0) + ".." +
               app::fixedText(parameter.spec.maximum, 0);
    }
    for (std::size_t i = 0; i < parameter.spec.choices.size(); ++i) {
        text += (i == 0 ? "" : "|") + std::string(parameter.spec.choices[i]);
    }
    return text;
}

std::string valueText(const hw::UnitParam& parameter, int value) {
    return parameter.spec.choices.empty()
               ? std::to_string(value)
               : std::string(parameter.spec.choices[static_cast<std::size_t>(value)]);
}

std::string spelled(const UnitReport& report) {
    std::string text(report.kind->id);
    for (std::size_t i = 0; i < report.values.size(); ++i) {
        const auto& parameter = report.kind->parameters[i];
        text += " " + std::string(parameter.spec.id) + "=" + valueText(parameter, report.values[i]);
    }
    return text;
}

double depthOf(const UnitReport& report) {
    return report.cost.stages(report.technology);
}

std::string kindAnd(const hw::Law& law, const std::string& text) {
    return std::string(hw::sourceKindText(law.kind)) + ": " + text;
}

std::string delaySource(const UnitReport& report) {
    if (report.cost.delayLaw != nullptr) {
        return kindAnd(*report.cost.delayLaw, "law below");
    }
    const bool isMixed =
        std::any_of(report.parts.begin(), report.parts.end(),
                    [](const auto& part) { return part.each.delayLaw == &hw::sramLaw(); });
    return isMixed ? "derived: delay laws and CACTI rows of the parts"
                   : "derived: delay laws of the parts, below";
}

/// Where a part's gates come from, and what they were multiplied by for other cells.
std::string areaSource(const hw::UnitCost& each) {
    std::string text = sourceText(provenanceOf(each.areaLaw));
    return each.gatesRatio == 1
               ? text
               : text + "; x " + number(each.gatesRatio) + " carried over, see below";
}

std::string partDelaySource(const hw::UnitCost& each, Sources& sources) {
    if (each.delay_ns <= 0) {
        return {};
    }
    return sources.refer(each.delayLaw == nullptr
                             ? hw::Provenance{hw::SourceKind::Derived, "delay laws of its parts"}
                             : hw::provenanceOf(*each.delayLaw));
}

/// What its figures do not follow of the cells, nodes or supplies that were asked for.
std::vector<std::string> warningsOf(const UnitReport& report) {
    auto warnings = hw::transferLimits(report.technology);
    if (!report.inRange) {
        warnings.emplace_back("a width lies outside the range that the law was fitted on");
    }
    if (!report.beyond.empty()) {
        warnings.push_back(report.beyond);
    }
    return warnings;
}

/// "fitted: our RTL, synthesised", or whose table stands in its place.
std::string originOf(const UnitReport& report) {
    const std::string text(hw::unitOriginText(report.kind->origin));
    return report.technology.calibration == design::Calibration::Horowitz
               ? "of Horowitz' table (areas unverified), gates and delay " + text
               : text;
}

std::string leakageText(const hw::UnitCost& cost) {
    return cost.leakageKnown()   ? number(cost.leakage_nw) + " nW"
           : cost.leakage_nw > 0 ? "above " + number(cost.leakage_nw) + " nW"
                                 : "not known";
}

std::string leakageSource(const hw::UnitCost& cost) {
    if (!cost.leakageKnown()) {
        return "no source for these cells, or for SRAM at this node";
    }
    return cost.leakageLaw == &hw::leakageLaw()
               ? kindAnd(*cost.leakageLaw, "median of simulated units, a NAND2 equivalent")
           : cost.leakageLaw == &hw::sramLaw() ? kindAnd(hw::sramLaw(), "as the area")
                                               : "derived: sum of its parts";
}

app::Table figures(const UnitReport& report) {
    const auto& cost = report.cost;
    app::Table table;
    table.columns = {{"figure", "Figure"}, {"value", "Value", true}, {"source", "Source"}};
    const auto row = [&](const char* figure, std::string value, std::string source) {
        table.rows.push_back(
            {textCell(figure), textCell(std::move(value)), textCell(std::move(source))});
    };
    row("Area", app::areaText(cost.area_um2), "derived: sum of its parts");
    row("NAND2 equivalents", number(cost.nand2),
        "of them " + number(cost.flipFlops) + " flip-flops of " +
            number(report.technology.library.flipFlop_nand2));
    row("Delay, single cycle", number(cost.delay_ns) + " ns", delaySource(report));
    row("Pipeline stages", number(depthOf(report)),
        "derived: at " + number(1e3 / report.technology.period_ns) + " MHz");
    row("Cycles an operation", std::to_string(report.cycles), "derived: of the algorithm");
    row("Energy an operation", app::energyText(cost.energy_pj),
        "derived: sum of its parts and cycles");
    row("Leakage", leakageText(cost), leakageSource(cost));
    return table;
}

app::Table partsTable(const UnitReport& report, Sources& sources) {
    app::Table table;
    table.columns = {{"part", "Part"},
                     {"count", "Count", true},
                     {"area", "Area", true},
                     {"nand2", "NAND2", true},
                     {"delay", "Delay", true},
                     {"energy", "Energy", true},
                     {"area_source", "Area by", true},
                     {"delay_source", "Delay by", true},
                     {"energy_source", "Energy by", true}};
    for (const auto& [name, count, each] : report.parts) {
        table.rows.push_back(
            {textCell(std::string(name)), textCell(number(count)),
             textCell(app::areaText(count * each.area_um2)), textCell(number(count * each.nand2)),
             textCell(number(each.delay_ns) + " ns"),
             textCell(app::energyText(count * each.energy_pj)),
             textCell(sources.refer(areaSource(each))), textCell(partDelaySource(each, sources)),
             textCell(sources.refer(provenanceOf(each.energyLaw)))});
    }
    return table;
}

std::string portsText(const UnitReport& report) {
    std::string text;
    for (const auto& port : report.ports) {
        text += (text.empty() ? "" : ", ") + std::string(port.isOutput ? "out " : "in ") +
                std::string(port.name) + "[" + std::to_string(port.bits) + "]";
    }
    return text;
}

std::string synthesisedText(const UnitReport& report) {
    if (!report.synthesised) {
        return "This configuration was not synthesised.";
    }
    const auto& unit = *report.synthesised;
    std::string text = "Synthesised as " + unit.unit +
                       " (NanGate45, nominal flow): " + number(unit.nand2) + " NAND2";
    if (unit.delay_ps > 0) {
        text += ", " + number(unit.delay_ps * 1e-3) + " ns";
    }
    if (unit.energy_fj > 0) {
        text += ", " + number(unit.energy_fj * 1e-3) + " pJ without a clock";
    }
    return text + ".";
}

std::string ratiosText(const UnitReport& report, const UnitReport& other) {
    const auto ratios = hw::compareUnits(report, other);
    app::Table table;
    table.columns = {{"ratio", "Times smaller than " + spelled(other)},
                     {"synthesis", "Our synthesis", true},
                     {"horowitz", "Horowitz 45 nm", true}};
    table.rows.push_back({textCell("Area"), textCell(number(ratios.synthesis.area)),
                          textCell(number(ratios.horowitz.area) + " (unverified areas)")});
    table.rows.push_back({textCell("Energy an operation"),
                          textCell(number(ratios.synthesis.energy)),
                          textCell(number(ratios.horowitz.energy))});
    return app::tableText(table, app::TableFormat::Text);
}

json sourceJson(const hw::Law* law) {
    const auto provenance = provenanceOf(law);
    return {{"kind", hw::sourceKindText(provenance.kind)}, {"text", provenance.text()}};
}

json costJson(const hw::UnitCost& cost) {
    return {{"area_um2", cost.area_um2},
            {"nand2", cost.nand2},
            {"flip_flops", cost.flipFlops},
            {"delay_ns", cost.delay_ns},
            {"energy_pj", cost.energy_pj},
            {"leakage_nw", cost.leakageKnown() ? json(cost.leakage_nw) : json()},
            {"area_source", sourceJson(cost.areaLaw)},
            {"energy_source", sourceJson(cost.energyLaw)},
            {"delay_source", cost.delay_ns > 0 ? sourceJson(cost.delayLaw) : json()},
            {"leakage_source", cost.leakageKnown() ? sourceJson(cost.leakageLaw) : json()}};
}

json parameterJson(const hw::UnitParam& parameter) {
    json result{{"id", parameter.spec.id},
                {"label", parameter.spec.label},
                {"unit", parameter.spec.unit},
                {"minimum", parameter.spec.minimum},
                {"maximum", parameter.spec.maximum},
                {"default", parameter.spec.defaultValue},
                {"rtl", parameter.rtl}};
    for (const auto& choice : parameter.spec.choices) {
        result["choices"].push_back(choice);
    }
    return result;
}

json ratioJson(const hw::Ratios& ratios) {
    return {{"area", ratios.area}, {"energy", ratios.energy}};
}

}  // namespace

std::string unitListText() {
    app::Table table;
    table.columns = {{"unit", "Unit"},
                     {"label", "What it is"},
                     {"parameters", "Parameters"},
                     {"origin", "Figures"}};
    for (const auto* kind : hw::unitKinds()) {
        std::string parameters;
        for (const auto& parameter : kind->parameters) {
            parameters += parameters.empty() ? "" : " ";
            parameters += parameterText(parameter);
        }
        table.rows.push_back({textCell(std::string(kind->id)), textCell(std::string(kind->label)),
                              textCell(std::move(parameters)),
                              textCell(std::string(hw::unitOriginText(kind->origin)))});
    }
    return app::tableText(table, app::TableFormat::Text);
}

std::string unitListJson() {
    json units = json::array();
    for (const auto* kind : hw::unitKinds()) {
        json unit{{"id", kind->id},         {"label", kind->label},
                  {"help", kind->help},     {"source", kind->source},
                  {"module", kind->module}, {"figures", hw::unitOriginText(kind->origin)}};
        for (const auto& parameter : kind->parameters) {
            unit["parameters"].push_back(parameterJson(parameter));
        }
        units.push_back(std::move(unit));
    }
    return document({{"units", std::move(units)}});
}

std::string unitText(const UnitReport& report, const UnitReport* other) {
    const auto& kind = *report.kind;
    Sources sources;
    const auto parts = app::tableText(partsTable(report, sources), app::TableFormat::Text);
    const auto carried = hw::transferText(report.technology);
    std::string text = spelled(report) + ": " + std::string(kind.label) + ", " +
                       hw::technologyText(report.technology) + "\n" + std::string(kind.help) +
                       "\nPorts: " + portsText(report) + "\nFigures are " + originOf(report) +
                       ": " + std::string(kind.source) + ".\n\n" +
                       app::tableText(figures(report), app::TableFormat::Text) + "\n" + parts +
                       "\nSources of areas, delays and energies\n\n" + sources.list() + "\n" +
                       (carried.empty() ? "" : wrapped(carried + ".", 0) + "\n") +
                       synthesisedText(report) + "\n";
    for (const auto& warning : warningsOf(report)) {
        text += wrapped("warning: " + warning, 4);
    }
    return other == nullptr ? text : text + "\n" + ratiosText(report, *other);
}

std::string unitJson(const UnitReport& report, const UnitReport* other) {
    json result{{"unit", report.kind->id},
                {"label", report.kind->label},
                {"source", report.kind->source},
                {"figures", originOf(report)},
                {"technology", hw::technologyText(report.technology)},
                {"carried_over", hw::transferText(report.technology)},
                {"warnings", warningsOf(report)},
                {"cost", costJson(report.cost)},
                {"cycles", report.cycles},
                {"stages", depthOf(report)},
                {"in_fitted_range", report.inRange},
                {"beyond", report.beyond}};
    for (std::size_t i = 0; i < report.values.size(); ++i) {
        const auto& parameter = report.kind->parameters[i];
        result["parameters"][std::string(parameter.spec.id)] =
            valueText(parameter, report.values[i]);
    }
    for (const auto& [name, count, each] : report.parts) {
        result["parts"].push_back({{"name", name}, {"count", count}, {"each", costJson(each)}});
    }
    for (const auto& port : report.ports) {
        result["ports"].push_back(
            {{"name", port.name}, {"output", port.isOutput}, {"bits", port.bits}});
    }
    if (report.synthesised) {
        const auto& unit = *report.synthesised;
        result["synthesised"] = {{"name", unit.unit},
                                 {"nand2", unit.nand2},
                                 {"delay_ps", unit.delay_ps},
                                 {"energy_fj", unit.energy_fj}};
    }
    if (other != nullptr) {
        const auto ratios = hw::compareUnits(report, *other);
        result["times_smaller"] = {{"than", spelled(*other)},
                                   {"synthesis", ratioJson(ratios.synthesis)},
                                   {"horowitz", ratioJson(ratios.horowitz)}};
    }
    return document(result);
}

}  // namespace mantissa::cli
