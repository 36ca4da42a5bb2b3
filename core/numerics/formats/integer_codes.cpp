// SPDX-License-Identifier: GPL-3.0-or-later
// Codes of uniform grids.
#include "core/numerics/formats/block_codes.h"
#include "core/numerics/formats/code_parts.h"
#include "core/numerics/formats/integer_rounding.h"

namespace mantissa::numerics {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

bool isNegativeZero(float x) {
    return x == 0 && std::signbit(x);
}

/// Calls `accept(s)` with floats around `centre` from the nearest outwards, up to `reach` of them
/// on either side and no further than `holds(s)`; returns the first that it takes.
template <typename Holds, typename Accept>
std::optional<float> nearestFloat(double centre, std::int64_t reach, const Holds& holds,
                                  const Accept& accept) {
    const auto middle = static_cast<float>(centre);
    const auto good = [&](float s) { return s > 0 && std::isfinite(s) && holds(s) && accept(s); };
    if (good(middle)) {
        return middle;
    }
    for (const float end : {0.0F, kInfinity}) {
        float s = middle;
        for (std::int64_t i = 0; i < reach; ++i) {
            s = std::nextafter(s, end);
            if (s <= 0 || !std::isfinite(s) || !holds(s)) {
                break;
            }
            if (accept(s)) {
                return s;
            }
        }
    }
    return std::nullopt;
}

double affineCodes(const AffineInteger& a) {
    return std::ldexp(1.0, a.bits) - 1;
}

std::optional<std::uint32_t> affineCode(float x, float scale, float lowest, double codes) {
    const double position = scale > 0 ? (static_cast<double>(x) - static_cast<double>(lowest)) /
                                            static_cast<double>(scale)
                                      : 0;
    for (const double code : {std::floor(position + 0.5), std::ceil(position - 0.5),
                              std::floor(position), std::ceil(position)}) {
        const double inside = std::clamp(code, 0.0, codes);
        if (affineValue(inside, scale, lowest) == x) {
            return static_cast<std::uint32_t>(inside);
        }
    }
    return std::nullopt;
}

/// A scale under which each of these ascending numbers has a code. The smallest is the block's
/// minimum itself, code 0. The largest is the top code or, where the scale was rounded up and the
/// rounding goes down, the one below; with a scale too small for binary32's precision it may be
/// any. Either fixes the scale to within half an ulp of that number, which are few scales unless
/// the numbers lie far from zero for their span: then their ulp is up to twice the step, and up to
/// 2^25 / codes scales lead to the same largest number.
std::optional<float> affineScale(std::span<const float> numbers, double codes) {
    const float lowest = numbers.front();
    const float highest = numbers.back();
    if (lowest == highest) {
        return 0.0F;
    }
    const double span = static_cast<double>(highest) - static_cast<double>(lowest);
    const auto fits = [&](float scale) {
        return std::all_of(numbers.begin(), numbers.end(), [&](float x) {
            return affineCode(x, scale, lowest, codes).has_value();
        });
    };
    constexpr std::int64_t kFew = 4;
    const auto many = static_cast<std::int64_t>(0x1p25 / codes) + kFew;
    for (auto code = static_cast<std::int64_t>(codes); code > 0; --code) {
        const auto steps = static_cast<double>(code);
        const auto leadsToHighest = [&](float scale) {
            return affineValue(steps, scale, lowest) == highest;
        };
        if (const auto scale = nearestFloat(span / steps, steps >= codes - 1 ? many : kFew,
                                            leadsToHighest, fits)) {
            return scale;
        }
    }
    return std::nullopt;
}

std::optional<std::uint32_t> boundedCode(float x, float step, double codes) {
    const double magnitude = std::fabs(static_cast<double>(x));
    const double code = std::fmin(std::floor(magnitude / static_cast<double>(step) + 0.5), codes);
    if (!std::isfinite(x) || static_cast<float>(code * static_cast<double>(step)) != std::fabs(x)) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(code);
}

/// The largest step of which each number of a block is a multiple.
std::optional<float> relativeStep(std::span<const float> block, double codes) {
    std::vector<float> magnitudes;
    for (const float x : block) {
        if (std::isfinite(x) && x != 0) {
            magnitudes.push_back(std::fabs(x));
        }
    }
    if (magnitudes.empty()) {
        return std::numeric_limits<float>::denorm_min();
    }
    magnitudes = distinct(magnitudes);
    const float highest = magnitudes.back();
    const auto fits = [&](float step) {
        return std::all_of(magnitudes.begin(), magnitudes.end(),
                           [&](float x) { return boundedCode(x, step, codes).has_value(); });
    };
    for (std::int64_t code = 1; code <= static_cast<std::int64_t>(codes); ++code) {
        const auto steps = static_cast<double>(code);
        const auto leadsToHighest = [&](float step) {
            return static_cast<float>(steps * static_cast<double>(step)) == highest;
        };
        constexpr std::int64_t kFew = 4;  // a step has as many bits as the number
        if (const auto step =
                nearestFloat(static_cast<double>(highest) / steps, kFew, leadsToHighest, fits)) {
            return step;
        }
    }
    return std::nullopt;
}

/// The first number that is not finite, or that two's complement or unsigned codes lack.
Fault unsuited(std::span<const float> block, bool oneZero) {
    for (std::size_t i = 0; i < block.size(); ++i) {
        if (!std::isfinite(block[i])) {
            return CodeFault{i, kNoSpecials};
        }
        if (oneZero && isNegativeZero(block[i])) {
            return CodeFault{i, kOneZero};
        }
    }
    return {};
}

std::size_t positionOf(float x, std::span<const float> block) {
    return static_cast<std::size_t>(std::find(block.begin(), block.end(), x) - block.begin());
}

}  // namespace

