// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/design/json_parts.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/nn/graph.h"

namespace mantissa::design {
namespace {

// Above this, whole doubles are no longer exact, and stay doubles.
constexpr double kLargestExactInteger = 9007199254740992.0;

Json numberJson(double value) {
    if (value == std::floor(value) && std::abs(value) <= kLargestExactInteger) {
        return static_cast<std::int64_t>(value);
    }
    return value;
}

Json roleFormatsJson(const RoleFormats& formats) {
    Json object = Json::object();
    for (const auto& [key, format] : formats) {
        object[roleKeyText(key)] = tensorFormatJson(format);
    }
    return object;
}

Json scopesJson(const std::map<std::string, RoleFormats, std::less<>>& scopes,
                const Accumulators& accumulators) {
    Json object = Json::object();
    for (const auto& [name, formats] : scopes) {
        if (!formats.empty()) {
            object[name] = roleFormatsJson(formats);
        }
    }
    for (const auto& [name, accumulator] : accumulators) {
        object[name][std::string(kAccumulatorKey)] = numerics::accumulatorText(accumulator);
    }
    return object;
}

}  // namespace

std::string escapedToken(std::string_view key) {
    std::string token;
    for (const char c : key) {
        token += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
    return token;
}

std::vector<std::string> effectiveInputs(const nn::NetworkSpec& network, std::size_t layer) {
    if (!network.layers[layer].inputs.empty()) {
        return network.layers[layer].inputs;
    }
    return {layer == 0 ? std::string(nn::kNetworkInput) : network.layers[layer - 1].name};
}

Json paramJson(const ParamSpec& spec, double value) {
    if (spec.kind == ParamKind::Boolean) {
        return value != 0;
    }
    if (spec.kind == ParamKind::Choice && value >= 0 &&
        value < static_cast<double>(spec.choices.size())) {
        return std::string(spec.choices[static_cast<std::size_t>(value)]);
    }
    return numberJson(value);
}

Json networkJson(const nn::NetworkSpec& network, InputStyle inputs) {
    Json layers = Json::array();
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const auto& layer = network.layers[i];
        const auto& kind = nn::kindOf(layer.params);
        Json object = Json::object();
        object["name"] = layer.name;
        object["kind"] = std::string(kind.id);
        if (inputs == InputStyle::Explicit || !layer.inputs.empty()) {
            object["inputs"] = effectiveInputs(network, i);
        }
        for (const auto& param : kind.parameters) {
            const double value = param.get(layer.params);
            if (!param.spec.quiet || value != param.spec.defaultValue) {
                object[std::string(param.spec.id)] = paramJson(param.spec, value);
            }
        }
        layers.push_back(std::move(object));
    }
    Json object = Json::object();
    object["input"] = network.input;
    object["classes"] = network.classes;
    object["layers"] = std::move(layers);
    return object;
}

Json tensorFormatJson(const numerics::TensorFormat& format) {
    Json object = Json::object();
    object["format"] = numerics::formatText(format.format);
    object["rounding"] = numerics::roundingText(format.rounding, format.randomBits);
    return object;
}

Json precisionJson(const PrecisionPlan& plan) {
    Json object = Json::object();
    object["network"] = roleFormatsJson(plan.network);
    object["kinds"] = scopesJson(plan.kinds, plan.kindAccumulators);
    object["layers"] = scopesJson(plan.layers, plan.layerAccumulators);
    if (plan.kept.any()) {
        object["keep"] = keptText(plan.kept);
    }
    if (plan.compute != nn::ComputeMode::Fast) {
        object["compute"] = computeText(plan);
    }
    return object;
}

Json ownAccumulatorsJson(const PrecisionPlan& plan, const nn::NetworkSpec& network) {
    Json object = Json::object();
    if (plan.compute != nn::ComputeMode::BitTrue) {
        return object;
    }
    for (const auto& layer : network.layers) {
        const auto& kind = nn::kindOf(layer.params);
        const auto resolved = plan.resolveAccumulator({layer.name, kind.id});
        if (kind.hasGemm && resolved.accumulator != plan.accumulator) {
            object[layer.name] = numerics::accumulatorText(resolved.accumulator);
        }
    }
    return object;
}

Json resolvedPrecisionJson(const PrecisionPlan& plan, const nn::NetworkSpec& network) {
    Json object = Json::object();
    const auto sites = planSites(plan, network);
    for (std::size_t i = 0; i < sites.size(); ++i) {
        const auto& site = sites[i];
        if (const auto* norm = std::get_if<nn::BatchNorm>(&network.layers[i].params);
            norm != nullptr && norm->kind != nn::BatchNormKind::LightNorm) {
            for (const Pass pass : passesOf(Role::Normalisation)) {
                const auto format = plan.resolve(site, Role::Normalisation, pass).format;
                if (!std::holds_alternative<numerics::Fp32>(format.format)) {  // as below
                    object[network.layers[i].name][roleKeyText({Role::Normalisation, pass})] =
                        tensorFormatJson(format);
                }
            }
        }
        if (!nn::kindOf(network.layers[i].params).hasGemm) {
            continue;
        }
        Json& formats = object[network.layers[i].name];
        const auto put = [&](Role role, std::optional<Pass> pass) {
            auto format = plan.resolve(site, role, pass).format;
            if (std::holds_alternative<numerics::Fp32>(format.format)) {
                format = {};  // FP32 passes through unrounded
            }
            formats[roleKeyText({role, pass})] = tensorFormatJson(format);
        };
        for (const Role role : allRoles()) {
            for (const Pass pass : passesOf(role)) {
                put(role, pass);
            }
            if (passesOf(role).empty()) {
                put(role, std::nullopt);
            }
        }
        for (const Role role : storedRoles()) {
            // Left out where exact: what came later does not change what designs are called.
            const auto stored = plan.resolve(site, role, std::nullopt).format;
            if (hasRole(site.kind, role) &&
                !std::holds_alternative<numerics::Fp32>(stored.format)) {
                put(role, std::nullopt);
            }
        }
    }
    return object;
}

std::string canonicalText(const Json& json) {
    const nlohmann::json sorted(json);
    return sorted.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace mantissa::design
