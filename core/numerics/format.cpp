// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/format.h"

#include <algorithm>
#include <array>

#include "core/numerics/format_limits.h"
#include "core/numerics/registry.h"

namespace mantissa::numerics {
namespace {

constexpr std::array<std::string_view, 5> kRoundings{"nearest_even", "nearest_away", "nearest_up",
                                                     "toward_zero", "stochastic"};

/// binary32 carries every emulated value: exponents up to 127, steps from 2^-149.
constexpr int kHighestExponent = 127;
constexpr int kLowestStepExponent = -149;

Result<void> checkMinifloat(const Minifloat& format) {
    if (format.variant == MinifloatVariant::Ieee && format.exponentBits < 2) {
        return fail(ErrorCode::InvalidInput,
                    "exp is 1, must be from 2 to 8 with variant=ieee, which reserves one exponent",
                    "float", "take variant=fn or variant=all, for example float<1,2,variant=all>");
    }
    if (format.variant == MinifloatVariant::Fn && format.exponentBits + format.mantissaBits < 2) {
        return fail(ErrorCode::InvalidInput,
                    "man is 0, must be from 1 to 23 with exp=1 and variant=fn, whose only number "
                    "would be zero",
                    "float");
    }
    const int bias = biasOf(format);
    const int lowest = topField(format) - kHighestExponent;
    const int highest = 1 - format.mantissaBits - kLowestStepExponent;
    if (bias < lowest || bias > highest) {
        return fail(ErrorCode::InvalidInput,
                    "bias is " + std::to_string(bias) + (format.bias ? "" : " (the default)") +
                        ", must be from " + std::to_string(lowest) + " to " +
                        std::to_string(highest) +
                        " with exp=" + std::to_string(format.exponentBits) +
                        " and man=" + std::to_string(format.mantissaBits) +
                        ", so that every number of the format is a binary32 number",
                    "float");
    }
    return {};
}

Result<void> checkBlockFloat(const BlockFloat& format) {
    if (format.magnitudeBits() < 1 || format.magnitudeBits() > 23) {
        const bool in = format.signCounted;
        return fail(ErrorCode::InvalidInput,
                    "man is " + std::to_string(format.mantissaBits) + ", must be from " +
                        (in ? "2 to 24 with sign=in" : "1 to 23 with sign=out"),
                    "bfp");
    }
    return {};
}

}  // namespace

Result<void> validate(const Format& format) {
    const auto& family = familyOf(format);
    for (const auto& parameter : family.parameters) {
        // The default bias follows from exp, whose range is checked before it.
        if (auto legal = checkParam(parameter.spec, parameter.get(format), family.id); !legal) {
            return legal;
        }
    }
    if (const auto* minifloat = std::get_if<Minifloat>(&format)) {
        return checkMinifloat(*minifloat);
    }
    if (const auto* block = std::get_if<BlockFloat>(&format)) {
        return checkBlockFloat(*block);
    }
    return {};
}

std::string_view roundingText(Rounding rounding) {
    return kRoundings.at(static_cast<std::size_t>(rounding));
}

Result<Rounding> parseRounding(std::string_view text) {
    const auto* const found = std::find(kRoundings.begin(), kRoundings.end(), text);
    if (found == kRoundings.end()) {
        std::string list;
        for (const auto name : kRoundings) {
            list += (list.empty() ? "" : ", ") + std::string(name);
        }
        return fail(ErrorCode::InvalidInput,
                    "rounding is \"" + std::string(text) + "\", must be one of " + list);
    }
    return static_cast<Rounding>(found - kRoundings.begin());
}

}  // namespace mantissa::numerics
