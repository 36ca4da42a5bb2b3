// SPDX-License-Identifier: GPL-3.0-or-later
// The spelling of accumulators: a name, or family<positional...,id=value...> as the families'
// parameters say it.
#include <algorithm>
#include <vector>

#include "core/numerics/accumulator.h"
#include "core/numerics/spelling.h"

namespace mantissa::numerics {
namespace {

/// The parameter that argument number `position` sets, and its value's text.
struct Argument {
    std::size_t parameter = 0;
    std::string_view value;
};

Result<Argument> readArgument(std::string_view part, std::size_t position,
                              const AccumulatorFamily& family) {
    const auto equals = part.find('=');
    if (position < family.positional && equals == std::string_view::npos) {
        return Argument{position, part};
    }
    std::string names;
    for (std::size_t i = family.positional; i < family.parameters.size(); ++i) {
        const auto id = family.parameters[i].spec.id;
        if (equals != std::string_view::npos && part.substr(0, equals) == id &&
            position >= family.positional) {
            return Argument{i, part.substr(equals + 1)};
        }
        names += (names.empty() ? "" : ", ") + std::string(id);
    }
    const std::string argument =
        "argument " + std::to_string(position + 1) + " is " + quoted(part) + ", must be ";
    if (position < family.positional) {
        const auto& spec = family.parameters[position].spec;
        return fail(ErrorCode::InvalidInput,
                    argument + std::string(spec.id) + ", " + expectedText(spec));
    }
    return fail(ErrorCode::InvalidInput, argument + "KEY=VALUE with a key of " + names);
}

Result<Accumulator> readArguments(std::string_view text, const AccumulatorFamily& family) {
    const auto parts = splitArguments(text);
    if (parts.size() < family.positional) {
        const auto& spec = family.parameters[parts.size()].spec;
        return fail(ErrorCode::InvalidInput,
                    std::string(spec.id) + " is missing, must be " + expectedText(spec));
    }
    Accumulator accumulator = family.defaults;
    std::vector<bool> seen(family.parameters.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto argument = readArgument(parts[i], i, family);
        if (!argument) {
            return tl::unexpected(argument.error());
        }
        const auto& parameter = family.parameters[argument->parameter];
        const std::string id(parameter.spec.id);
        if (seen[argument->parameter]) {
            return fail(ErrorCode::InvalidInput, id + " is given twice");
        }
        seen[argument->parameter] = true;
        const auto value = readValue(parameter.spec, argument->value);
        if (!value || !checkParam(parameter.spec, *value, family.id)) {
            return fail(ErrorCode::InvalidInput, id + " is " + quoted(argument->value) +
                                                     ", must be " + expectedText(parameter.spec));
        }
        parameter.set(accumulator, *value);
    }
    return accumulator;
}

Result<Accumulator> parseGeneric(std::string_view text) {
    const auto open = text.find('<');
    const auto families = accumulatorFamilies();
    const auto family = std::find_if(
        families.begin(), families.end(),
        [&](const AccumulatorFamily& candidate) { return candidate.id == text.substr(0, open); });
    if (open == std::string_view::npos || family == families.end()) {
        std::string names;
        for (const auto& named : namedAccumulators()) {
            names += std::string(named.name) + ", ";
        }
        return fail(ErrorCode::InvalidInput,
                    "unknown accumulator, must be one of " + names + "fp<...> or int<...>", {},
                    "for example fp<8,12,after=block> or int<24,overflow=wrap>");
    }
    const auto addHint = [&](Error error) {
        error.hint = "in full " + std::string(family->grammar);
        return error;
    };
    if (text.back() != '>') {
        return tl::unexpected(addHint({ErrorCode::InvalidInput, "must end with \">\"", {}, {}}));
    }
    return readArguments(text.substr(open + 1, text.size() - open - 2), *family).map_error(addHint);
}

}  // namespace

std::string accumulatorText(const Accumulator& accumulator) {
    for (const auto& named : namedAccumulators()) {
        if (named.accumulator == accumulator) {
            return std::string(named.name);
        }
    }
    const auto& family = familyOf(accumulator);
    std::string text(family.id);
    for (std::size_t i = 0; i < family.parameters.size(); ++i) {
        const auto& parameter = family.parameters[i];
        const double value = parameter.get(accumulator);
        const std::string said = valueText(parameter.spec, value);
        if (i < family.positional) {
            text += (i == 0 ? "<" : ",") + said;
        } else if (value != parameter.get(family.defaults)) {  // exactly: small integers
            text += "," + std::string(parameter.spec.id) + "=" + said;
        }
    }
    return text + ">";
}

Result<Accumulator> parseAccumulator(std::string_view text) {
    const std::string canonical = lowered(text);
    for (const auto& named : namedAccumulators()) {
        if (named.name == canonical) {
            return named.accumulator;
        }
    }
    return parseGeneric(canonical).map_error([&](Error error) {
        error.where = "accumulator " + quoted(text);
        return error;
    });
}

}  // namespace mantissa::numerics
