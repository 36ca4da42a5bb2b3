// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/format.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/numerics/registry.h"

namespace mantissa::numerics {
namespace {

constexpr std::array<std::string_view, 7> kRoundings{"nearest_even", "nearest_away", "nearest_up",
                                                     "nearest_down", "toward_zero",  "floor",
                                                     "stochastic"};

/// The N of "stochastic<N>"; 0 where it is none from 1 to 24.
int readRandomBits(std::string_view text) {
    constexpr std::string_view kPrefix = "stochastic<";
    if (text.substr(0, kPrefix.size()) != kPrefix || text.back() != '>') {
        return 0;
    }
    text = text.substr(kPrefix.size(), text.size() - kPrefix.size() - 1);
    int bits = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), bits);
    const bool whole = code == std::errc{} && end == text.data() + text.size();
    return whole && bits >= 1 && bits <= kFullRandomBits ? bits : 0;
}

}  // namespace

Result<void> validate(const Format& format) {
    const auto& family = familyOf(format);
    for (const auto& parameter : family.parameters) {
        if (auto legal = checkParam(parameter.spec, parameter.get(format), family.id); !legal) {
            return legal;
        }
    }
    return family.check == nullptr ? Result<void>{} : family.check(format);
}

std::string roundingText(Rounding rounding, int randomBits) {
    std::string text(kRoundings.at(static_cast<std::size_t>(rounding)));
    if (rounding == Rounding::Stochastic && randomBits != kFullRandomBits) {
        text += "<" + std::to_string(randomBits) + ">";
    }
    return text;
}

Result<RoundingChoice> parseRounding(std::string_view text) {
    const auto* const found = std::find(kRoundings.begin(), kRoundings.end(), text);
    if (found != kRoundings.end()) {
        return RoundingChoice{static_cast<Rounding>(found - kRoundings.begin())};
    }
    if (const int bits = readRandomBits(text); bits > 0) {
        return RoundingChoice{Rounding::Stochastic, bits};
    }
    std::string list;
    for (const auto name : kRoundings) {
        list += (list.empty() ? "" : ", ") + std::string(name);
    }
    return fail(ErrorCode::InvalidInput, "rounding is \"" + std::string(text) +
                                             "\", must be one of " + list +
                                             ", or stochastic<BITS> with 1 to 24 random bits");
}

}  // namespace mantissa::numerics
