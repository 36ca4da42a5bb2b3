// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/formats/code_parts.h"

#include <algorithm>
#include <limits>
#include <sstream>

namespace mantissa::numerics {

std::optional<std::uint32_t> steppedCode(float x, int step, double largest) {
    if (!std::isfinite(x)) {
        return std::nullopt;
    }
    const float magnitude = std::fabs(x);
    const double code =
        std::fmin(std::floor(std::ldexp(static_cast<double>(magnitude), -step)), largest);
    if (steppedValue(code, step) != magnitude) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(code);
}

LargestOf largestIn(std::span<const float> block) {
    LargestOf result;
    for (std::size_t i = 0; i < block.size(); ++i) {
        if (const float magnitude = std::fabs(block[i]);
            std::isfinite(magnitude) && magnitude > result.magnitude) {
            result = {magnitude, i};
        }
    }
    return result;
}

std::string offGrid(int step) {
    return "no multiple of 2^" + std::to_string(step) +
           ", the finest step that reaches to the largest magnitude of its block";
}

std::string tooLarge(double largest) {
    std::ostringstream text;
    text << "larger than " << largest << ", the largest magnitude";
    return text.str();
}

std::optional<std::uint32_t> minifloatCode(double x, const Minifloat& format) {
    const auto m = static_cast<unsigned>(format.mantissaBits);
    const auto e = static_cast<unsigned>(format.exponentBits);
    const std::uint32_t allOnes = (std::uint32_t{1} << (e + m)) - 1;
    const std::uint32_t sign = std::signbit(x) ? std::uint32_t{1} << (e + m) : 0;
    if (std::isnan(x)) {
        const bool has = format.variant == MinifloatVariant::Fn ||
                         (format.variant == MinifloatVariant::Ieee && format.mantissaBits > 0);
        return has ? std::optional(sign | allOnes) : std::nullopt;
    }
    const double magnitude = std::fabs(x);
    if (std::isinf(x)) {
        const std::uint32_t infinity = allOnes >> m << m;
        return format.variant == MinifloatVariant::Ieee ? std::optional(sign | infinity)
                                                        : std::nullopt;
    }
    if (magnitude > largestOf(format) ||
        (!format.subnormals && magnitude > 0 && magnitude < smallestNormalOf(format))) {
        return std::nullopt;
    }
    const int lowest = lowestExponent(format);
    const int exponent = magnitude > 0 ? std::max(std::ilogb(magnitude), lowest) : lowest;
    const double steps = std::ldexp(magnitude, format.mantissaBits - exponent);
    if (steps != std::floor(steps)) {
        return std::nullopt;
    }
    // The hidden one counts as a one in the exponent field.
    return sign | (static_cast<std::uint32_t>(steps) +
                   (static_cast<std::uint32_t>(exponent - lowest) << m));
}

std::optional<double> minifloatValue(std::uint32_t code, const Minifloat& format) {
    using Limits = std::numeric_limits<double>;
    const auto m = static_cast<unsigned>(format.mantissaBits);
    const auto e = static_cast<unsigned>(format.exponentBits);
    const std::uint32_t field = (code >> m) & ((1U << e) - 1);
    const std::uint32_t fraction = code & ((std::uint32_t{1} << m) - 1);
    const bool topField = field == (1U << e) - 1;
    const bool topFraction = fraction == (std::uint32_t{1} << m) - 1;
    const bool negative = ((code >> (e + m)) & 1U) != 0;
    double magnitude = 0;
    if (topField && format.variant == MinifloatVariant::Ieee) {
        magnitude = fraction == 0 ? Limits::infinity() : Limits::quiet_NaN();
    } else if (topField && topFraction && format.variant == MinifloatVariant::Fn) {
        magnitude = Limits::quiet_NaN();
    } else if (field > 0) {
        magnitude = std::ldexp(static_cast<double>(fraction + (std::uint32_t{1} << m)),
                               static_cast<int>(field) - biasOf(format) - format.mantissaBits);
    } else if (fraction == 0 || format.subnormals) {
        magnitude =
            std::ldexp(static_cast<double>(fraction), lowestExponent(format) - format.mantissaBits);
    } else {
        return std::nullopt;
    }
    return negative ? -magnitude : magnitude;
}

std::vector<float> distinct(std::span<const float> block) {
    std::vector<float> values(block.begin(), block.end());
    const auto before = [](float a, float b) {
        return a < b || (a == b && std::signbit(a) && !std::signbit(b));
    };
    std::sort(values.begin(), values.end(), before);
    const auto same = [](float a, float b) { return a == b && std::signbit(a) == std::signbit(b); };
    values.erase(std::unique(values.begin(), values.end(), same), values.end());
    return values;
}

}  // namespace mantissa::numerics
