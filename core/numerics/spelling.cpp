// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/spelling.h"

#include <algorithm>
#include <cctype>
#include <cstdint>

namespace mantissa::numerics {
namespace {

std::string numberText(const ParamSpec& spec, double value) {
    if (spec.kind == ParamKind::Integer) {
        return std::to_string(static_cast<std::int64_t>(value));
    }
    char buffer[32];
    const char* const end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    return {static_cast<const char*>(buffer), end};
}

}  // namespace

std::string quoted(std::string_view text) {
    return "\"" + std::string(text) + "\"";
}

std::string lowered(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (std::isspace(static_cast<unsigned char>(c)) == 0) {
            result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
    }
    return result;
}

std::vector<std::string_view> splitArguments(std::string_view text) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto comma = text.find(',');
        parts.push_back(text.substr(0, comma));
        if (comma == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(comma + 1);
    }
}

std::string valueText(const ParamSpec& spec, double value) {
    if (spec.kind == ParamKind::Boolean) {
        return value > 0.5 ? "on" : "off";
    }
    if (spec.kind == ParamKind::Choice) {
        return std::string(spec.choices[static_cast<std::size_t>(value)]);
    }
    return numberText(spec, value);
}

std::optional<double> readValue(const ParamSpec& spec, std::string_view text) {
    if (spec.kind == ParamKind::Boolean) {
        return text == "on"    ? std::optional<double>(1)
               : text == "off" ? std::optional<double>(0)
                               : std::nullopt;
    }
    if (spec.kind == ParamKind::Choice) {
        const auto found = std::find(spec.choices.begin(), spec.choices.end(), text);
        return found == spec.choices.end() ? std::nullopt
                                           : std::optional<double>(found - spec.choices.begin());
    }
    if (double real = 0; spec.kind == ParamKind::Real) {
        return readNumber(text, real) ? std::optional<double>(real) : std::nullopt;
    }
    std::int32_t whole = 0;
    return readNumber(text, whole) ? std::optional<double>(whole) : std::nullopt;
}

std::string expectedText(const ParamSpec& spec) {
    if (spec.kind == ParamKind::Boolean) {
        return "on or off";
    }
    if (spec.kind == ParamKind::Choice) {
        std::string list;
        for (std::size_t i = 0; i < spec.choices.size(); ++i) {
            list += i == 0 ? "" : i + 1 == spec.choices.size() ? " or " : ", ";
            list += spec.choices[i];
        }
        return list;
    }
    return (spec.kind == ParamKind::Real ? "a number from " : "an integer from ") +
           numberText(spec, spec.minimum) + " to " + numberText(spec, spec.maximum);
}

}  // namespace mantissa::numerics
