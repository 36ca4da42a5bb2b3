// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/truncated_float.h"

#include <cmath>
#include <cstddef>

// Highway re-includes this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/nn/truncated_float.cpp"
#include <hwy/foreach_target.h>
// This needs the target that foreach_target.h has set.
#include "core/nn/vector_runs-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

template <class D>
HWY_INLINE hn::Vec<D> andExponents(D d, const TruncatedFloat& type, hn::Vec<D> kept,
                                   hn::Mask<D> above, hn::Mask<D> below) {
    const hn::RebindToUnsigned<D> bits;
    const auto others = hn::Set(bits, 0x807FFFFFU);  // sign and fraction
    const auto withField = [&](float bound) HWY_ATTR {
        const auto mask = hn::Or(hn::BitCast(bits, hn::Set(d, bound)), others);
        return hn::BitCast(d, hn::And(hn::BitCast(bits, kept), mask));
    };
    return hn::IfThenElse(above, withField(type.largest),
                          hn::IfThenElse(below, withField(type.smallest), kept));
}

template <class D>
HWY_INLINE hn::Vec<D> truncateLanes(D d, const TruncatedFloat& type, hn::Vec<D> x) {
    if (type.isBinary32()) {
        return x;
    }
    const hn::RebindToUnsigned<D> bits;
    const auto infinity = hn::Set(d, HUGE_VALF);
    const auto largest = hn::Set(d, type.largest);
    const auto smallest = hn::Set(d, type.smallest);
    const auto kept = hn::BitCast(d, hn::And(hn::BitCast(bits, x), hn::Set(bits, type.mask)));
    const auto magnitude = hn::Abs(kept);
    const auto finite = hn::Lt(hn::Abs(x), infinity);
    const auto above = hn::Gt(magnitude, largest);
    const auto below = hn::Lt(magnitude, smallest);
    const auto inRange =
        type.andsExponents
            ? andExponents(d, type, kept, above, below)
            : hn::CopySign(hn::IfThenElse(above, largest, hn::IfThenZeroElse(below, magnitude)), x);
    return hn::IfThenElse(finite, inRange, x);
}

void truncateOn(const TruncatedFloat& type, const float* x, float* y, std::int64_t count) {
    forEach(count, [&](auto d, std::int64_t i) HWY_ATTR {
        hn::StoreU(truncateLanes(d, type, hn::LoadU(d, x + i)), d, y + i);
    });
}

constexpr std::size_t kChains = 16;

/// Adds term(tag, i) over all i in the chains' order; every addition is truncated.
template <typename Term>
HWY_INLINE float sumInChains(const TruncatedFloat& type, std::int64_t count, const Term& term) {
    constexpr std::size_t kStep = hn::MaxLanes(Tag());
    constexpr std::size_t kParts = kChains / kStep;
    const Tag d;
    const One one;
    hn::Vec<Tag> sum[kParts];
    for (auto& part : sum) {
        part = hn::Zero(d);
    }
    std::int64_t i = 0;
    for (; i + static_cast<std::int64_t>(kChains) <= count; i += kChains) {
        for (std::size_t part = 0; part < kParts; ++part) {
            const auto next = term(d, i + static_cast<std::int64_t>(part * kStep));
            sum[part] = truncateLanes(d, type, hn::Add(sum[part], next));
        }
    }
    alignas(64) float chains[kChains];
    for (std::size_t part = 0; part < kParts; ++part) {
        hn::Store(sum[part], d, chains + part * kStep);
    }
    const auto add = [&](float a, float b) HWY_ATTR {
        return hn::GetLane(truncateLanes(one, type, hn::Set(one, a + b)));
    };
    for (std::size_t chain = 0; i < count; ++i, ++chain) {
        chains[chain] = add(chains[chain], hn::GetLane(term(one, i)));
    }
    for (std::size_t half = kChains / 2; half > 0; half /= 2) {
        for (std::size_t l = 0; l < half; ++l) {
            chains[l] = add(chains[l], chains[l + half]);
        }
    }
    return chains[0];
}

