// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/param_spec.h"

#include <charconv>
#include <cmath>

namespace mantissa {
namespace {

std::string shortest(double value) {
    char buffer[32];
    const auto [end, code] = std::to_chars(buffer, buffer + sizeof buffer, value);
    (void)code;  // 32 characters hold every shortest double
    return {buffer, end};
}

bool zeroIsNothing(const ParamSpec& spec) {
    return !spec.zeroText.empty() && spec.minimum == 0;
}

}  // namespace

Result<void> checkParam(const ParamSpec& spec, double value, std::string_view where) {
    const std::string place(where);
    if (!std::isfinite(value)) {
        return fail(ErrorCode::InvalidInput, std::string(spec.id) + " must be a finite number",
                    place);
    }
    if (spec.kind == ParamKind::Choice) {
        if (value < 0 || value >= static_cast<double>(spec.choices.size()) ||
            value != std::floor(value)) {
            std::string list;
            for (const auto choice : spec.choices) {
                list += (list.empty() ? "" : ", ") + std::string(choice);
            }
            return fail(ErrorCode::InvalidInput, std::string(spec.id) + " must be one of " + list,
                        place);
        }
        return {};
    }
    const bool whole = spec.kind != ParamKind::Real;
    if (value < spec.minimum || value > spec.maximum || tooLittle(spec, value) ||
        (whole && value != std::floor(value))) {
        const bool apart = zeroIsNothing(spec) && spec.leastAmount > 0;
        return fail(ErrorCode::InvalidInput,
                    std::string(spec.id) + " is " + shortest(value) + ", must be " +
                        (apart ? "0 (" + std::string(spec.zeroText) + ") or " : "") +
                        (whole ? "an integer" : "a number") + " from " +
                        shortest(apart ? spec.leastAmount : spec.minimum) + " to " +
                        shortest(spec.maximum) +
                        (spec.unit.empty() ? "" : " " + std::string(spec.unit)),
                    place);
    }
    return {};
}

bool tooLittle(const ParamSpec& spec, double value) {
    return zeroIsNothing(spec) && value > 0 && value < spec.leastAmount;
}

std::string paramText(const ParamSpec& spec, double value) {
    if (spec.kind == ParamKind::Boolean) {
        return value != 0 ? "on" : "off";
    }
    if (spec.kind == ParamKind::Choice) {
        const auto index = static_cast<std::size_t>(value);
        return index < spec.choices.size() ? std::string(spec.choices[index]) : shortest(value);
    }
    if (value == 0 && !spec.zeroText.empty()) {
        return std::string(spec.zeroText);
    }
    return shortest(value) + (spec.unit.empty() ? "" : " " + std::string(spec.unit));
}

std::string rangeText(const ParamSpec& spec) {
    const auto upTo = " to " + paramText(spec, spec.maximum);
    if (!zeroIsNothing(spec)) {
        return shortest(spec.minimum) + upTo;
    }
    const double least = spec.leastAmount > 0              ? spec.leastAmount
                         : spec.kind == ParamKind::Integer ? 1
                                                           : 0;
    return std::string(spec.zeroText) + ", or " + (least > 0 ? shortest(least) : "above 0") + upTo;
}

}  // namespace mantissa
