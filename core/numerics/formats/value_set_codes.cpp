// SPDX-License-Identifier: GPL-3.0-or-later
// Codes of formats of a few values.
#include <algorithm>

#include "core/numerics/formats/block_codes.h"
#include "core/numerics/formats/code_parts.h"
#include "core/numerics/formats/value_sets.h"
#include "core/numerics/scalar_rounding.h"

namespace mantissa::numerics {
namespace {

constexpr int kTopBits = 9;
constexpr int kTopBias = 149;

constexpr std::uint32_t kMinusOne = 3;  ///< in two's complement of two bits
constexpr const char* kTwoMagnitudes = "its block has another magnitude already, the scale";

/// k of the k-th power from below, 0 for zero.
std::optional<std::uint32_t> powerCode(float x, const PowerOfTwo& p, int top) {
    if (!std::isfinite(x)) {
        return std::nullopt;
    }
    if (x == 0) {
        return 0;
    }
    const int k = exponentOf(std::fabs(x)) - top + exponentCount(p);
    if (k < 1 || k > exponentCount(p) ||
        std::ldexp(1.0F, exponentOf(std::fabs(x))) != std::fabs(x)) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(k);
}

/// The magnitude of the first number that is not zero; for Binary, where zero is a scale too, of
/// the first.
Fault readScale(BitReader& from, bool stored, float& scale) {
    scale = stored ? from.getFloat() : 1.0F;
    if (!std::isfinite(scale) || scale < 0) {
        return CodeFault{0, "the scale of its block is no magnitude"};
    }
    return {};
}

}  // namespace

Fault packPowerOfTwo(const Format& format, std::span<const float> block, BitWriter& to) {
    const auto& p = std::get<PowerOfTwo>(format);
    const float largest = largestIn(block).magnitude;
    const int lowest = lowestTop(p);
    const int top = p.top.value_or(largest > 0 ? std::max(exponentOf(largest), lowest) : lowest);
    if (!p.top) {
        to.put(static_cast<std::uint32_t>(top + kTopBias), kTopBits);
    }
    for (std::size_t i = 0; i < block.size(); ++i) {
        const auto code = powerCode(block[i], p, top);
        if (!code) {
            return CodeFault{i, std::isfinite(block[i])
                                    ? "no power of two from 2^" +
                                          std::to_string(top - exponentCount(p) + 1) + " to 2^" +
                                          std::to_string(top)
                                    : kNoSpecials};
        }
        to.put(*code, p.bits - 1);
        to.put(std::signbit(block[i]) ? 1 : 0, 1);
    }
    return {};
}

Fault unpackPowerOfTwo(const Format& format, BitReader& from, std::span<float> block) {
    const auto& p = std::get<PowerOfTwo>(format);
    const int top = p.top ? *p.top : static_cast<int>(from.get(kTopBits)) - kTopBias;
    if (top < lowestTop(p) || top > 127) {
        return CodeFault{0, "its block's largest exponent is " + std::to_string(top) +
                                ", must be from " + std::to_string(lowestTop(p)) + " to 127"};
    }
    for (float& x : block) {
        const auto code = static_cast<int>(from.get(p.bits - 1));
        const float magnitude = code == 0 ? 0.0F : std::ldexp(1.0F, top - exponentCount(p) + code);
        x = from.get(1) != 0 ? -magnitude : magnitude;
    }
    return {};
}

Fault packBinary(const Format& format, std::span<const float> block, BitWriter& to) {
    const bool stored = std::get<Binary>(format).scale != SignScale::One;
    const float scale = stored && !block.empty() ? std::fabs(block.front()) : 1.0F;
    if (stored) {
        to.putFloat(scale);
    }
    for (std::size_t i = 0; i < block.size(); ++i) {
        if (!std::isfinite(block[i])) {
            return CodeFault{i, kNoSpecials};
        }
        if (std::fabs(block[i]) != scale) {
            return CodeFault{i, stored ? kTwoMagnitudes : "neither -1 nor 1"};
        }
        to.put(std::signbit(block[i]) ? 1 : 0, 1);
    }
    return {};
}

Fault unpackBinary(const Format& format, BitReader& from, std::span<float> block) {
    float scale = 1;
    if (auto fault = readScale(from, std::get<Binary>(format).scale != SignScale::One, scale)) {
        return fault;
    }
    for (float& x : block) {
        x = from.get(1) != 0 ? -scale : scale;
    }
    return {};
}

Fault packTernary(const Format& format, std::span<const float> block, BitWriter& to) {
    const bool stored = std::get<Ternary>(format).scale != SignScale::One;
    const float scale = stored ? largestIn(block).magnitude : 1.0F;
    if (stored) {
        to.putFloat(scale);
    }
    for (std::size_t i = 0; i < block.size(); ++i) {
        const float x = block[i];
        if (!std::isfinite(x)) {
            return CodeFault{i, kNoSpecials};
        }
        if (x == 0 && std::signbit(x)) {
            return CodeFault{i, kOneZero};
        }
        if (x != 0 && std::fabs(x) != scale) {
            return CodeFault{i, stored ? kTwoMagnitudes : "neither -1, 0 nor 1"};
        }
        to.put(x == 0 ? 0 : x < 0 ? kMinusOne : 1, 2);
    }
    return {};
}

Fault unpackTernary(const Format& format, BitReader& from, std::span<float> block) {
    float scale = 1;
    if (auto fault = readScale(from, std::get<Ternary>(format).scale != SignScale::One, scale)) {
        return fault;
    }
    for (std::size_t i = 0; i < block.size(); ++i) {
        const auto code = from.get(2);
        if (code == 2) {
            return CodeFault{i, "its code stands for no number"};
        }
        block[i] = code == 0 || scale == 0 ? 0.0F : code == kMinusOne ? -scale : scale;
    }
    return {};
}

Fault packCodebook(const Format& format, std::span<const float> block, BitWriter& to) {
    const auto& c = std::get<Codebook>(format);
    const auto size = std::size_t{1} << static_cast<unsigned>(c.bits);
    for (std::size_t i = 0; i < block.size(); ++i) {
        if (!std::isfinite(block[i])) {
            return CodeFault{i, kNoSpecials};
        }
    }
    const auto values = distinct(block);
    const auto before = [](float a, float b) {
        return a < b || (a == b && std::signbit(a) && !std::signbit(b));
    };
    for (std::size_t j = 0; j < size; ++j) {
        to.putFloat(values.empty() ? 0.0F : values[std::min(j, values.size() - 1)]);
    }
    for (std::size_t i = 0; i < block.size(); ++i) {
        const auto found = std::lower_bound(values.begin(), values.end(), block[i], before);
        const auto index = static_cast<std::size_t>(found - values.begin());
        if (index >= size) {
            return CodeFault{i, "its block has " + std::to_string(values.size()) +
                                    " values, the codebook " + std::to_string(size)};
        }
        to.put(static_cast<std::uint32_t>(index), c.bits);
    }
    return {};
}

Fault unpackCodebook(const Format& format, BitReader& from, std::span<float> block) {
    const auto& c = std::get<Codebook>(format);
    std::vector<float> values(std::size_t{1} << static_cast<unsigned>(c.bits));
    for (float& value : values) {
        value = from.getFloat();
        if (!std::isfinite(value)) {
            return CodeFault{0, "the codebook of its block has a value that is no number"};
        }
    }
    for (float& x : block) {
        x = values[from.get(c.bits)];
    }
    return {};
}

}  // namespace mantissa::numerics
