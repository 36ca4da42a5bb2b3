// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/vector_ops.h"

#include <cstddef>
#include <utility>

// Highway re-includes this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/nn/vector_ops.cpp"
#include <hwy/foreach_target.h>
// This needs the target that foreach_target.h has set.
#include "core/nn/vector_runs-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

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

void addTogether(const float* a, const float* b, float* y, std::int64_t count) {
    forEach(count, [&](auto d, std::int64_t i) HWY_ATTR {
        hn::StoreU(hn::Add(hn::LoadU(d, a + i), hn::LoadU(d, b + i)), d, y + i);
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
    return hn::IfThenElse(hn::Or(hn::Gt(b, a), hn::IsNaN(b)), b, a);
}

/// Calls vectors(tag, i) over [0, count) with the longest vectors that fit, the last one
/// overlapping its predecessor, which is harmless where a result depends on inputs alone. Returns
/// how many elements that covers: all, or none of a very short row.
template <std::size_t Lanes = hn::MaxLanes(Tag()), typename Vectors>
HWY_INLINE std::int64_t forEachOverlapping(std::int64_t count, const Vectors& vectors) {
    constexpr auto kStep = static_cast<std::int64_t>(Lanes);
    if constexpr (Lanes < 4) {
        return 0;  // pairs cannot be split
    } else {
        if (count < kStep) {
            return forEachOverlapping<Lanes / 2>(count, vectors);
        }
        const hn::CappedTag<float, Lanes> d;
        for (std::int64_t i = 0; i < count; i += kStep) {
            vectors(d, i + kStep <= count ? i : count - kStep);
        }
        return count;
    }
}

void maxPoolRow(const float* upper, const float* lower, float* y, std::int64_t count) {
    std::int64_t i = 0;
#if HWY_TARGET != HWY_SCALAR
    i = forEachOverlapping(count, [&](auto d, std::int64_t at) HWY_ATTR {
        hn::Vec<decltype(d)> a;
        hn::Vec<decltype(d)> b;
        hn::Vec<decltype(d)> p;
        hn::Vec<decltype(d)> q;
        hn::LoadInterleaved2(d, upper + 2 * at, a, b);
        hn::LoadInterleaved2(d, lower + 2 * at, p, q);
        hn::StoreU(larger(larger(a, b), larger(p, q)), d, y + at);
    });
#endif
    const One one;
    for (; i < count; ++i) {
        const auto top = larger(hn::LoadU(one, upper + 2 * i), hn::LoadU(one, upper + 2 * i + 1));
        const auto low = larger(hn::LoadU(one, lower + 2 * i), hn::LoadU(one, lower + 2 * i + 1));
        hn::StoreU(larger(top, low), one, y + i);
    }
}

/// Where `value` is the window's largest, what is `left` of its gradient goes there.
template <typename V>
HWY_INLINE V takeGradient(V value, V largest, V& left) {
    const auto hit = hn::Eq(value, largest);
    const V share = hn::IfThenElseZero(hit, left);
    left = hn::IfThenZeroElse(hit, left);
    return share;
}

void maxPoolRowBackward(const float* upper, const float* lower, const float* y, const float* dy,
                        float* dUpper, float* dLower, std::int64_t count) {
    std::int64_t i = 0;
#if HWY_TARGET != HWY_SCALAR
    i = forEachOverlapping(count, [&](auto d, std::int64_t at) HWY_ATTR {
        hn::Vec<decltype(d)> a;
        hn::Vec<decltype(d)> b;
        hn::Vec<decltype(d)> p;
        hn::Vec<decltype(d)> q;
        hn::LoadInterleaved2(d, upper + 2 * at, a, b);
        hn::LoadInterleaved2(d, lower + 2 * at, p, q);
        const auto largest = hn::LoadU(d, y + at);
        auto left = hn::LoadU(d, dy + at);
        a = takeGradient(a, largest, left);
        b = takeGradient(b, largest, left);
        p = takeGradient(p, largest, left);
        q = takeGradient(q, largest, left);
        hn::StoreInterleaved2(a, b, d, dUpper + 2 * at);
        hn::StoreInterleaved2(p, q, d, dLower + 2 * at);
    });
#endif
    const One one;
    for (; i < count; ++i) {
        const auto largest = hn::LoadU(one, y + i);
        auto left = hn::LoadU(one, dy + i);
        for (const auto& [from, to] :
             {std::pair(upper + 2 * i, dUpper + 2 * i), std::pair(lower + 2 * i, dLower + 2 * i)}) {
            hn::StoreU(takeGradient(hn::LoadU(one, from), largest, left), one, to);
            hn::StoreU(takeGradient(hn::LoadU(one, from + 1), largest, left), one, to + 1);
        }
    }
}

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mantissa::nn {

HWY_EXPORT(addTo);
HWY_EXPORT(addTogether);
HWY_EXPORT(reluForward);
HWY_EXPORT(reluBackward);
HWY_EXPORT(sumOf);
HWY_EXPORT(extremesOf);
HWY_EXPORT(maxPoolRow);
HWY_EXPORT(maxPoolRowBackward);

void addTo(float* to, const float* from, std::int64_t count) {
    HWY_DYNAMIC_DISPATCH(addTo)(to, from, count);
}
void addTogether(const float* a, const float* b, float* y, std::int64_t count) {
    HWY_DYNAMIC_DISPATCH(addTogether)(a, b, y, count);
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
