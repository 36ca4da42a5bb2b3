// SPDX-License-Identifier: GPL-3.0-or-later
// The strict reader: what it does not know is an error, never ignored.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/design/design_json.h"
#include "core/design/json_parts.h"
#include "core/design/json_source.h"
#include "core/design/suggest.h"

namespace mantissa::design {
namespace {

using nlohmann::json;

/// A value and where it stands.
struct Place {
    const json& value;
    std::string pointer;

    Place at(const std::string& key) const {
        return {value.at(key), pointer + "/" + escapedToken(key)};
    }
    Place at(std::size_t index) const {
        return {value.at(index), pointer + "/" + std::to_string(index)};
    }
};

/// Thrown by the functions below and caught by fromJson; it never leaves this file. Reading is one
/// long chain of "or else the error", which exceptions keep readable.
struct Refused {
    Error error;
};

[[noreturn]] void refuse(const Place& place, std::string message, std::string hint = {}) {
    throw Refused{{ErrorCode::InvalidInput, std::move(message), place.pointer, std::move(hint)}};
}

template <typename T>
T orRefuse(Result<T> result, const Place& place) {
    if (!result) {
        auto error = std::move(result.error());
        error.where = place.pointer;
        throw Refused{std::move(error)};
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(*result);
    }
}

std::string typeText(const json& value) {
    return value.is_array()    ? "a list"
           : value.is_object() ? "an object"
           : value.is_null()   ? "null"
                               : "a " + std::string(value.type_name());
}

void needObject(const Place& place) {
    if (!place.value.is_object()) {
        refuse(place, "must be an object, is " + typeText(place.value));
    }
}

void needKnownKeys(const Place& place, const std::vector<std::string>& known) {
    needObject(place);
    for (const auto& [key, value] : place.value.items()) {
        if (std::find(known.begin(), known.end(), key) == known.end()) {
            refuse({value, place.pointer + "/" + escapedToken(key)}, "unknown key \"" + key + "\"",
                   suggestion(key, known));
        }
    }
}

std::string readString(const Place& place) {
    if (!place.value.is_string()) {
        refuse(place, "must be a string, is " + typeText(place.value));
    }
    return place.value.get<std::string>();
}

double readChoice(const ParamSpec& spec, const Place& place) {
    const auto text = readString(place);
    const auto found = std::find(spec.choices.begin(), spec.choices.end(), text);
    if (found == spec.choices.end()) {
        const std::vector<std::string> known(spec.choices.begin(), spec.choices.end());
        refuse(place, "unknown " + std::string(spec.id) + " \"" + text + "\"",
               suggestion(text, known));
    }
    return static_cast<double>(found - spec.choices.begin());
}

double readParam(const ParamSpec& spec, const Place& place) {
    if (spec.kind == ParamKind::Choice) {
        return readChoice(spec, place);
    }
    if (spec.kind == ParamKind::Boolean) {
        if (!place.value.is_boolean()) {
            refuse(place, "must be true or false, is " + typeText(place.value));
        }
        return place.value.get<bool>() ? 1 : 0;
    }
    if (!place.value.is_number()) {
        refuse(place, "must be a number, is " + typeText(place.value));
    }
    const auto value = place.value.get<double>();
    orRefuse(checkParam(spec, value, place.pointer), place);
    return value;
}

template <typename S>
S readParams(std::span<const Param<S>> params, const Place& place) {
    std::vector<std::string> known;
    for (const auto& param : params) {
        known.emplace_back(param.spec.id);
    }
    needKnownKeys(place, known);
    S values;
    for (const auto& param : params) {
        const std::string key(param.spec.id);
        param.set(values, place.value.contains(key) ? readParam(param.spec, place.at(key))
                                                    : param.spec.defaultValue);
    }
    return values;
}

const nn::LayerKindInfo& readKind(const Place& layer) {
    std::vector<std::string> known;
    for (const auto& kind : nn::layerKinds()) {
        known.emplace_back(kind.id);
    }
    if (!layer.value.contains("kind")) {
        refuse(layer, "the layer has no \"kind\"", suggestion("", known));
    }
    const auto place = layer.at("kind");
    const auto id = readString(place);
    const auto found = std::find(known.begin(), known.end(), id);
    if (found == known.end()) {
        refuse(place, "unknown layer kind \"" + id + "\"", suggestion(id, known));
    }
    return nn::layerKinds()[static_cast<std::size_t>(found - known.begin())];
}

nn::LayerSpec readLayer(const Place& place) {
    needObject(place);
    const auto& kind = readKind(place);
    std::vector<std::string> known{"name", "kind", "inputs"};
    for (const auto& param : kind.parameters) {
        known.push_back(std::string(param.spec.id));
    }
    needKnownKeys(place, known);
    if (!place.value.contains("name")) {
        refuse(place, "the layer has no \"name\"");
    }
    nn::LayerSpec layer{.name = readString(place.at("name")), .params = kind.example, .inputs = {}};
    if (place.value.contains("inputs")) {
        const auto inputs = place.at("inputs");
        if (!inputs.value.is_array()) {
            refuse(inputs, "must be a list of layer names, is " + typeText(inputs.value));
        }
        for (std::size_t i = 0; i < inputs.value.size(); ++i) {
            layer.inputs.push_back(readString(inputs.at(i)));
        }
    }
    for (const auto& param : kind.parameters) {
        const auto key = std::string(param.spec.id);
        param.set(layer.params, place.value.contains(key) ? readParam(param.spec, place.at(key))
                                                          : param.spec.defaultValue);
    }
    return layer;
}

/// Whole numbers of the network itself; nn::checkNetwork narrows them further.
std::int64_t readCount(const Place& place) {
    constexpr ParamSpec kCount{.id = "count", .minimum = 1, .maximum = 65536};
    return static_cast<std::int64_t>(readParam(kCount, place));
}

nn::NetworkSpec readNetwork(const Place& place) {
    needKnownKeys(place, {"input", "classes", "layers"});
    nn::NetworkSpec network;
    if (place.value.contains("input")) {
        const auto input = place.at("input");
        if (!input.value.is_array() || input.value.size() != 3) {
            refuse(input, "must be a list of channels, height and width");
        }
        for (std::size_t i = 0; i < 3; ++i) {
            network.input[i] = readCount(input.at(i));
        }
    }
    if (place.value.contains("classes")) {
        network.classes = static_cast<int>(readCount(place.at("classes")));
    }
    if (!place.value.contains("layers") || !place.value.at("layers").is_array()) {
        refuse(place, "must have \"layers\", a list");
    }
    const auto layers = place.at("layers");
    for (std::size_t i = 0; i < layers.value.size(); ++i) {
        network.layers.push_back(readLayer(layers.at(i)));
    }
    return network;
}

/// Every key that a scope of the plan may have.
const std::vector<std::pair<std::string, RoleKey>>& roleKeys() {
    static const auto kKeys = [] {
        std::vector<std::pair<std::string, RoleKey>> keys;
        const auto add = [&](Role role) {
            keys.emplace_back(roleKeyText({role, std::nullopt}), RoleKey{role, std::nullopt});
            for (const Pass pass : passesOf(role)) {
                keys.emplace_back(roleKeyText({role, pass}), RoleKey{role, pass});
            }
        };
        std::for_each(allRoles().begin(), allRoles().end(), add);
        std::for_each(storedRoles().begin(), storedRoles().end(), add);
        return keys;
    }();
    return kKeys;
}

numerics::TensorFormat readTensorFormat(const Place& place) {
    needKnownKeys(place, {"format", "rounding"});
    numerics::TensorFormat format;
    if (!place.value.contains("format")) {
        refuse(place, "has no \"format\"", "for example \"bfp<8,block=16>\"");
    }
    const auto text = place.at("format");
    format.format = orRefuse(numerics::parseFormat(readString(text)), text);
    if (place.value.contains("rounding")) {
        const auto rounding = place.at("rounding");
        const auto choice = orRefuse(numerics::parseRounding(readString(rounding)), rounding);
        format.rounding = choice.rounding;
        format.randomBits = choice.randomBits;
    }
    return format;
}

RoleFormats readRoleFormats(const Place& place, std::vector<std::string> known = {}) {
    for (const auto& [text, key] : roleKeys()) {
        known.push_back(text);
    }
    needKnownKeys(place, known);
    RoleFormats formats;
    for (const auto& [text, key] : roleKeys()) {
        if (place.value.contains(text)) {
            formats.emplace(key, readTensorFormat(place.at(text)));
        }
    }
    return formats;
}

void readScopes(const Place& place, std::map<std::string, RoleFormats, std::less<>>& scopes,
                Accumulators& accumulators) {
    const std::string accumulatorKey(kAccumulatorKey);
    needObject(place);
    for (const auto& [name, value] : place.value.items()) {
        const Place scope{value, place.pointer + "/" + escapedToken(name)};
        auto formats = readRoleFormats(scope, {accumulatorKey});
        if (!formats.empty()) {
            scopes.emplace(name, std::move(formats));
        }
        if (value.contains(accumulatorKey)) {
            const auto text = scope.at(accumulatorKey);
            accumulators.emplace(name,
                                 orRefuse(numerics::parseAccumulator(readString(text)), text));
        }
    }
}

void readCompute(const Place& place, PrecisionPlan& plan) {
    const auto text = readString(place);
    if (const auto set = setCompute(plan, text); !set) {
        refuse(place, "is \"" + text + "\", " + set.error().message);
    }
}

PrecisionPlan readPlan(const Place& place) {
    needKnownKeys(place, {"network", "kinds", "layers", "keep", "compute"});
    PrecisionPlan plan;
    if (place.value.contains("compute")) {
        readCompute(place.at("compute"), plan);
    }
    if (place.value.contains("network")) {
        plan.network = readRoleFormats(place.at("network"));
    }
    if (place.value.contains("kinds")) {
        readScopes(place.at("kinds"), plan.kinds, plan.kindAccumulators);
    }
    if (place.value.contains("layers")) {
        readScopes(place.at("layers"), plan.layers, plan.layerAccumulators);
    }
    if (place.value.contains("keep")) {
        const auto keep = place.at("keep");
        plan.kept = orRefuse(parseKept(readString(keep)), keep);
    }
    return plan;
}

void needSchema(const Place& root) {
    if (!root.value.contains("schema")) {
        return;
    }
    const auto schema = root.at("schema");
    if (!schema.value.is_number_integer() || schema.value.get<double>() < 1) {
        refuse(schema, "must be " + std::to_string(kDesignSchema));
    }
    if (schema.value.get<double>() > kDesignSchema) {
        throw Refused{{ErrorCode::Unsupported,
                       "the design has schema " + schema.value.dump() +
                           ", this version reads up to " + std::to_string(kDesignSchema),
                       schema.pointer, "open it with a newer version of the program"}};
    }
}

DesignPoint readDesign(const Place& root) {
    needObject(root);
    needSchema(root);  // first: a newer schema may well have unknown keys
    needKnownKeys(root, {"schema", "name", "note", "network", "dataset", "recipe", "precision",
                         "control", "hardware"});
    // A design from a file has no name but its own.
    auto design = DesignPoint().withName({});
    const auto has = [&](const char* key) { return root.value.contains(key); };
    if (has("name")) {
        design = design.withName(readString(root.at("name")));
    }
    if (has("note")) {
        design = design.withNote(readString(root.at("note")));
    }
    if (has("network")) {
        design = design.withNetwork(readNetwork(root.at("network")));
    }
    if (has("dataset")) {
        design = design.withDataset(readString(root.at("dataset")));
    }
    if (has("recipe")) {
        design = design.withRecipe(readParams(train::recipeParams(), root.at("recipe")));
    }
    if (has("precision")) {
        design = design.withPrecision(readPlan(root.at("precision")));
    }
    if (has("control")) {
        design = design.withControl(readParams(train::controlParams(), root.at("control")));
    }
    if (has("hardware")) {
        design = design.withHardware(readParams(hardwareParams(), root.at("hardware")));
    }
    return design;
}

/// "lenet.json: /recipe/batch".
Error inSource(Error error, std::string_view sourceName) {
    if (!sourceName.empty()) {
        error.where = std::string(sourceName) + (error.where.empty() ? "" : ": " + error.where);
    }
    return error;
}

Result<DesignPoint> readText(std::string_view text) {
    const auto parsed = parseJson(text);
    if (!parsed) {
        return tl::unexpected(parsed.error());
    }
    try {
        auto design = readDesign({*parsed, ""});
        return validate(design).map([&] { return std::move(design); });
    } catch (const Refused& refused) {
        return tl::unexpected(refused.error);
    } catch (const json::exception& error) {
        return fail(ErrorCode::Internal, error.what());
    }
}

}  // namespace

Result<DesignPoint> fromJson(std::string_view text, std::string_view sourceName) {
    return readText(text).map_error(
        [&](Error error) { return inSource(std::move(error), sourceName); });
}

}  // namespace mantissa::design
