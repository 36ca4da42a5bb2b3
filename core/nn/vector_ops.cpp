// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/vector_ops.h"

#include <cstddef>

// Highway re-includes this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/nn/vector_ops.cpp"
#include <hwy/foreach_target.h>
// highway.h needs the target that foreach_target.h has set.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::CappedTag<float, 16>;
using One = hn::CappedTag<float, 1>;

/// Calls body(tag, i) for whole vectors, then for single elements.
template <typename Body>
HWY_INLINE void forEach(std::int64_t count, const Body& body) {
    constexpr auto kStep = static_cast<std::int64_t>(hn::MaxLanes(Tag()));
    std::int64_t i = 0;
    for (; i + kStep <= count; i += kStep) {
        body(Tag(), i);
    }
    for (; i < count; ++i) {
        body(One(), i);
    }
}

/// Adds term(tag, i) over all i: element i goes to chain i mod 16, whatever the vector length.
template <typename Term>
HWY_INLINE double sumInChains(std::int64_t count, const Term& term) {
    constexpr std::size_t kChains = 16;
    constexpr std::size_t kStep = hn::MaxLanes(Tag());
    constexpr std::size_t kParts = kChains / kStep;
    const Tag d;
    hn::Vec<Tag> sum[kParts];
    for (auto& part : sum) {
        part = hn::Zero(d);
    }
    std::int64_t i = 0;
    for (; i + static_cast<std::int64_t>(kChains) <= count; i += kChains) {
        for (std::size_t part = 0; part < kParts; ++part) {
            sum[part] = hn::Add(sum[part], term(d, i + static_cast<std::int64_t>(part * kStep)));
        }
    }
    alignas(64) float chains[kChains];
    for (std::size_t part = 0; part < kParts; ++part) {
        hn::Store(sum[part], d, chains + part * kStep);
    }
    for (std::size_t chain = 0; i < count; ++i, ++chain) {
        chains[chain] += hn::GetLane(term(One(), i));
    }
    double total = 0;
    for (const float chain : chains) {
        total += static_cast<double>(chain);
    }
    return total;
}

void addTo(float* to, const float* from, std::int64_t count) {
    forEach(count, [&](auto d, std::int64_t i) HWY_ATTR {
        hn::StoreU(hn::Add(hn::LoadU(d, to + i), hn::LoadU(d, from + i)), d, to + i);
    });
}

void reluForward(const float* x, float* y, std::int64_t count) {
    forEach(count, [&](auto d, std::int64_t i) HWY_ATTR {
        const auto value = hn::LoadU(d, x + i);
        hn::StoreU(hn::IfThenZeroElse(hn::Lt(value, hn::Zero(d)), value), d, y + i);
    });
}

void reluBackward(const float* y, const float* dy, float* dx, std::int64_t count) {
    forEach(count, [&](auto d, std::int64_t i) HWY_ATTR {
        const auto positive = hn::Gt(hn::LoadU(d, y + i), hn::Zero(d));
        hn::StoreU(hn::IfThenElseZero(positive, hn::LoadU(d, dy + i)), d, dx + i);
    });
}

double sumOf(const float* x, std::int64_t count) {
    return sumInChains(count, [&](auto d, std::int64_t i) HWY_ATTR { return hn::LoadU(d, x + i); });
}

double sumOfSquares(const float* x, float centre, std::int64_t count) {
    return sumInChains(count, [&](auto d, std::int64_t i) HWY_ATTR {
        const auto distance = hn::Sub(hn::LoadU(d, x + i), hn::Set(d, centre));
        return hn::Mul(distance, distance);
    });
}

double sumOfProducts(const float* g, const float* x, float centre, std::int64_t count) {
    return sumInChains(count, [&](auto d, std::int64_t i) HWY_ATTR {
        return hn::Mul(hn::LoadU(d, g + i), hn::Sub(hn::LoadU(d, x + i), hn::Set(d, centre)));
    });
}

void scaleShift(const float* x, float centre, float scale, float shift, float* y,
                std::int64_t count) {
    forEach(count, [&](auto d, std::int64_t i) HWY_ATTR {
        const auto centred = hn::Sub(hn::LoadU(d, x + i), hn::Set(d, centre));
        hn::StoreU(hn::Add(hn::Mul(centred, hn::Set(d, scale)), hn::Set(d, shift)), d, y + i);
    });
}

void centreGradient(const float* g, float meanG, float scale, const float* x, float centre,
                    float slope, float* dx, std::int64_t count) {
    forEach(count, [&](auto d, std::int64_t i) HWY_ATTR {
        const auto gradient = hn::Sub(hn::LoadU(d, g + i), hn::Set(d, meanG));
        const auto centred = hn::Sub(hn::LoadU(d, x + i), hn::Set(d, centre));
        hn::StoreU(
            hn::Sub(hn::Mul(gradient, hn::Set(d, scale)), hn::Mul(centred, hn::Set(d, slope))), d,
            dx + i);
    });
}

Extremes extremesOf(const float* x, std::int64_t count) {
    const Tag d;
    constexpr auto kStep = static_cast<std::int64_t>(hn::MaxLanes(Tag()));
    auto low = hn::Set(d, x[0]);
    auto high = low;
    std::int64_t i = 0;
    for (; i + kStep <= count; i += kStep) {
        const auto value = hn::LoadU(d, x + i);
        low = hn::Min(low, value);
        high = hn::Max(high, value);
    }
    Extremes extremes{hn::GetLane(hn::MinOfLanes(d, low)), hn::GetLane(hn::MaxOfLanes(d, high))};
    for (; i < count; ++i) {
        extremes.minimum = x[i] < extremes.minimum ? x[i] : extremes.minimum;
        extremes.maximum = x[i] > extremes.maximum ? x[i] : extremes.maximum;
    }
    return extremes;
}

