// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <bit>
#include <cmath>

#include "core/nn/truncated_float.h"

namespace mantissa::nn {
namespace {

constexpr std::size_t kChains = 16;

template <typename Term>
float sumInChains(const TruncatedFloat& type, std::int64_t count, const Term& term) {
    std::array<float, kChains> chains{};
    for (std::int64_t i = 0; i < count; ++i) {
        float& chain = chains[static_cast<std::size_t>(i) % kChains];
        chain = truncatedRef(type, chain + term(i));
    }
    for (std::size_t half = kChains / 2; half > 0; half /= 2) {
        for (std::size_t l = 0; l < half; ++l) {
            chains[l] = truncatedRef(type, chains[l] + chains[l + half]);
        }
    }
    return chains[0];
}

/// `value` with its exponent field ANDed with that of `bound`.
float exponentsAnded(float value, float bound) {
    const auto field = std::bit_cast<std::uint32_t>(bound) | 0x807FFFFFU;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) & field);
}

}  // namespace

float truncatedRef(const TruncatedFloat& type, float x) {
    if (type.isBinary32() || !std::isfinite(x)) {
        return x;
    }
    const auto kept = std::bit_cast<float>(std::bit_cast<std::uint32_t>(x) & type.mask);
    if (std::fabs(kept) > type.largest) {
        return type.andsExponents ? exponentsAnded(kept, type.largest)
                                  : std::copysign(type.largest, x);
    }
    if (std::fabs(kept) < type.smallest) {
        return type.andsExponents ? exponentsAnded(kept, type.smallest) : std::copysign(0.0F, x);
    }
    return kept;
}

float truncatedSumRef(const TruncatedFloat& type, const float* x, std::int64_t count) {
    return sumInChains(type, count, [&](std::int64_t i) { return x[i]; });
}

float truncatedProductsRef(const TruncatedFloat& type, const TruncatedFloat& element,
                           const float* g, const float* x, float mean, float inverse,
                           std::int64_t count) {
    return sumInChains(type, count, [&](std::int64_t i) {
        const float hat = truncatedRef(element, (x[i] - mean) * inverse);
        return truncatedRef(type, g[i] * hat);
    });
}

}  // namespace mantissa::nn
