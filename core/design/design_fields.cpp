// SPDX-License-Identifier: GPL-3.0-or-later
// A design as rows for people, and what differs between two.
#include <map>
#include <span>
#include <string>
#include <utility>

#include "core/design/design_point.h"
#include "core/design/json_parts.h"

namespace mantissa::design {
namespace {

std::string words(std::string_view id) {
    std::string text(id);
    for (char& c : text) {
        c = c == '_' ? ' ' : c;
    }
    return text;
}

/// "error, weight gradient pass".
std::string roleLabel(const RoleKey& key) {
    auto label = words(roleText(key.role));
    return key.pass ? label + ", " + words(passText(*key.pass)) + " pass" : label;
}

/// The rounding is left out where it is the customary one.
std::string formatLabel(const numerics::TensorFormat& format) {
    auto text = numerics::formatText(format.format);
    return format.rounding == numerics::Rounding::NearestEven
               ? text
               : text + ", " + words(numerics::roundingText(format.rounding, format.randomBits));
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) {
        text += (text.empty() ? "" : ", ") + name;
    }
    return text;
}

/// `matters(values, id)`: whether the setting means anything beside the others. One that does not
/// is a row only where it is not at its default, so that no difference goes unseen.
template <typename S, typename Matters>
void addParams(std::vector<Field>& rows, const std::string& path, std::span<const Param<S>> params,
               const S& values, Matters matters) {
    for (const auto& param : params) {
        if (matters(values, param.spec.id) || param.get(values) != param.get(S{})) {
            rows.push_back({path + "/" + std::string(param.spec.id), std::string(param.spec.label),
                            paramText(param.spec, param.get(values))});
        }
    }
}

void addNetwork(std::vector<Field>& rows, const nn::NetworkSpec& network) {
    rows.push_back({"/network/input", "Input", shapeText(network.input)});
    rows.push_back({"/network/classes", "Classes", std::to_string(network.classes)});
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const auto& layer = network.layers[i];
        const auto& kind = nn::kindOf(layer.params);
        const auto path = "/network/layers/" + escapedToken(layer.name);
        rows.push_back({path + "/kind", layer.name + " kind", std::string(kind.label)});
        rows.push_back(
            {path + "/inputs", layer.name + " input", joined(effectiveInputs(network, i))});
        for (const auto& param : kind.parameters) {
            rows.push_back({path + "/" + std::string(param.spec.id),
                            layer.name + " " + words(param.spec.label),
                            paramText(param.spec, param.get(layer.params))});
        }
    }
}

void addFormats(std::vector<Field>& rows, const std::string& path, const std::string& scope,
                const RoleFormats& formats) {
    for (const auto& [key, format] : formats) {
        rows.push_back(
            {path + "/" + roleKeyText(key), scope + " " + roleLabel(key), formatLabel(format)});
    }
}

std::string kindLabel(std::string_view id) {
    for (const auto& kind : nn::layerKinds()) {
        if (kind.id == id) {
            return std::string(kind.label);
        }
    }
    return std::string(id);
}

void addPlan(std::vector<Field>& rows, const PrecisionPlan& plan) {
    const bool named =
        plan.compute == nn::ComputeMode::BitTrue && plan.accumulator != nn::kBlockSums;
    rows.push_back({"/precision/compute", "Sums",
                    named ? computeText(plan) : std::string(nn::infoOf(plan.compute).label)});
    if (plan.kept.any()) {
        rows.push_back({"/precision/keep", "Kept layers", keptText(plan.kept)});
    }
    addFormats(rows, "/precision/network", "Default", plan.network);
    for (const auto& [kind, formats] : plan.kinds) {
        addFormats(rows, "/precision/kinds/" + escapedToken(kind), kindLabel(kind), formats);
    }
    for (const auto& [layer, formats] : plan.layers) {
        addFormats(rows, "/precision/layers/" + escapedToken(layer), layer, formats);
    }
    const auto addAccumulator = [&](const std::string& scope, const std::string& label,
                                    const numerics::Accumulator& accumulator) {
        rows.push_back({"/precision/" + scope + "/" + std::string(kAccumulatorKey),
                        label + " accumulator", numerics::accumulatorText(accumulator)});
    };
    for (const auto& [kind, accumulator] : plan.kindAccumulators) {
        addAccumulator("kinds/" + escapedToken(kind), kindLabel(kind), accumulator);
    }
    for (const auto& [layer, accumulator] : plan.layerAccumulators) {
        addAccumulator("layers/" + escapedToken(layer), layer, accumulator);
    }
}

}  // namespace

std::vector<Field> fields(const DesignPoint& design) {
    std::vector<Field> rows;
    addNetwork(rows, design.network());
    rows.push_back({"/dataset", "Data set", design.dataset()});
    addParams(rows, "/recipe", train::recipeParams(), design.recipe(), train::recipeParamMatters);
    addPlan(rows, design.precision());
    addParams(rows, "/control", train::controlParams(), design.control(),
              train::controlParamMatters);
    addParams(rows, "/hardware", hardwareParams(), design.hardware(),
              [](const auto&, std::string_view) { return true; });
    return rows;
}

std::vector<Difference> diff(const DesignPoint& before, const DesignPoint& after) {
    const auto rowsBefore = fields(before);
    const auto rowsAfter = fields(after);
    std::map<std::string_view, const Field*> byPath;
    for (const auto& row : rowsAfter) {
        byPath.emplace(row.path, &row);
    }
    std::vector<Difference> differences;
    for (const auto& row : rowsBefore) {
        const auto found = byPath.find(row.path);
        const std::string value = found == byPath.end() ? "" : found->second->value;
        if (value != row.value) {
            differences.push_back({row.path, row.label, row.value, value});
        }
        if (found != byPath.end()) {
            byPath.erase(found);
        }
    }
    for (const auto& row : rowsAfter) {
        if (byPath.contains(row.path)) {
            differences.push_back({row.path, row.label, "", row.value});
        }
    }
    return differences;
}

}  // namespace mantissa::design