/// The larger; NaN wins.
template <typename V>
HWY_INLINE V larger(V a, V b) {
    return hn::IfThenElse(hn::Or(hn::Gt(b, a), hn::Ne(b, b)), b, a);
}

void maxPoolRow(const float* upper, const float* lower, float* y, std::int64_t count) {
    std::int64_t i = 0;
#if HWY_TARGET != HWY_SCALAR
    const Tag d;
    constexpr auto kStep = static_cast<std::int64_t>(hn::MaxLanes(Tag()));
    for (; i + kStep <= count; i += kStep) {
        hn::Vec<Tag> a, b, p, q;
        hn::LoadInterleaved2(d, upper + 2 * i, a, b);
        hn::LoadInterleaved2(d, lower + 2 * i, p, q);
        hn::StoreU(larger(larger(a, b), larger(p, q)), d, y + i);
    }
#endif
    const One one;
    for (; i < count; ++i) {
        const auto top = larger(hn::LoadU(one, upper + 2 * i), hn::LoadU(one, upper + 2 * i + 1));
        const auto low = larger(hn::LoadU(one, lower + 2 * i), hn::LoadU(one, lower + 2 * i + 1));
        hn::StoreU(larger(top, low), one, y + i);
    }
}

void maxPoolRowBackward(const float* upper, const float* lower, const float* y, const float* dy,
                        float* dUpper, float* dLower, std::int64_t count) {
    std::int64_t i = 0;
#if HWY_TARGET != HWY_SCALAR
    const Tag d;
    constexpr auto kStep = static_cast<std::int64_t>(hn::MaxLanes(Tag()));
    for (; i + kStep <= count; i += kStep) {
        hn::Vec<Tag> a, b, p, q;
        hn::LoadInterleaved2(d, upper + 2 * i, a, b);
        hn::LoadInterleaved2(d, lower + 2 * i, p, q);
        const auto largest = hn::LoadU(d, y + i);
        auto rest = hn::LoadU(d, dy + i);
        const auto take = [&](hn::Vec<Tag> value) HWY_ATTR {
            const auto hit = hn::Eq(value, largest);
            const auto share = hn::IfThenElseZero(hit, rest);
            rest = hn::IfThenZeroElse(hit, rest);
            return share;
        };
        const auto dA = take(a);
        const auto dB = take(b);
        const auto dP = take(p);
        const auto dQ = take(q);
        hn::StoreInterleaved2(dA, dB, d, dUpper + 2 * i);
        hn::StoreInterleaved2(dP, dQ, d, dLower + 2 * i);
    }
#endif
    for (; i < count; ++i) {
        float rest = dy[i];
        const auto take = [&](float value, float& share) {
            share = value == y[i] ? rest : 0.0F;
            rest = value == y[i] ? 0.0F : rest;
        };
        take(upper[2 * i], dUpper[2 * i]);
        take(upper[2 * i + 1], dUpper[2 * i + 1]);
        take(lower[2 * i], dLower[2 * i]);
        take(lower[2 * i + 1], dLower[2 * i + 1]);
    }
}

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mantissa::nn {

HWY_EXPORT(addTo);
HWY_EXPORT(reluForward);
HWY_EXPORT(reluBackward);
HWY_EXPORT(sumOf);
HWY_EXPORT(sumOfSquares);
HWY_EXPORT(sumOfProducts);
HWY_EXPORT(scaleShift);
HWY_EXPORT(centreGradient);
HWY_EXPORT(extremesOf);
HWY_EXPORT(maxPoolRow);
HWY_EXPORT(maxPoolRowBackward);

void addTo(float* to, const float* from, std::int64_t count) {
    HWY_DYNAMIC_DISPATCH(addTo)(to, from, count);
}
void reluForward(const float* x, float* y, std::int64_t count) {
    HWY_DYNAMIC_DISPATCH(reluForward)(x, y, count);
}
void reluBackward(const float* y, const float* dy, float* dx, std::int64_t count) {
    HWY_DYNAMIC_DISPATCH(reluBackward)(y, dy, dx, count);
}
double sumOf(const float* x, std::int64_t count) {
    return HWY_DYNAMIC_DISPATCH(sumOf)(x, count);
}
double sumOfSquares(const float* x, float centre, std::int64_t count) {
    return HWY_DYNAMIC_DISPATCH(sumOfSquares)(x, centre, count);
}
double sumOfProducts(const float* g, const float* x, float centre, std::int64_t count) {
    return HWY_DYNAMIC_DISPATCH(sumOfProducts)(g, x, centre, count);
}
void scaleShift(const float* x, float centre, float scale, float shift, float* y,
                std::int64_t count) {
    HWY_DYNAMIC_DISPATCH(scaleShift)(x, centre, scale, shift, y, count);
}
void centreGradient(const float* g, float meanG, float scale, const float* x, float centre,
                    float slope, float* dx, std::int64_t count) {
    HWY_DYNAMIC_DISPATCH(centreGradient)(g, meanG, scale, x, centre, slope, dx, count);
}
Extremes extremesOf(const float* x, std::int64_t count) {
    return HWY_DYNAMIC_DISPATCH(extremesOf)(x, count);
}
void maxPoolRow(const float* upper, const float* lower, float* y, std::int64_t count) {
    HWY_DYNAMIC_DISPATCH(maxPoolRow)(upper, lower, y, count);
}
void maxPoolRowBackward(const float* upper, const float* lower, const float* y, const float* dy,
                        float* dUpper, float* dLower, std::int64_t count) {
    HWY_DYNAMIC_DISPATCH(maxPoolRowBackward)(upper, lower, y, dy, dUpper, dLower, count);
}

}  // namespace mantissa::nn
#endif
