// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/multiplier.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace mantissa::numerics {
namespace {

constexpr std::array<int, 8> kWidths{1, 2, 3, 4, 5, 6, 7, kBinary32MantissaBits};
constexpr std::string_view kTableOpen = "lut<";

struct RuleTexts {
    std::string_view prefix;
    std::string_view label;
    std::string_view product;  ///< ApproxTrain's own name without the total bits; "": it has none
};
/// In the order of ProductRule.
constexpr std::array<RuleTexts, 3> kRules{{{"acc", "Truncated product", ""},
                                           {"mit", "Mitchell", "MITCHEL"},
                                           {"mbm", "Minimally biased", "FMBM"}}};

const RuleTexts& textsOf(ProductRule rule) {
    return kRules.at(static_cast<std::size_t>(rule));
}

std::string nameOf(const ApproximateMultiplier& multiplier) {
    return std::string(textsOf(multiplier.rule).prefix) + "_" +
           std::to_string(multiplier.mantissaBits);
}

bool isReleased(const ApproximateMultiplier& multiplier) {
    return multiplier.rule == ProductRule::Truncated ? multiplier.mantissaBits == kMostTableBits
                                                     : multiplier.mantissaBits % 2 == 1;
}

/// MITCHEL23 counts mantissa bits where every other name counts sign, exponent and mantissa.
std::string releasedName(const ApproximateMultiplier& multiplier) {
    if (multiplier.rule == ProductRule::Truncated) {
        return "BFLOAT";
    }
    const bool direct = multiplier.mantissaBits == kBinary32MantissaBits;
    const bool mitchell = multiplier.rule == ProductRule::Mitchell;
    const int bits = multiplier.mantissaBits + (direct && mitchell ? 0 : 9);
    return std::string(textsOf(multiplier.rule).product) + std::to_string(bits);
}

NamedMultiplier named(const ApproximateMultiplier& multiplier) {
    const bool released = isReleased(multiplier);
    const bool one = multiplier.mantissaBits == 1;
    return {
        nameOf(multiplier),
        std::string(textsOf(multiplier.rule).label) + ", " +
            std::to_string(multiplier.mantissaBits) + (one ? " mantissa bit" : " mantissa bits") +
            (released ? " (" + releasedName(multiplier) + ")" : ""),
        released ? "ApproxTrain, Gong et al., IEEE TCAD 2023, arXiv 2209.04161; arithmetic from "
                   "the released code at cc83cfc, paper not read"
                 : "the rule of ApproxTrain's released code at a width that it does not ship",
        multiplier};
}

std::vector<NamedMultiplier> allNamed() {
    std::vector<NamedMultiplier> all{
        {"fp32", "Exact binary32", "IEEE 754 binary32", ExactMultiplier{}}};
    for (std::size_t rule = 0; rule < kRules.size(); ++rule) {
        for (const int width : kWidths) {
            all.push_back(named({static_cast<ProductRule>(rule), width}));
        }
    }
    return all;
}

}  // namespace

Result<void> validate(const Multiplier& multiplier) {
    if (const auto* approximate = std::get_if<ApproximateMultiplier>(&multiplier)) {
        if (std::find(kWidths.begin(), kWidths.end(), approximate->mantissaBits) == kWidths.end()) {
            return fail(ErrorCode::InvalidInput,
                        "mantissa bits are " + std::to_string(approximate->mantissaBits) +
                            ", must be from 1 to 7 (a table) or 23 (computed)",
                        "multiplier " + std::string(textsOf(approximate->rule).prefix));
        }
    }
    if (const auto* table = std::get_if<TableMultiplier>(&multiplier)) {
        if (table->file.empty()) {
            return fail(ErrorCode::InvalidInput, "names no file, must be lut<FILE>", "multiplier");
        }
    }
    return {};
}

std::string multiplierText(const Multiplier& multiplier) {
    if (const auto* approximate = std::get_if<ApproximateMultiplier>(&multiplier)) {
        return nameOf(*approximate);
    }
    if (const auto* table = std::get_if<TableMultiplier>(&multiplier)) {
        return std::string(kTableOpen) + table->file + ">";
    }
    return "fp32";
}

Result<Multiplier> parseMultiplier(std::string_view text) {
    std::string lowered(text);
    std::transform(lowered.begin(), lowered.end(), lowered.begin(), [](char c) {
        return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    });
    for (const auto& candidate : namedMultipliers()) {
        if (candidate.name == lowered) {
            return candidate.multiplier;
        }
    }
    if (lowered.starts_with(kTableOpen) && lowered.ends_with('>')) {
        const Multiplier table = TableMultiplier{
            std::string(text.substr(kTableOpen.size(), text.size() - kTableOpen.size() - 1))};
        if (const auto legal = validate(table); !legal) {
            return tl::unexpected(legal.error());
        }
        return table;
    }
    return fail(ErrorCode::InvalidInput,
                "unknown multiplier, must be fp32, acc_M, mit_M or mbm_M with M from 1 to 7 or 23, "
                "or lut<FILE>",
                "multiplier \"" + std::string(text) + "\"", "for example mit_7 or lut<MBM_7.bin>");
}

std::span<const NamedMultiplier> namedMultipliers() {
    static const std::vector<NamedMultiplier> kAll = allNamed();
    return kAll;
}

}  // namespace mantissa::numerics
