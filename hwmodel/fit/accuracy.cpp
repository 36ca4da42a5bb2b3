// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/fit/accuracy.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>

#include "hwmodel/library.h"
#include "hwmodel/units/registry.h"

namespace mantissa::hw::fit {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr double kLeastGates = 100;

std::vector<int> valuesOf(const UnitKind& kind, const SynthesisedUnit& unit) {
    std::vector<int> values;
    for (const auto& parameter : kind.parameters) {
        values.push_back(parameterOf(unit, parameter));
    }
    return values;
}

const UnitKind* kindOf(const SynthesisedUnit& unit) {
    for (const auto* kind : unitKinds()) {
        if (kind->module == unit.module) {
            return kind;
        }
    }
    return nullptr;
}

double errorOf(double model, double synthesised) {
    return synthesised > 0 ? 100 * (model / synthesised - 1) : kUnknown;
}

Verdict judged(const SynthesisedUnit& unit, const UnitKind& kind, const Technology& technology,
               HeldOut how) {
    const auto report = describeUnit(kind, valuesOf(kind, unit), technology);
    Verdict verdict{unit.unit, unit.module, how, unit.nand2, 0, kUnknown, kUnknown};
    verdict.areaError_percent = errorOf(report.cost.nand2, unit.nand2);
    verdict.delayError_percent = errorOf(report.cost.delay_ns * 1e3, unit.delay_ps);
    verdict.energyError_percent = errorOf(report.cost.energy_pj * 1e3, unit.energy_fj);
    return verdict;
}

/// A unit's errors by name, each predicted from the others of its kind.
std::map<std::string, double> leftOut(const std::vector<Point>& points) {
    const auto fitted = fitPoints(points);
    std::map<std::string, double> errors;
    for (std::size_t i = 0; i < points.size(); ++i) {
        errors[points[i].name] = fitted.leftOut_percent[i];
    }
    return errors;
}

double found(const std::map<std::string, double>& errors, const std::string& unit) {
    const auto at = errors.find(unit);
    return at == errors.end() ? kUnknown : at->second;
}

/// A unit's errors by name, each predicted from the units that differ from it in a width: the worst
/// of its widths. Widths of fewer than three other values say nothing of a size.
std::map<std::string, double> sizesLeftOut(const LawShape& shape,
                                           const std::vector<SynthesisedUnit>& units,
                                           const std::vector<Point>& points) {
    std::map<std::string, LawWidths> widths;
    for (const auto& unit : units) {
        widths[unit.unit] = widthsOf(shape, unit);
    }
    constexpr std::size_t kLeastSizes = 3;
    std::map<std::string, double> errors;
    for (std::size_t width = 0; width < kMostWidths; ++width) {
        std::map<double, std::vector<Point>> bySize;
        for (const auto& point : points) {
            bySize[widths.at(point.name)[width]].push_back(point);
        }
        for (const auto& [size, held] : bySize) {
            std::vector<Point> others;
            for (const auto& [other, kept] : bySize) {
                if (other != size) {
                    others.insert(others.end(), kept.begin(), kept.end());
                }
            }
            if (bySize.size() <= kLeastSizes || others.size() < held.front().terms.size()) {
                continue;
            }
            const auto coefficients = solve(others);
            for (const auto& point : held) {
                const double error = errorOf(predict(coefficients, point), point.value);
                auto& worst = errors[point.name];
                worst = std::abs(error) > std::abs(worst) ? error : worst;
            }
        }
    }
    return errors;
}

/// Fitted kinds, left out one by one. Flip-flops are counted, so that they dilute an error of the
/// logic.
void judgeFitted(std::vector<Verdict>& verdicts, const UnitKind& kind,
                 const std::vector<SynthesisedUnit>& table, const Technology& technology) {
    const auto& shape = shapeOf(*kind.law);
    const auto units = unitsOf(shape, table);
    const auto area = leftOut(gatePoints(shape, units));
    const auto delay = shape.delay.count() > 0 ? leftOut(delayPoints(shape, units))
                                               : std::map<std::string, double>{};
    for (const auto& unit : units) {
        auto verdict = judged(unit, kind, technology, HeldOut::LeftOut);
        verdict.areaError_percent = found(area, unit.unit) * unit.combinationalNand2 / unit.nand2;
        verdict.delayError_percent = found(delay, unit.unit);
        verdicts.push_back(verdict);
    }
    const auto areaOfSize = sizesLeftOut(shape, units, gatePoints(shape, units));
    const auto delayOfSize = shape.delay.count() > 0
                                 ? sizesLeftOut(shape, units, delayPoints(shape, units))
                                 : std::map<std::string, double>{};
    for (const auto& unit : units) {
        if (areaOfSize.contains(unit.unit)) {
            const double logic = unit.combinationalNand2 / unit.nand2;
            verdicts.push_back({unit.unit, unit.module, HeldOut::SizeLeftOut, unit.nand2,
                                areaOfSize.at(unit.unit) * logic, found(delayOfSize, unit.unit),
                                kUnknown});
        }
    }
}

struct Summary {
    int units = 0;
    double mean = 0;
    double worst = 0;
    std::string name;
};

Summary summary(const std::vector<Verdict>& verdicts, const std::string& module, HeldOut how,
                double Verdict::*error) {
    Summary s;
    for (const auto& verdict : verdicts) {
        const bool wanted = verdict.how == how && (module.empty() || verdict.module == module);
        if (!wanted || verdict.nand2 < kLeastGates || std::isnan(verdict.*error)) {
            continue;
        }
        ++s.units;
        s.mean += std::abs(verdict.*error);
        if (std::abs(verdict.*error) > std::abs(s.worst)) {
            s.worst = verdict.*error;
            s.name = verdict.unit;
        }
    }
    s.mean /= std::max(s.units, 1);
    return s;
}

std::string cells(const Summary& s) {
    if (s.units == 0) {
        return " | | |";
    }
    char text[128];
    std::snprintf(text, sizeof text, " %d | %.1f | %+.1f |", s.units, s.mean, s.worst);
    return text;
}

std::string numberText(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", value);
    return std::isnan(value) ? std::string() : text;
}

}  // namespace

