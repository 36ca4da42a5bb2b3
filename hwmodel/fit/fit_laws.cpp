// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/fit/fit_laws.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <sstream>

#include <nlohmann/json.hpp>

namespace mantissa::hw::fit {
namespace {

using nlohmann::json;

/// Short enough to read, exact enough that nothing is lost to it, the same on every machine.
double rounded(double value, int digits) {
    char text[32];
    std::snprintf(text, sizeof text, "%.*g", digits, value);
    return std::strtod(text, nullptr);
}

constexpr int kCoefficientDigits = 6;
constexpr int kErrorDigits = 3;

json fitJson(const std::vector<std::string>& terms, const std::vector<Point>& points) {
    const auto fitted = fitPoints(points);
    json coefficients = json::array();
    for (const double coefficient : fitted.coefficients) {
        coefficients.push_back(rounded(coefficient, kCoefficientDigits));
    }
    return {{"terms", terms},
            {"coefficients", std::move(coefficients)},
            {"points", points.size()},
            {"mean_error_percent", rounded(fitted.errors.mean_percent, kErrorDigits)},
            {"max_error_percent", rounded(fitted.errors.max_percent, kErrorDigits)},
            {"worst", fitted.errors.worst},
            {"left_out_mean_percent", rounded(fitted.leftOut.mean_percent, kErrorDigits)},
            {"left_out_max_percent", rounded(fitted.leftOut.max_percent, kErrorDigits)}};
}

std::vector<std::string> namesOf(const LawTerms& terms) {
    return {terms.names.begin(), terms.names.begin() + static_cast<std::ptrdiff_t>(terms.count())};
}

std::vector<Point> pointsOf(const LawShape& shape, const LawTerms& terms,
                            const std::vector<SynthesisedUnit>& units,
                            const std::function<double(const SynthesisedUnit&)>& figure) {
    std::vector<Point> points;
    for (const auto& unit : units) {
        if (figure(unit) <= 0) {
            continue;
        }
        std::vector<double> values(kMostTerms);
        terms.fill(widthsOf(shape, unit), values.data());
        values.resize(terms.count());
        points.push_back({unit.unit, std::move(values), figure(unit)});
    }
    return points;
}

json rangeJson(const LawShape& shape, const std::vector<SynthesisedUnit>& units) {
    json range = json::array();
    for (std::size_t i = 0; i < kMostWidths && !shape.widths[i].empty(); ++i) {
        double low = widthsOf(shape, units.front())[i];
        double high = low;
        for (const auto& unit : units) {
            low = std::min(low, widthsOf(shape, unit)[i]);
            high = std::max(high, widthsOf(shape, unit)[i]);
        }
        range.push_back({low, high});
    }
    return range;
}

json lawJson(const LawShape& shape, const std::vector<SynthesisedUnit>& table) {
    const auto units = unitsOf(shape, table);
    json law{{"gates", fitJson(namesOf(shape.gates), gatePoints(shape, units))},
             {"range", rangeJson(shape, units)}};
    for (std::size_t i = 0; i < kMostWidths && !shape.widths[i].empty(); ++i) {
        law["widths"].push_back(shape.widths[i]);
    }
    if (shape.delay.count() > 0) {
        law["delay"] = fitJson(namesOf(shape.delay), delayPoints(shape, units));
    }
    return law;
}

/// Energy over gates against the logarithm of delay, of the units of one class that were simulated:
/// each gate passes on fewer of the glitches that reach it than reached the one before.
json switchingJson(Activity activity, const std::vector<SynthesisedUnit>& table) {
    std::vector<Point> points;
    for (const auto& shape : lawShapes()) {
        if (activityOf(shape.id) != activity) {
            continue;
        }
        for (const auto& unit : table) {
            if (unit.module == shape.module && unit.energy_fj > 0 && unit.flipFlops == 0) {
                points.push_back({unit.unit,
                                  {unit.nand2, unit.nand2 * std::log1p(unit.delay_ps * 1e-3)},
                                  unit.energy_fj});
            }
        }
    }
    return fitJson({"NAND2", "NAND2 ln(1 + ns)"}, points);
}

const SynthesisedUnit* sameFormat(std::string_view module, const SynthesisedUnit& unit,
                                  const std::vector<SynthesisedUnit>& table) {
    const auto found = std::find_if(table.begin(), table.end(), [&](const SynthesisedUnit& each) {
        return each.module == module && each.parameters == unit.parameters && each.energy_fj > 0;
    });
    return found == table.end() ? nullptr : &*found;
}

/// What an adder takes more behind a multiplier than alone, over its gates and the multiplier's
/// delay: of the float formats whose multiplier, adder and multiply-add were all simulated.
json arrivalJson(const std::vector<SynthesisedUnit>& table) {
    std::vector<Point> points;
    for (const auto& whole : table) {
        if (whole.module != "fp_mac" || whole.energy_fj <= 0) {
            continue;
        }
        const auto* multiplier = sameFormat("fp_mul", whole, table);
        const auto* adder = sameFormat("fp_add", whole, table);
        if (multiplier != nullptr && adder != nullptr) {
            points.push_back({whole.unit,
                              {adder->nand2 * multiplier->delay_ps * 1e-3},
                              whole.energy_fj - multiplier->energy_fj - adder->energy_fj});
        }
    }
    return fitJson({"NAND2 ns"}, points);
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

/// Of a NAND2 equivalent in each library whose units were simulated with leakage.
json leakageJson(const Tables& tables) {
    json leakage = json::object();
    for (const auto& [library, table] : tables.libraries) {
        std::vector<double> ratios;
        for (const auto& unit : table) {
            if (unit.leakage_nw > 0) {
                ratios.push_back(unit.leakage_nw / unit.nand2);
            }
        }
        if (!ratios.empty()) {
            leakage[library] = rounded(median(std::move(ratios)), kErrorDigits);
        }
    }
    return leakage;
}

/// The ratio of one kind of units where it differs from `usual` by more than a standard deviation
/// of its units: what differs less is the noise of synthesis.
std::optional<double> ownRatio(const std::vector<double>& ratios, double usual) {
    constexpr std::size_t kLeastOfAKind = 3;
    if (ratios.size() < kLeastOfAKind) {
        return std::nullopt;
    }
    const auto n = static_cast<double>(ratios.size());
    double mean = 0;
    for (const double ratio : ratios) {
        mean += std::log(ratio) / n;
    }
    double variance = 0;
    for (const double ratio : ratios) {
        variance += (std::log(ratio) - mean) * (std::log(ratio) - mean) / (n - 1);
    }
    const bool differs = std::abs(mean - std::log(usual)) > std::sqrt(variance);
    return differs ? std::optional(std::exp(mean)) : std::nullopt;
}

/// Median ratios of the same units in another library and NanGate45; small units left out.
json transferJson(const std::vector<SynthesisedUnit>& base,
                  const std::vector<SynthesisedUnit>& other) {
    constexpr double kLeastGates = 20;
    std::vector<double> gates;
    std::map<std::string, std::vector<double>> gatesOfKind;
    std::vector<double> delay;
    std::vector<double> energy;
    for (const auto& unit : other) {
        const auto same = std::find_if(base.begin(), base.end(), [&](const SynthesisedUnit& each) {
            return each.unit == unit.unit;
        });
        if (same == base.end() || same->combinationalNand2 < kLeastGates) {
            continue;
        }
        gates.push_back(unit.combinationalNand2 / same->combinationalNand2);
        gatesOfKind[unit.module].push_back(gates.back());
        if (unit.delay_ps > 0 && same->delay_ps > 0) {
            delay.push_back(unit.delay_ps / same->delay_ps);
        }
        if (unit.energy_fj > 0 && same->energy_fj > 0) {
            // Of one NAND2 equivalent.
            energy.push_back(unit.energy_fj / same->energy_fj * same->nand2 / unit.nand2);
        }
    }
    json ratios{{"units", gates.size()},
                {"gates", rounded(median(gates), kErrorDigits)},
                {"delay", rounded(median(delay), kErrorDigits)}};
    if (!energy.empty()) {
        ratios["energy"] = rounded(median(energy), kErrorDigits);
        ratios["energy_units"] = energy.size();
    }
    ratios["laws"] = json::object();
    for (const auto& shape : lawShapes()) {
        const std::string module(shape.module);
        if (const auto own = ownRatio(gatesOfKind[module], median(gates))) {
            ratios["laws"][module] = rounded(*own, kErrorDigits);
        }
    }
    return ratios;
}

}  // namespace

Result<Tables> readTables(const std::filesystem::path& folder) {
    Tables tables;
    for (const char* library : {"nangate45", "osu018", "sky130hd", "ihp130", "asap7"}) {
        const auto file = folder / (std::string(library) + "_nom.csv");
        std::ifstream stream(file);
        std::ostringstream text;
        if (!stream || !(text << stream.rdbuf())) {
            return fail(ErrorCode::NotFound, "cannot be read", file.string());
        }
        tables.libraries.emplace_back(library, readSynthesisTable(text.str()));
    }
    return tables;
}

LawWidths widthsOf(const LawShape& shape, const SynthesisedUnit& unit) {
    LawWidths widths{};
    for (std::size_t i = 0; i < kMostWidths; ++i) {
        widths[i] = shape.widths[i].empty() ? 0.0 : unit.parameter(shape.widths[i]);
    }
    return widths;
}

std::vector<SynthesisedUnit> unitsOf(const LawShape& shape,
                                     const std::vector<SynthesisedUnit>& table) {
    std::vector<SynthesisedUnit> units;
    for (const auto& unit : table) {
        const auto widths = widthsOf(shape, unit);
        const bool admitted = std::equal(widths.begin(), widths.end(), shape.smallest.begin(),
                                         [](double width, double least) { return width >= least; });
        if (unit.module == shape.module && admitted) {
            units.push_back(unit);
        }
    }
    return units;
}

std::vector<Point> gatePoints(const LawShape& shape, const std::vector<SynthesisedUnit>& units) {
    return pointsOf(shape, shape.gates, units, [](const SynthesisedUnit& unit) {
        // The mean over input orders is of the whole unit; only combinational ones have several.
        return unit.flipFlops > 0 ? unit.combinationalNand2 : unit.nand2Mean;
    });
}

std::vector<Point> delayPoints(const LawShape& shape, const std::vector<SynthesisedUnit>& units) {
    return pointsOf(shape, shape.delay, units,
                    [](const SynthesisedUnit& unit) { return unit.delay_ps; });
}

std::string lawsJson(const Tables& tables) {
    json document{
        {"about",
         "Laws fitted on resources/hardware/synthesis by scripts/fit-laws; not to be edited."},
        {"leakage_nw_a_nand2", leakageJson(tables)}};
    for (const auto& shape : lawShapes()) {
        document["laws"][std::string(shape.module)] = lawJson(shape, tables.base());
    }
    for (std::size_t i = 0; i < kActivities; ++i) {
        const auto activity = static_cast<Activity>(i);
        document["switching"][std::string(activityText(activity))] =
            switchingJson(activity, tables.base());
    }
    document["arrival"] = arrivalJson(tables.base());
    for (std::size_t i = 1; i < tables.libraries.size(); ++i) {
        const auto& [library, table] = tables.libraries[i];
        document["transfer"][library] = transferJson(tables.base(), table);
    }
    return document.dump(1) + "\n";
}

}  // namespace mantissa::hw::fit
