// SPDX-License-Identifier: GPL-3.0-or-later
// What the spellings of formats and of accumulators share, family<positional...,key=value...>: the
// texts of their parameters' values. Internal to core.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/param_spec.h"

namespace mantissa::numerics {

std::string quoted(std::string_view text);

/// In lower case and without spaces.
std::string lowered(std::string_view text);

/// What stands between commas.
std::vector<std::string_view> splitArguments(std::string_view text);

/// Whether all of the text is a number, which `value` becomes.
template <typename Number>
bool readNumber(std::string_view text, Number& value) {
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    return code == std::errc{} && end == text.data() + text.size();
}

/// "16", "0.7", "on", "ceil": what readValue() reads back.
std::string valueText(const ParamSpec& spec, double value);

/// Absent where the text is no value of this kind; numbers may be out of range.
std::optional<double> readValue(const ParamSpec& spec, std::string_view text);

/// "an integer from 2 to 53", "on or off", "saturate or wrap".
std::string expectedText(const ParamSpec& spec);

}  // namespace mantissa::numerics