std::string_view heldOutText(HeldOut how) {
    switch (how) {
        case HeldOut::LeftOut:
            return "left out";
        case HeldOut::SizeLeftOut:
            return "size left out";
        case HeldOut::Composite:
            return "composite";
        case HeldOut::Separate:
            return "separate";
    }
    return "";
}

std::vector<Verdict> judge(const Tables& tables, const std::vector<SynthesisedUnit>& separate) {
    // One stage: the synthesised units were simulated without a clock.
    const Technology nangate{design::Calibration::Synthesis, 1e3, nangate45()};
    const Technology osu{design::Calibration::Synthesis, 1e3,
                         findLibrary("osu018").value_or(nangate45())};
    std::vector<Verdict> verdicts;
    for (const auto* kind : unitKinds()) {
        if (kind->module.empty()) {
            continue;
        }
        if (kind->law) {
            judgeFitted(verdicts, *kind, tables.base(), nangate);
            continue;
        }
        for (const auto& unit : tables.base()) {
            if (unit.module == kind->module) {
                verdicts.push_back(judged(unit, *kind, nangate, HeldOut::Composite));
            }
        }
    }
    for (const auto& unit : separate) {
        if (const auto* kind = kindOf(unit)) {
            verdicts.push_back(judged(unit, *kind, osu, HeldOut::Separate));
        }
    }
    return verdicts;
}

std::vector<Verdict> judgeCarriedOver(const Tables& tables) {
    std::vector<Verdict> verdicts;
    for (const auto& [id, table] : tables.libraries) {
        const auto library = findLibrary(id);
        if (!library || *library == nangate45()) {
            continue;
        }
        for (const auto& unit : table) {
            if (const auto* kind = kindOf(unit)) {
                verdicts.push_back(judged(unit, *kind,
                                          {design::Calibration::Synthesis, 1e3, *library},
                                          HeldOut::LeftOut));
                verdicts.back().unit = id + " " + unit.unit;
            }
        }
    }
    return verdicts;
}

std::string accuracyCsv(const std::vector<Verdict>& verdicts) {
    std::string text =
        "unit,module,held_out,synthesised_nand2,area_error_percent,delay_error_percent,"
        "energy_error_percent\n";
    for (const auto& verdict : verdicts) {
        text += verdict.unit + "," + verdict.module + "," + std::string(heldOutText(verdict.how)) +
                "," + numberText(verdict.nand2) + "," + numberText(verdict.areaError_percent) +
                "," + numberText(verdict.delayError_percent) + "," +
                numberText(verdict.energyError_percent) + "\n";
    }
    return text;
}

std::string accuracyTable(const std::vector<Verdict>& verdicts) {
    std::string text =
        "| units | area: n | mean % | worst % | delay: n | mean % | worst % | energy: n | mean % | "
        "worst % |\n|---|---|---|---|---|---|---|---|---|---|\n";
    const auto row = [&](const std::string& name, const std::string& module, HeldOut how) {
        text += "| " + name + " |" +
                cells(summary(verdicts, module, how, &Verdict::areaError_percent)) +
                cells(summary(verdicts, module, how, &Verdict::delayError_percent)) +
                cells(summary(verdicts, module, how, &Verdict::energyError_percent)) + "\n";
    };
    row("all laws, each unit left out", "", HeldOut::LeftOut);
    row("all laws, each size left out", "", HeldOut::SizeLeftOut);
    row("composites, never fitted on", "", HeldOut::Composite);
    row("separate synthesis in OSU018", "", HeldOut::Separate);
    for (const auto* kind : unitKinds()) {
        for (const auto how : {HeldOut::LeftOut, HeldOut::Composite, HeldOut::Separate}) {
            const std::string module(kind->module);
            if (!module.empty() &&
                summary(verdicts, module, how, &Verdict::areaError_percent).units > 0) {
                row(std::string(kind->label) + ", " + std::string(heldOutText(how)), module, how);
            }
        }
    }
    return text;
}

}  // namespace mantissa::hw::fit
