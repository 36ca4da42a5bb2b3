// SPDX-License-Identifier: GPL-3.0-or-later
// Codes of formats whose elements are minifloats: alone, or under a shared scale.
#include <limits>

#include "core/numerics/formats/block_codes.h"
#include "core/numerics/formats/code_parts.h"
#include "core/numerics/scalar_rounding.h"

namespace mantissa::numerics {
namespace {

constexpr double kLargestBinary32 = std::numeric_limits<float>::max();

int elementBits(const Minifloat& m) {
    return 1 + m.exponentBits + m.mantissaBits;
}

std::string minifloatReason(float x, const Minifloat& m) {
    if (!std::isfinite(x)) {
        return std::isnan(x) ? "NaN has no code" : "infinity has no code";
    }
    if (static_cast<double>(std::fabs(x)) > largestOf(m)) {
        return tooLarge(largestOf(m));
    }
    return "it lies between two numbers of the format";
}

std::uint32_t nanScale(const Microscaled& m) {
    return (1U << static_cast<unsigned>(m.scaleBits)) - 1;
}

/// An element under the scale 2^scale.
std::optional<std::uint32_t> scaledCode(float x, const Microscaled& m, int scale) {
    if (!hasIntegerElements(m)) {
        return minifloatCode(std::ldexp(static_cast<double>(x), -scale), elementOf(m));
    }
    const int step = scale + 2 - m.mantissaBits;
    const auto magnitude = steppedCode(x, step, std::ldexp(1.0, m.mantissaBits - 1) - 1);
    if (!magnitude || (x == 0 && std::signbit(x))) {
        return std::nullopt;
    }
    return twosComplement(x < 0 ? -std::int64_t{*magnitude} : std::int64_t{*magnitude});
}

std::optional<double> scaledValue(std::uint32_t code, const Microscaled& m, int scale) {
    if (hasIntegerElements(m)) {
        const auto number = fromTwosComplement(code, m.mantissaBits);
        if (number == -(std::int64_t{1} << (m.mantissaBits - 1))) {
            return std::nullopt;
        }
        return std::ldexp(static_cast<double>(number), scale + 2 - m.mantissaBits);
    }
    const auto element = minifloatValue(code, elementOf(m));
    if (!element || !std::isfinite(*element)) {  // a block without a NaN scale has none
        return std::nullopt;
    }
    return std::ldexp(*element, scale);
}

int scaledBits(const Microscaled& m) {
    return hasIntegerElements(m) ? m.mantissaBits : elementBits(elementOf(m));
}

std::string scaledReason(float x, const Microscaled& m, int scale) {
    if (!std::isfinite(x)) {
        return "NaN makes its whole block NaN, and infinities have no code";
    }
    if (x == 0) {
        return kOneZero;
    }
    const double largest = std::ldexp(largestOf(elementOf(m)), scale);
    return static_cast<double>(std::fabs(x)) > largest
               ? tooLarge(largest)
               : "it lies between two numbers of its block, whose scale is 2^" +
                     std::to_string(scale);
}

/// See block_codes.h; a smaller scale never has coarser steps, for those of minifloats only follow
/// the scale among the subnormals.
int smallestScale(const Microscaled& m, float largest) {
    const double top = largestOf(elementOf(m));
    const int lowest = -highestScale(m);
    int scale = largest > 0 ? std::clamp(exponentOf(largest) - largestExponentOf(m), lowest,
                                         highestScale(m))
                            : lowest;
    while (scale < highestScale(m) && std::ldexp(top, scale) < static_cast<double>(largest)) {
        ++scale;
    }
    return scale;
}

}  // namespace

int packedStep(const Microscaled& format, float largestMagnitude) {
    const Minifloat element = elementOf(format);
    return smallestScale(format, largestMagnitude) + lowestExponent(element) - element.mantissaBits;
}

Fault packFp32(const Format&, std::span<const float> block, BitWriter& to) {
    for (const float x : block) {
        to.putFloat(x);
    }
    return {};
}

Fault unpackFp32(const Format&, BitReader& from, std::span<float> block) {
    for (float& x : block) {
        x = from.getFloat();
    }
    return {};
}

Fault packMinifloat(const Format& format, std::span<const float> block, BitWriter& to) {
    const auto& m = std::get<Minifloat>(format);
    for (std::size_t i = 0; i < block.size(); ++i) {
        const auto code = minifloatCode(static_cast<double>(block[i]), m);
        if (!code) {
            return CodeFault{i, minifloatReason(block[i], m)};
        }
        to.put(*code, elementBits(m));
    }
    return {};
}

Fault unpackMinifloat(const Format& format, BitReader& from, std::span<float> block) {
    const auto& m = std::get<Minifloat>(format);
    for (std::size_t i = 0; i < block.size(); ++i) {
        const auto value = minifloatValue(from.get(elementBits(m)), m);
        if (!value) {
            return CodeFault{i, "it is subnormal, and the format has no subnormal numbers"};
        }
        if (std::isfinite(*value) && std::fabs(*value) > kLargestBinary32) {
            return CodeFault{i, kBeyondBinary32};
        }
        block[i] = static_cast<float>(*value);
        if (std::isfinite(*value) && static_cast<double>(block[i]) != *value) {
            return CodeFault{i, kBelowBinary32};
        }
    }
    return {};
}

Fault packMicroscaled(const Format& format, std::span<const float> block, BitWriter& to) {
    const auto& m = std::get<Microscaled>(format);
    const bool isNaN =
        std::all_of(block.begin(), block.end(), [](float x) { return std::isnan(x); });
    const int scale = smallestScale(m, largestIn(block).magnitude);
    to.put(isNaN ? nanScale(m) : static_cast<std::uint32_t>(scale + highestScale(m)), m.scaleBits);
    for (std::size_t i = 0; i < block.size(); ++i) {
        const auto code = isNaN                     ? 0U
                          : std::isfinite(block[i]) ? scaledCode(block[i], m, scale)
                                                    : std::nullopt;
        if (!code) {
            return CodeFault{i, scaledReason(block[i], m, scale)};
        }
        to.put(*code, scaledBits(m));
    }
    return {};
}

Fault unpackMicroscaled(const Format& format, BitReader& from, std::span<float> block) {
    const auto& m = std::get<Microscaled>(format);
    const auto field = from.get(m.scaleBits);
    const int scale = static_cast<int>(field) - highestScale(m);
    for (std::size_t i = 0; i < block.size(); ++i) {
        const auto code = from.get(scaledBits(m));
        if (field == nanScale(m)) {
            block[i] = std::numeric_limits<float>::quiet_NaN();
            continue;
        }
        const auto value = scaledValue(code, m, scale);
        if (!value) {
            return CodeFault{i, "its code stands for no number"};
        }
        if (std::fabs(*value) > kLargestBinary32) {
            return CodeFault{i, kBeyondBinary32};
        }
        block[i] = static_cast<float>(*value);
        if (static_cast<double>(block[i]) != *value) {
            return CodeFault{i, kBelowBinary32};
        }
    }
    return {};
}

}  // namespace mantissa::numerics