float truncatedSumOn(const TruncatedFloat& type, const float* x, std::int64_t count) {
    return sumInChains(type, count,
                       [&](auto d, std::int64_t i) HWY_ATTR { return hn::LoadU(d, x + i); });
}

template <class D>
HWY_INLINE hn::Vec<D> normalised(D d, const TruncatedFloat& element, hn::Vec<D> x, float mean,
                                 float inverse) {
    const auto centred = hn::Sub(x, hn::Set(d, mean));
    return truncateLanes(d, element, hn::Mul(centred, hn::Set(d, inverse)));
}

float truncatedProductsOn(const TruncatedFloat& type, const TruncatedFloat& element, const float* g,
                          const float* x, float mean, float inverse, std::int64_t count) {
    return sumInChains(type, count, [&](auto d, std::int64_t i) HWY_ATTR {
        const auto hat = normalised(d, element, hn::LoadU(d, x + i), mean, inverse);
        return truncateLanes(d, type, hn::Mul(hn::LoadU(d, g + i), hat));
    });
}

void truncatedNormaliseOn(const TruncatedFloat& element, const float* x, float mean, float inverse,
                          float gamma, float beta, float* y, std::int64_t count) {
    forEach(count, [&](auto d, std::int64_t i) HWY_ATTR {
        const auto hat = normalised(d, element, hn::LoadU(d, x + i), mean, inverse);
        const auto result = hn::Add(hn::Mul(hat, hn::Set(d, gamma)), hn::Set(d, beta));
        hn::StoreU(truncateLanes(d, element, result), d, y + i);
    });
}

void truncatedGradientOn(const TruncatedFloat& element, const float* g, float gamma, float centre,
                         float inverse, float* dx, std::int64_t count) {
    forEach(count, [&](auto d, std::int64_t i) HWY_ATTR {
        const auto scaled =
            truncateLanes(d, element, hn::Mul(hn::LoadU(d, g + i), hn::Set(d, gamma)));
        const auto centred = hn::Sub(scaled, hn::Set(d, centre));
        hn::StoreU(truncateLanes(d, element, hn::Mul(centred, hn::Set(d, inverse))), d, dx + i);
    });
}

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mantissa::nn {

HWY_EXPORT(truncateOn);
HWY_EXPORT(truncatedSumOn);
HWY_EXPORT(truncatedProductsOn);
HWY_EXPORT(truncatedNormaliseOn);
HWY_EXPORT(truncatedGradientOn);

TruncatedFloat truncatedFloat(int exponentBits, int fractionBits, bool andsExponents) {
    const int bias = (1 << (exponentBits - 1)) - 1;
    return {~std::uint32_t{0} << static_cast<unsigned>(23 - fractionBits),
            static_cast<float>(std::ldexp(1.0, 1 - bias)),
            static_cast<float>(std::ldexp(2 - std::ldexp(1.0, -fractionBits), bias)),
            andsExponents};
}

void truncate(const TruncatedFloat& type, const float* x, float* y, std::int64_t count) {
    HWY_DYNAMIC_DISPATCH(truncateOn)(type, x, y, count);
}
float truncatedSum(const TruncatedFloat& type, const float* x, std::int64_t count) {
    return HWY_DYNAMIC_DISPATCH(truncatedSumOn)(type, x, count);
}
float truncatedProducts(const TruncatedFloat& type, const TruncatedFloat& element, const float* g,
                        const float* x, float mean, float inverse, std::int64_t count) {
    return HWY_DYNAMIC_DISPATCH(truncatedProductsOn)(type, element, g, x, mean, inverse, count);
}
void truncatedNormalise(const TruncatedFloat& element, const float* x, float mean, float inverse,
                        float gamma, float beta, float* y, std::int64_t count) {
    HWY_DYNAMIC_DISPATCH(truncatedNormaliseOn)(element, x, mean, inverse, gamma, beta, y, count);
}
void truncatedGradient(const TruncatedFloat& element, const float* g, float gamma, float centre,
                       float inverse, float* dx, std::int64_t count) {
    HWY_DYNAMIC_DISPATCH(truncatedGradientOn)(element, g, gamma, centre, inverse, dx, count);
}

}  // namespace mantissa::nn
#endif
