// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/units/registry.h"

#include <algorithm>
#include <bit>
#include <charconv>

#include "hwmodel/fitted_laws.h"

namespace mantissa::hw {
namespace {

std::string known(const UnitKind& kind) {
    std::string text;
    for (const auto& parameter : kind.parameters) {
        text += (text.empty() ? "" : ", ") + std::string(parameter.spec.id);
    }
    return text.empty() ? "none" : text;
}

Result<int> valueOf(const ParamSpec& spec, const std::string& text) {
    for (std::size_t i = 0; i < spec.choices.size(); ++i) {
        if (spec.choices[i] == text) {
            return static_cast<int>(i);
        }
    }
    int value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool isNumber = problem == std::errc() && end == text.data() + text.size();
    if (!isNumber || !spec.choices.empty()) {
        std::string allowed;
        if (spec.choices.empty()) {
            allowed = "a whole number from " + std::to_string(static_cast<int>(spec.minimum)) +
                      " to " + std::to_string(static_cast<int>(spec.maximum));
        }
        for (const auto& choice : spec.choices) {
            allowed += (allowed.empty() ? "" : ", ") + std::string(choice);
        }
        return fail(ErrorCode::InvalidInput, "\"" + text + "\" is not allowed (" + allowed + ")",
                    std::string(spec.id));
    }
    return checkParam(spec, value, spec.id).map([&] { return value; });
}

bool inRange(const UnitKind& kind, UnitValues values) {
    if (!kind.law) {
        return true;
    }
    const auto& shape = shapeOf(*kind.law);
    LawWidths widths = fittedLaw(*kind.law).low;
    for (std::size_t i = 0; i < kMostWidths; ++i) {
        for (std::size_t p = 0; p < kind.parameters.size(); ++p) {
            if (!shape.widths[i].empty() && kind.parameters[p].rtl == shape.widths[i]) {
                widths[i] = values[p];
            }
        }
    }
    return inFittedRange(*kind.law, widths);
}

/// The synthesised unit with exactly these parameters; those that the kind does not name (widths
/// that follow from others) may be anything.
std::optional<SynthesisedUnit> synthesised(const UnitKind& kind, UnitValues values) {
    for (const auto& unit : synthesisedUnits()) {
        bool same = !kind.module.empty() && unit.module == kind.module;
        for (std::size_t p = 0; same && p < kind.parameters.size(); ++p) {
            const auto& parameter = kind.parameters[p];
            same = !parameter.rtl.empty() && parameterOf(unit, parameter) == values[p];
        }
        if (same) {
            return unit;
        }
    }
    return std::nullopt;
}

UnitCost costUnder(const UnitReport& report, design::Calibration calibration) {
    auto technology = report.technology;
    technology.calibration = calibration;
    Composition composition(technology);
    report.kind->compose(composition, report.values);
    auto cost = composition.total();
    cost.energy_pj *= report.cycles;
    return cost;
}

Ratios ratioUnder(const UnitReport& a, const UnitReport& b, design::Calibration calibration) {
    const auto one = costUnder(a, calibration);
    const auto other = costUnder(b, calibration);
    return {other.area_um2 / one.area_um2, other.energy_pj / one.energy_pj};
}

}  // namespace

std::string_view unitOriginText(UnitOrigin origin) {
    switch (origin) {
        case UnitOrigin::Fitted:
            return "fitted";
        case UnitOrigin::Composed:
            return "composed";
        case UnitOrigin::Published:
            return "published";
    }
    return "";
}

int bitsToHold(int n) {
    return static_cast<int>(std::bit_width(static_cast<unsigned>(std::max(n, 0))));
}

std::span<const UnitKind* const> unitKinds() {
    static const std::vector<const UnitKind*> kinds = [] {
        std::vector<const UnitKind*> all;
        for (const auto group : {integerUnits(), floatUnits(), blockUnits(), specialUnits(),
                                 coderUnits(), memoryUnits(), elementUnits(), normUnits()}) {
            for (const auto& kind : group) {
                all.push_back(&kind);
            }
        }
        return all;
    }();
    return kinds;
}

const UnitKind* findUnitKind(std::string_view id) {
    const auto kinds = unitKinds();
    const auto found =
        std::find_if(kinds.begin(), kinds.end(), [&](const auto* kind) { return kind->id == id; });
    return found == kinds.end() ? nullptr : *found;
}

int parameterOf(const SynthesisedUnit& unit, const UnitParam& parameter) {
    const auto found = unit.parameters.find(parameter.rtl);
    return found == unit.parameters.end() ? static_cast<int>(parameter.spec.defaultValue)
                                          : found->second;
}

Result<std::vector<int>> unitValues(const UnitKind& kind,
                                    std::span<const std::pair<std::string, std::string>> given) {
    std::vector<int> values;
    for (const auto& parameter : kind.parameters) {
        values.push_back(static_cast<int>(parameter.spec.defaultValue));
    }
    std::vector<bool> isGiven(values.size());
    for (const auto& pair : given) {
        const auto& name = pair.first;  // no binding: clang 14 captures none
        const auto found = std::find_if(
            kind.parameters.begin(), kind.parameters.end(),
            [&](const UnitParam& each) { return each.spec.id == name || each.rtl == name; });
        if (found == kind.parameters.end()) {
            return fail(ErrorCode::InvalidInput,
                        "\"" + name + "\" is not a parameter of " + std::string(kind.id) +
                            " (known: " + known(kind) + ")",
                        std::string(kind.id));
        }
        const auto value = valueOf(found->spec, pair.second);
        if (!value) {
            return tl::unexpected(value.error());
        }
        const auto index = static_cast<std::size_t>(found - kind.parameters.begin());
        if (isGiven[index]) {
            return fail(ErrorCode::InvalidInput, "\"" + name + "\" is given twice",
                        std::string(kind.id));
        }
        isGiven[index] = true;
        values[index] = *value;
    }
    if (kind.check != nullptr) {
        if (auto legal = kind.check(values); !legal) {
            return tl::unexpected(legal.error());
        }
    }
    return values;
}

UnitReport describeUnit(const UnitKind& kind, std::vector<int> values,
                        const Technology& technology) {
    Composition composition(technology);
    kind.compose(composition, values);
    UnitReport report;
    report.kind = &kind;
    report.technology = technology;
    report.cost = composition.total();
    report.parts = composition.parts();
    report.ports = kind.ports(values);
    report.cycles = kind.cycles != nullptr ? kind.cycles(values) : 1;
    report.cost.energy_pj *= report.cycles;
    report.inRange = inRange(kind, values);
    report.beyond = kind.beyond != nullptr ? kind.beyond(technology, values) : std::string();
    report.synthesised = synthesised(kind, values);
    report.values = std::move(values);
    return report;
}

BothRatios compareUnits(const UnitReport& a, const UnitReport& b) {
    return {ratioUnder(a, b, design::Calibration::Synthesis),
            ratioUnder(a, b, design::Calibration::Horowitz)};
}

}  // namespace mantissa::hw
