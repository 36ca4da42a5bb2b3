// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of a design as JSON values; private to core/design.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/design/hardware_config.h"
#include "core/design/precision_plan.h"
#include "core/nn/network_spec.h"
#include "core/param_spec.h"
#include "core/train/recipe.h"

namespace mantissa::design {

/// Keeps the order of insertion, which is the order people read; canonicalText sorts.
using Json = nlohmann::ordered_json;

/// How a layer's inputs are written: as said, or always by name.
enum class InputStyle { AsSaid, Explicit };

/// Beside the roles of a kind or a layer.
inline constexpr std::string_view kAccumulatorKey = "accumulator";

/// A key as a token of a JSON pointer (RFC 6901).
std::string escapedToken(std::string_view key);

/// The names a layer reads: its own, or the layer before it, or the network's input.
std::vector<std::string> effectiveInputs(const nn::NetworkSpec& network, std::size_t layer);

/// Whole numbers without a fraction, choices by name, booleans as such.
Json paramJson(const ParamSpec& spec, double value);

template <typename S>
Json paramsJson(std::span<const Param<S>> params, const S& values) {
    Json object = Json::object();
    for (const auto& param : params) {
        const double value = param.get(values);
        if (!param.spec.quiet || value != param.spec.defaultValue) {
            object[std::string(param.spec.id)] = paramJson(param.spec, value);
        }
    }
    return object;
}

Json networkJson(const nn::NetworkSpec& network, InputStyle inputs);
Json tensorFormatJson(const numerics::TensorFormat& format);
Json precisionJson(const PrecisionPlan& plan);
/// Of layers with matrix products whose bit-true sums have another accumulator than the network's.
Json ownAccumulatorsJson(const PrecisionPlan& plan, const nn::NetworkSpec& network);
/// What the plan means: the operand formats of each layer that runs GEMMs. Equal for two plans that
/// say the same in different ways.
Json resolvedPrecisionJson(const PrecisionPlan& plan, const nn::NetworkSpec& network);

/// Sorted keys, no white space. Text that is not UTF-8 is written with replacement characters, so
/// that a hash exists for every value.
std::string canonicalText(const Json& json);

}  // namespace mantissa::design
