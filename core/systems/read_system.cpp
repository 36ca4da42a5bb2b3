// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/systems/read_system.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace mantissa::systems {
namespace {

using nlohmann::json;

/// Thrown by the functions below and caught by systemFromJson; it never leaves this file.
struct Refused {
    Error error;
};

/// A value and where it stands.
struct Place {
    const json& value;
    std::string pointer;

    Place at(const std::string& key) const { return {value.at(key), pointer + "/" + key}; }
    Place at(std::size_t index) const {
        return {value.at(index), pointer + "/" + std::to_string(index)};
    }
    bool has(const char* key) const { return value.contains(key); }
};

[[noreturn]] void refuse(const Place& place, std::string message) {
    throw Refused{{ErrorCode::InvalidInput, std::move(message), place.pointer, {}}};
}

void needKeys(const Place& place, std::initializer_list<const char*> needed,
              std::initializer_list<const char*> optional = {}) {
    if (!place.value.is_object()) {
        refuse(place, "must be an object");
    }
    std::set<std::string> known(optional.begin(), optional.end());
    for (const char* key : needed) {
        known.insert(key);
        if (!place.has(key)) {
            refuse(place, std::string("has no \"") + key + "\"");
        }
    }
    for (const auto& [key, value] : place.value.items()) {
        if (!known.contains(key)) {
            refuse(place, "has an unknown key \"" + key + "\"");
        }
    }
}

std::string text(const Place& place) {
    if (!place.value.is_string() || place.value.get_ref<const std::string&>().empty()) {
        refuse(place, "must be a text, not empty");
    }
    return place.value.get<std::string>();
}

std::string textOr(const Place& place, const char* key) {
    return place.has(key) ? text(place.at(key)) : std::string();
}

double number(const Place& place) {
    if (!place.value.is_number()) {
        refuse(place, "must be a number");
    }
    return place.value.get<double>();
}

std::optional<double> optionalNumber(const Place& place, const char* key) {
    return place.has(key) ? std::optional(number(place.at(key))) : std::nullopt;
}

template <typename Read>
auto list(const Place& place, Read read) {
    if (!place.value.is_array()) {
        refuse(place, "must be a list");
    }
    std::vector<decltype(read(place))> values;
    for (std::size_t i = 0; i < place.value.size(); ++i) {
        values.push_back(read(place.at(i)));
    }
    return values;
}

int cell(const Place& place) {
    constexpr int kMost = 11;
    const double value = number(place);
    if (value < 0 || value > kMost || value != static_cast<int>(value)) {
        refuse(place, "must be a whole number from 0 to " + std::to_string(kMost));
    }
    return static_cast<int>(value);
}

FlowNode readNode(const Place& place) {
    needKeys(place, {"id", "label", "kind", "column", "row"});
    constexpr std::array<std::string_view, 3> kKinds{"tensor", "operation", "memory"};
    const auto kind = text(place.at("kind"));
    const auto found = std::find(kKinds.begin(), kKinds.end(), kind);
    if (found == kKinds.end()) {
        refuse(place.at("kind"), "must be one of tensor, operation, memory");
    }
    return {text(place.at("id")), text(place.at("label")),
            static_cast<FlowNode::Kind>(found - kKinds.begin()), cell(place.at("column")),
            cell(place.at("row"))};
}

FlowEdge readEdge(const Place& place) {
    needKeys(place, {"from", "to"}, {"format"});
    return {text(place.at("from")), text(place.at("to")), textOr(place, "format")};
}

Dataflow readDataflow(const Place& place) {
    needKeys(place, {"nodes", "edges"});
    Dataflow flow{list(place.at("nodes"), readNode), list(place.at("edges"), readEdge)};
    std::set<std::string> ids;
    std::set<std::pair<int, int>> cells;
    for (const auto& node : flow.nodes) {
        if (!ids.insert(node.id).second || !cells.insert({node.column, node.row}).second) {
            refuse(place.at("nodes"), "has two boxes of one id or at one place: " + node.id);
        }
    }
    for (const auto& edge : flow.edges) {
        for (const auto& end : {edge.from, edge.to}) {
            if (!ids.contains(end)) {
                refuse(place.at("edges"), "leads to a box that is not there: " + end);
            }
        }
    }
    return flow;
}

Preset readPreset(const Place& place) {
    needKeys(place, {"id", "title", "note"},
             {"based_on", "layers", "precision", "recipe", "control", "hardware"});
    json changes = json::object();
    for (const char* key : {"layers", "precision", "recipe", "control", "hardware"}) {
        if (place.has(key)) {
            changes[key] = place.value.at(key);
        }
    }
    return {text(place.at("id")), text(place.at("title")), text(place.at("note")),
            textOr(place, "based_on"), changes.dump()};
}

Measure readMeasure(const Place& place) {
    if (!place.value.is_object() || !place.has("kind")) {
        refuse(place, "must be an object with \"kind\"");
    }
    Measure measure;
    for (const auto& [key, value] : place.value.items()) {
        if (key == "kind") {
            measure.kind = text(place.at(key));
        } else if (key == "presets") {
            measure.presets = list(place.at(key), text);
        } else if (value.is_number()) {
            measure.numbers.emplace(key, value.get<double>());
        } else {
            measure.texts.emplace(key, text(place.at(key)));
        }
    }
    return measure;
}

Agreement readAgreement(const Place& place) {
    needKeys(place, {}, {"within_percent", "at_least", "at_most"});
    Agreement agrees{optionalNumber(place, "within_percent"), optionalNumber(place, "at_least"),
                     optionalNumber(place, "at_most")};
    if (!agrees.said()) {
        refuse(place, "must say within_percent, at_least or at_most");
    }
    return agrees;
}

Confidence readConfidence(const Place& place) {
    const auto id = text(place);
    for (const auto& info : confidences()) {
        if (info.id == id) {
            return info.confidence;
        }
    }
    refuse(place, "\"" + id +
                      "\" may not be shown; must be primary, abstract, secondary, "
                      "recomputed or derived");
}

Claim readClaim(const Place& place) {
    needKeys(place, {"id", "text", "source", "confidence"},
             {"value", "unit", "measure", "agrees", "why"});
    Claim claim{.id = text(place.at("id")),
                .text = text(place.at("text")),
                .value = optionalNumber(place, "value"),
                .unit = textOr(place, "unit"),
                .source = text(place.at("source")),
                .confidence = readConfidence(place.at("confidence")),
                .measure = place.has("measure") ? readMeasure(place.at("measure")) : Measure{},
                .agrees = place.has("agrees") ? readAgreement(place.at("agrees")) : Agreement{},
                .why = textOr(place, "why")};
    if (claim.agrees.withinPercent && !claim.value) {
        refuse(place, "within_percent needs a value");
    }
    if (claim.agrees.said() && claim.measure.kind.empty()) {
        refuse(place, "says when it agrees, but not how its figure is obtained");
    }
    if (claim.value && !claim.agrees.said() && claim.why.empty()) {
        refuse(place, "must say why its value is compared with nothing");
    }
    return claim;
}

void needDistinctIds(const Place& place) {
    std::set<std::string> ids;
    for (std::size_t i = 0; i < place.value.size(); ++i) {
        if (!ids.insert(place.value.at(i).at("id").get<std::string>()).second) {
            refuse(place.at(i), "has the id of another one");
        }
    }
}

/// Presets are based on earlier ones; claims speak of presets that are there, or of "fp32".
void needKnownPresets(const System& system, const Place& root) {
    std::set<std::string> known{"fp32"};
    for (std::size_t i = 0; i < system.presets.size(); ++i) {
        const auto& preset = system.presets[i];
        if (!preset.basedOn.empty() && !known.contains(preset.basedOn)) {
            refuse(root.at("presets").at(i), "is based on an unknown or later preset");
        }
        if (!known.insert(preset.id).second) {
            refuse(root.at("presets").at(i), "has the id of another one");
        }
    }
    for (std::size_t i = 0; i < system.claims.size(); ++i) {
        const auto& measure = system.claims[i].measure;
        auto named = measure.presets;
        for (const char* key : {"preset", "against"}) {
            const auto found = measure.texts.find(key);
            if (found != measure.texts.end()) {
                named.push_back(found->second);
            }
        }
        for (const auto& name : named) {
            if (!known.contains(name)) {
                refuse(root.at("claims").at(i).at("measure"), "names an unknown preset: " + name);
            }
        }
    }
}

System readSystem(const Place& root) {
    needKeys(root,
             {"schema", "id", "title", "paper", "known", "what", "dataflow", "presets", "claims"});
    if (root.value.at("schema") != kSystemSchema) {
        refuse(root.at("schema"), "must be " + std::to_string(kSystemSchema));
    }
    System system{text(root.at("id")),
                  text(root.at("title")),
                  text(root.at("paper")),
                  text(root.at("known")),
                  list(root.at("what"), text),
                  readDataflow(root.at("dataflow")),
                  list(root.at("presets"), readPreset),
                  list(root.at("claims"), readClaim)};
    constexpr std::size_t kSentences = 3;
    if (system.what.size() != kSentences) {
        refuse(root.at("what"), "must be three sentences");
    }
    needDistinctIds(root.at("claims"));
    needKnownPresets(system, root);
    return system;
}

}  // namespace

Result<System> systemFromJson(std::string_view text, std::string_view sourceName) {
    const auto value = json::parse(text, nullptr, false);
    if (value.is_discarded()) {
        return fail(ErrorCode::InvalidInput, "is not JSON", std::string(sourceName));
    }
    try {
        return readSystem({value, std::string()});
    } catch (Refused& refused) {
        refused.error.where = std::string(sourceName) + refused.error.where;
        return tl::unexpected(std::move(refused.error));
    }
}

}  // namespace mantissa::systems
