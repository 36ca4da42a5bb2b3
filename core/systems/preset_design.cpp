// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/systems/preset_design.h"

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/design/design_json.h"

namespace mantissa::systems {
namespace {

using nlohmann::json;

/// The presets whose changes make this one, the first first; empty: there is no such preset.
std::vector<const Preset*> chainOf(const System& system, std::string_view preset) {
    std::vector<const Preset*> chain;
    for (const auto* one = system.findPreset(preset); one != nullptr;
         one = system.findPreset(one->basedOn)) {
        chain.insert(chain.begin(), one);
    }
    return chain;
}

/// The first and the last layer that multiplies matrices.
std::pair<std::string, std::string> endsOf(const nn::NetworkSpec& network) {
    std::pair<std::string, std::string> ends;
    for (const auto& layer : network.layers) {
        if (nn::kindOf(layer.params).hasGemm) {
            ends.first = ends.first.empty() ? layer.name : ends.first;
            ends.second = layer.name;
        }
    }
    return ends;
}

void nameEnds(json& precision, const nn::NetworkSpec& network) {
    if (!precision.contains("layers")) {
        return;
    }
    auto& layers = precision["layers"];
    const auto ends = endsOf(network);
    for (const auto& [alias, name] :
         {std::pair{"@first", ends.first}, std::pair{"@last", ends.second}}) {
        if (layers.contains(alias)) {
            layers[name] = layers[alias];
            layers.erase(alias);
        }
    }
}

void apply(const Preset& preset, const nn::NetworkSpec& network, json& design) {
    auto changes = json::parse(preset.changes);
    const auto layers = changes.value("layers", json::object());
    for (const auto& [kind, parameters] : layers.items()) {
        for (auto& layer : design["network"]["layers"]) {
            if (layer["kind"] == kind) {
                layer.merge_patch(parameters);
            }
        }
    }
    changes.erase("layers");
    if (changes.contains("precision")) {
        nameEnds(changes["precision"], network);
    }
    design.merge_patch(changes);
}

}  // namespace

Result<design::DesignPoint> designOf(const System& system, std::string_view preset,
                                     const design::DesignPoint& baseline) {
    if (preset == kBaseline) {
        return baseline;
    }
    const auto chain = chainOf(system, preset);
    if (chain.empty()) {
        return fail(ErrorCode::NotFound, "has no preset \"" + std::string(preset) + "\"",
                    system.id);
    }
    auto design = json::parse(design::toJson(baseline));
    for (const auto* one : chain) {
        apply(*one, baseline.network(), design);
    }
    design["name"] = system.title + ": " + chain.back()->title;
    design["note"] = chain.back()->note;
    return design::fromJson(design.dump(), system.id + ":" + std::string(preset));
}

}  // namespace mantissa::systems
