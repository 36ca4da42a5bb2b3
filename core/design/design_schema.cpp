// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/design/design_schema.h"

#include "core/design/design_json.h"
#include "core/design/json_parts.h"

namespace mantissa::design {
namespace {

/// An object that has no other keys than those of `properties`.
Json closedObject(Json properties) {
    Json schema = Json::object();
    schema["type"] = "object";
    schema["additionalProperties"] = false;
    schema["properties"] = std::move(properties);
    return schema;
}

Json listOf(Json items) {
    Json schema = Json::object();
    schema["type"] = "array";
    schema["items"] = std::move(items);
    return schema;
}

Json typed(const char* type) {
    Json schema = Json::object();
    schema["type"] = type;
    return schema;
}

Json count() {
    auto schema = typed("integer");
    schema["minimum"] = 1;
    return schema;
}

Json paramSchema(const ParamSpec& spec) {
    Json schema = Json::object();
    schema["title"] = std::string(spec.label);
    std::string help(spec.help);
    if (!spec.unit.empty()) {
        help += " Unit: " + std::string(spec.unit) + ".";
    }
    schema["description"] = help;
    if (spec.kind == ParamKind::Choice) {
        schema["enum"] = std::vector<std::string>(spec.choices.begin(), spec.choices.end());
    } else if (spec.kind == ParamKind::Boolean) {
        schema["type"] = "boolean";
    } else {
        schema["type"] = spec.kind == ParamKind::Integer ? "integer" : "number";
        schema["minimum"] = paramJson({.kind = ParamKind::Real}, spec.minimum);
        schema["maximum"] = paramJson({.kind = ParamKind::Real}, spec.maximum);
    }
    schema["default"] = paramJson(spec, spec.defaultValue);
    return schema;
}

template <typename S>
Json paramsSchema(std::span<const Param<S>> params) {
    Json properties = Json::object();
    for (const auto& param : params) {
        properties[std::string(param.spec.id)] = paramSchema(param.spec);
    }
    return closedObject(std::move(properties));
}

Json layerSchema(const nn::LayerKindInfo& kind) {
    Json properties = Json::object();
    properties["name"] = typed("string");
    properties["name"]["pattern"] = "^[A-Za-z0-9_.-]+$";
    properties["kind"]["const"] = std::string(kind.id);
    properties["inputs"] = listOf(typed("string"));
    for (const auto& param : kind.parameters) {
        properties[std::string(param.spec.id)] = paramSchema(param.spec);
    }
    auto schema = closedObject(std::move(properties));
    schema["required"] = {"name", "kind"};
    return schema;
}

Json networkSchema() {
    Json kinds = Json::array();
    for (const auto& kind : nn::layerKinds()) {
        kinds.push_back(layerSchema(kind));
    }
    Json layer = Json::object();
    layer["oneOf"] = std::move(kinds);
    Json properties = Json::object();
    properties["input"] = listOf(count());
    properties["input"]["minItems"] = 3;
    properties["input"]["maxItems"] = 3;
    properties["classes"] = typed("integer");
    properties["classes"]["minimum"] = 2;
    properties["classes"]["maximum"] = kMostClasses;
    properties["layers"] = listOf(std::move(layer));
    auto schema = closedObject(std::move(properties));
    schema["required"] = Json::array({"layers"});
    return schema;
}

Json tensorFormatSchema() {
    constexpr auto kLast = static_cast<int>(numerics::Rounding::Stochastic);
    std::string roundings;
    for (int i = 0; i <= kLast; ++i) {
        roundings += numerics::roundingText(static_cast<numerics::Rounding>(i)) + "|";
    }
    Json properties = Json::object();
    properties["format"] = typed("string");
    properties["rounding"] = typed("string");
    properties["rounding"]["pattern"] = "^(" + roundings + "stochastic<([1-9]|1[0-9]|2[0-4])>)$";
    auto schema = closedObject(std::move(properties));
    schema["required"] = Json::array({"format"});
    return schema;
}

Json accumulatorSchema() {
    Json schema = Json::object();
    for (const auto& named : numerics::namedAccumulators()) {
        schema["anyOf"][0]["enum"].push_back(std::string(named.name));
    }
    schema["anyOf"][1] = typed("string");
    schema["anyOf"][1]["pattern"] = "^(fp|int)<.+>$";
    schema["description"] =
        "Of bit-true sums, where it is another than that of \"compute\": what integer sums are "
        "added in.";
    return schema;
}

Json precisionSchema() {
    Json reference = Json::object();
    reference["$ref"] = "#/definitions/format";
    /// Of a kind's layers; of any for the empty kind.
    const auto scopeOf = [&](std::string_view kind) {
        Json roles = Json::object();
        const auto add = [&](Role role) {
            if (!hasRole(kind, role)) {
                return;
            }
            roles[roleKeyText({role, std::nullopt})] = reference;
            for (const Pass pass : passesOf(role)) {
                roles[roleKeyText({role, pass})] = reference;
            }
        };
        std::for_each(allRoles().begin(), allRoles().end(), add);
        std::for_each(storedRoles().begin(), storedRoles().end(), add);
        return closedObject(std::move(roles));
    };
    const auto scope = scopeOf({});
    const auto withAccumulator = [](Json roles) {
        roles["properties"][std::string(kAccumulatorKey)] = accumulatorSchema();
        return roles;
    };
    Json kinds = Json::object();
    for (const auto& kind : nn::layerKinds()) {
        if (hasFormats(kind)) {
            kinds[std::string(kind.id)] =
                kind.hasGemm ? withAccumulator(scopeOf(kind.id)) : scopeOf(kind.id);
        }
    }
    Json layers = typed("object");
    layers["additionalProperties"] = withAccumulator(scope);
    Json properties = Json::object();
    properties["network"] = scope;
    properties["kinds"] = closedObject(std::move(kinds));
    properties["layers"] = std::move(layers);
    properties["keep"] = typed("string");
    properties["keep"]["pattern"] =
        "^(none|(first|last|shortcut)(,(first|last|shortcut))*(:[^:]+(:[^:]+)?)?)$";
    Json& compute = properties["compute"];
    for (const auto& text : computeTexts()) {
        compute["anyOf"][0]["enum"].push_back(text);
    }
    compute["anyOf"][1] = typed("string");
    compute["anyOf"][1]["pattern"] = "^([Ll][Uu][Tt]|bit_true)<.+>$";
    return closedObject(std::move(properties));
}

}  // namespace

std::string designSchemaJson() {
    Json properties = Json::object();
    properties["schema"]["const"] = kDesignSchema;
    properties["name"] = typed("string");
    properties["note"] = typed("string");
    properties["network"] = networkSchema();
    properties["dataset"] = typed("string");
    properties["recipe"] = paramsSchema(train::recipeParams());
    properties["precision"] = precisionSchema();
    properties["control"] = paramsSchema(train::controlParams());
    properties["hardware"] = paramsSchema(hardwareParams());
    auto schema = closedObject(std::move(properties));
    schema["$schema"] = "http://json-schema.org/draft-07/schema#";
    schema["title"] = "Mantissa design";
    schema["definitions"]["format"] = tensorFormatSchema();
    constexpr int kIndent = 2;
    return schema.dump(kIndent) + "\n";
}

}  // namespace mantissa::design