Fault packFixedPoint(const Format& format, std::span<const float> block, BitWriter& to) {
    const auto& f = std::get<FixedPoint>(format);
    if (auto fault = unsuited(block, true)) {
        return fault;
    }
    for (std::size_t i = 0; i < block.size(); ++i) {
        const float x = block[i];
        const double codes = x < 0 ? -lowestCode(f) : largestCode(f);
        const auto magnitude = steppedCode(x, -f.fractionBits, codes);
        if (!magnitude) {
            const double largest = std::ldexp(codes, -f.fractionBits);
            return CodeFault{i, static_cast<double>(std::fabs(x)) > largest
                                    ? tooLarge(largest)
                                    : "no multiple of 2^" + std::to_string(-f.fractionBits)};
        }
        to.put(twosComplement(x < 0 ? -std::int64_t{*magnitude} : std::int64_t{*magnitude}),
               f.integerBits + f.fractionBits);
    }
    return {};
}

Fault unpackFixedPoint(const Format& format, BitReader& from, std::span<float> block) {
    const auto& f = std::get<FixedPoint>(format);
    const int width = f.integerBits + f.fractionBits;
    for (std::size_t i = 0; i < block.size(); ++i) {
        const auto code = static_cast<double>(fromTwosComplement(from.get(width), width));
        if (code < lowestCode(f)) {
            return CodeFault{i, "its code stands for no number"};
        }
        block[i] = steppedValue(code, -f.fractionBits);
    }
    return {};
}

Fault packAffine(const Format& format, std::span<const float> block, BitWriter& to) {
    const auto& a = std::get<AffineInteger>(format);
    if (auto fault = unsuited(block, true)) {
        return fault;
    }
    const auto numbers = distinct(block);
    const auto scale = affineScale(numbers, affineCodes(a));
    if (!scale) {
        return CodeFault{positionOf(numbers.back(), block),
                         "no scale fits it and the other numbers of its block"};
    }
    to.putFloat(*scale);
    to.putFloat(numbers.front());
    for (const float x : block) {
        to.put(affineCode(x, *scale, numbers.front(), affineCodes(a)).value_or(0), a.bits);
    }
    return {};
}

Fault unpackAffine(const Format& format, BitReader& from, std::span<float> block) {
    const auto& a = std::get<AffineInteger>(format);
    const float scale = from.getFloat();
    const float lowest = from.getFloat();
    if (!std::isfinite(scale) || scale < 0 || !std::isfinite(lowest)) {
        return CodeFault{0, "the scale or minimum of its block is no number"};
    }
    for (float& x : block) {
        x = affineValue(from.get(a.bits), scale, lowest);
    }
    return {};
}

Fault packBounded(const Format& format, std::span<const float> block, BitWriter& to) {
    const auto& b = std::get<ErrorBounded>(format);
    if (auto fault = unsuited(block, false)) {
        return fault;
    }
    auto step = std::optional(storedStep(2 * b.bound));
    if (b.relative) {
        step = relativeStep(block, largestCode(b));
        if (!step) {
            return CodeFault{largestIn(block).position,
                             "no step fits it and the other numbers of its block"};
        }
        to.putFloat(*step);
    }
    for (std::size_t i = 0; i < block.size(); ++i) {
        const auto code = boundedCode(block[i], *step, largestCode(b));
        if (!code) {
            const double largest = largestCode(b) * static_cast<double>(*step);
            return CodeFault{i, static_cast<double>(std::fabs(block[i])) > largest
                                    ? tooLarge(largest)
                                    : "no multiple of twice the bound"};
        }
        to.put(*code, b.bits - 1);
        to.put(std::signbit(block[i]) ? 1 : 0, 1);
    }
    return {};
}

Fault unpackBounded(const Format& format, BitReader& from, std::span<float> block) {
    const auto& b = std::get<ErrorBounded>(format);
    const float step = b.relative ? from.getFloat() : storedStep(2 * b.bound);
    if (!std::isfinite(step) || step <= 0) {
        return CodeFault{0, "the step of its block is no positive number"};
    }
    for (std::size_t i = 0; i < block.size(); ++i) {
        const double code = from.get(b.bits - 1);
        const auto magnitude = static_cast<float>(code * static_cast<double>(step));
        if (!std::isfinite(magnitude)) {
            return CodeFault{i, kBeyondBinary32};
        }
        block[i] = from.get(1) != 0 ? -magnitude : magnitude;
    }
    return {};
}

}  // namespace mantissa::numerics
