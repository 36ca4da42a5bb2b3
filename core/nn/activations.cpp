// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/activations.h"

#include <cstddef>

#include "core/nn/activation_constants.h"

// Highway re-includes this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/nn/activations.cpp"
#include <hwy/foreach_target.h>
// This needs the target that foreach_target.h has set.
#include "core/nn/vector_runs-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

namespace c = activation;

template <class D, std::size_t Count>
HWY_INLINE hn::Vec<D> polynomial(D d, const float (&descending)[Count], hn::Vec<D> x) {
    auto value = hn::Set(d, descending[0]);
    for (std::size_t i = 1; i < Count; ++i) {
        value = hn::Add(hn::Mul(value, x), hn::Set(d, descending[i]));
    }
    return value;
}

template <class D>
HWY_INLINE hn::Vec<D> exponential(D d, hn::Vec<D> x) {
    const hn::RebindToSigned<D> integers;
    const auto lowest = hn::Set(d, c::kLowest);
    const auto highest = hn::Set(d, c::kHighest);
    x = hn::IfThenElse(hn::Lt(x, lowest), lowest, x);
    x = hn::IfThenElse(hn::Gt(x, highest), highest, x);
    const auto power = hn::Floor(hn::Add(hn::Mul(x, hn::Set(d, c::kLog2E)), hn::Set(d, 0.5F)));
    auto rest = hn::Sub(x, hn::Mul(power, hn::Set(d, c::kLn2High)));
    rest = hn::Sub(rest, hn::Mul(power, hn::Set(d, c::kLn2Low)));
    const auto square = hn::Mul(rest, rest);
    const auto fraction =
        hn::Add(hn::Add(hn::Mul(polynomial(d, c::kExp, rest), square), rest), hn::Set(d, 1.0F));
    const auto field = hn::Add(hn::ConvertTo(integers, power), hn::Set(integers, 127));
    return hn::Mul(fraction, hn::BitCast(d, hn::ShiftLeft<23>(field)));
}

template <class D>
HWY_INLINE hn::Vec<D> sigmoid(D d, hn::Vec<D> x) {
    const auto one = hn::Set(d, 1.0F);
    const auto decay = exponential(d, hn::Neg(hn::Abs(x)));
    const auto upper = hn::Div(one, hn::Add(one, decay));
    return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Mul(decay, upper), upper);
}

/// The normal distribution and its density.
template <class D>
struct Normal {
    hn::Vec<D> below, density;
};
template <class D>
HWY_INLINE Normal<D> normal(D d, hn::Vec<D> x) {
    const auto one = hn::Set(d, 1.0F);
    const auto half = hn::Set(d, 0.5F);
    const auto z = hn::Mul(hn::Abs(x), hn::Set(d, c::kInverseRoot2));
    const auto decay = exponential(d, hn::Neg(hn::Mul(z, z)));
    const auto t = hn::Div(one, hn::Add(one, hn::Mul(hn::Set(d, c::kErfc), z)));
    const auto tail =
        hn::Mul(half, hn::Mul(hn::Mul(polynomial(d, c::kErfcPolynomial, t), t), decay));
    return {hn::IfThenElse(hn::Lt(x, hn::Zero(d)), tail, hn::Sub(one, tail)),
            hn::Mul(decay, hn::Set(d, c::kInverseRoot2Pi))};
}

// One struct a function: value(d, x), and derivative(d, from) as derivesFromOutput says.

struct Relu6 {
    template <class D>
    static HWY_INLINE hn::Vec<D> value(D d, hn::Vec<D> x, hn::Vec<D> /*slope*/) {
        const auto six = hn::Set(d, 6.0F);
        x = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Zero(d), x);
        return hn::IfThenElse(hn::Gt(x, six), six, x);
    }
    template <class D>
    static HWY_INLINE hn::Vec<D> derivative(D d, hn::Vec<D> y, hn::Vec<D> /*slope*/) {
        const auto inside = hn::And(hn::Gt(y, hn::Zero(d)), hn::Lt(y, hn::Set(d, 6.0F)));
        return hn::IfThenElseZero(inside, hn::Set(d, 1.0F));
    }
};

struct LeakyRelu {
    template <class D>
    static HWY_INLINE hn::Vec<D> value(D d, hn::Vec<D> x, hn::Vec<D> slope) {
        return hn::IfThenElse(hn::Gt(x, hn::Zero(d)), x, hn::Mul(x, slope));
    }
    template <class D>
    static HWY_INLINE hn::Vec<D> derivative(D d, hn::Vec<D> y, hn::Vec<D> slope) {
        return hn::IfThenElse(hn::Gt(y, hn::Zero(d)), hn::Set(d, 1.0F), slope);
    }
};

struct Gelu {
    template <class D>
    static HWY_INLINE hn::Vec<D> value(D d, hn::Vec<D> x, hn::Vec<D> /*slope*/) {
        return hn::Mul(x, normal(d, x).below);
    }
    template <class D>
    static HWY_INLINE hn::Vec<D> derivative(D d, hn::Vec<D> x, hn::Vec<D> /*slope*/) {
        const auto n = normal(d, x);
        return hn::Add(n.below, hn::Mul(x, n.density));
    }
};

struct Silu {
    template <class D>
    static HWY_INLINE hn::Vec<D> value(D d, hn::Vec<D> x, hn::Vec<D> /*slope*/) {
        return hn::Mul(x, sigmoid(d, x));
    }
    template <class D>
    static HWY_INLINE hn::Vec<D> derivative(D d, hn::Vec<D> x, hn::Vec<D> /*slope*/) {
        const auto one = hn::Set(d, 1.0F);
        const auto s = sigmoid(d, x);
        return hn::Mul(s, hn::Add(one, hn::Mul(x, hn::Sub(one, s))));
    }
};

struct HardSwish {
    template <class D>
    static HWY_INLINE hn::Vec<D> value(D d, hn::Vec<D> x, hn::Vec<D> slope) {
        const auto gate = Relu6::value(d, hn::Add(x, hn::Set(d, 3.0F)), slope);
        return hn::Mul(hn::Mul(x, gate), hn::Set(d, c::kSixth));
    }
    template <class D>
    static HWY_INLINE hn::Vec<D> derivative(D d, hn::Vec<D> x, hn::Vec<D> /*slope*/) {
        const auto three = hn::Set(d, 3.0F);
        const auto inside = hn::Mul(hn::Add(hn::Add(x, x), three), hn::Set(d, c::kSixth));
        const auto low = hn::IfThenElse(hn::Lt(x, hn::Neg(three)), hn::Zero(d), inside);
        return hn::IfThenElse(hn::Gt(x, three), hn::Set(d, 1.0F), low);
    }
};

struct Sigmoid {
    template <class D>
    static HWY_INLINE hn::Vec<D> value(D d, hn::Vec<D> x, hn::Vec<D> /*slope*/) {
        return sigmoid(d, x);
    }
    template <class D>
    static HWY_INLINE hn::Vec<D> derivative(D d, hn::Vec<D> y, hn::Vec<D> /*slope*/) {
        return hn::Mul(y, hn::Sub(hn::Set(d, 1.0F), y));
    }
};

struct Tanh {
    template <class D>
    static HWY_INLINE hn::Vec<D> value(D d, hn::Vec<D> x, hn::Vec<D> /*slope*/) {
        const auto one = hn::Set(d, 1.0F);
        const auto magnitude = hn::Abs(x);
        const auto power = exponential(d, hn::Add(magnitude, magnitude));
        const auto far =
            hn::CopySign(hn::Sub(one, hn::Div(hn::Set(d, 2.0F), hn::Add(power, one))), x);
        const auto square = hn::Mul(x, x);
        const auto near = hn::Add(hn::Mul(hn::Mul(polynomial(d, c::kTanh, square), square), x), x);
        return hn::IfThenElse(hn::Lt(magnitude, hn::Set(d, c::kTanhSmall)), near, far);
    }
    template <class D>
    static HWY_INLINE hn::Vec<D> derivative(D d, hn::Vec<D> y, hn::Vec<D> /*slope*/) {
        return hn::Sub(hn::Set(d, 1.0F), hn::Mul(y, y));
    }
};

template <class F>
void valueRun(float slope, const float* x, float* y, std::int64_t count) {
    forEach(count, [&](auto d, std::int64_t i) HWY_ATTR {
        hn::StoreU(F::value(d, hn::LoadU(d, x + i), hn::Set(d, slope)), d, y + i);
    });
}

template <class F>
void derivativeRun(float slope, const float* from, const float* dy, float* dx, std::int64_t count) {
    forEach(count, [&](auto d, std::int64_t i) HWY_ATTR {
        const auto factor = F::derivative(d, hn::LoadU(d, from + i), hn::Set(d, slope));
        hn::StoreU(hn::Mul(factor, hn::LoadU(d, dy + i)), d, dx + i);
    });
}

void activateOn(Activation activation, float slope, const float* x, float* y, std::int64_t count) {
    // In the order of Activation.
    constexpr decltype(&valueRun<Relu6>) kRuns[] = {
        &valueRun<Relu6>,     &valueRun<LeakyRelu>, &valueRun<Gelu>, &valueRun<Silu>,
        &valueRun<HardSwish>, &valueRun<Sigmoid>,   &valueRun<Tanh>};
    kRuns[static_cast<std::size_t>(activation)](slope, x, y, count);
}

void activateBackwardOn(Activation activation, float slope, const float* from, const float* dy,
                        float* dx, std::int64_t count) {
    constexpr decltype(&derivativeRun<Relu6>) kRuns[] = {
        &derivativeRun<Relu6>, &derivativeRun<LeakyRelu>, &derivativeRun<Gelu>,
        &derivativeRun<Silu>,  &derivativeRun<HardSwish>, &derivativeRun<Sigmoid>,
        &derivativeRun<Tanh>};
    kRuns[static_cast<std::size_t>(activation)](slope, from, dy, dx, count);
}

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mantissa::nn {

HWY_EXPORT(activateOn);
HWY_EXPORT(activateBackwardOn);

void activate(Activation activation, float slope, const float* x, float* y, std::int64_t count) {
    HWY_DYNAMIC_DISPATCH(activateOn)(activation, slope, x, y, count);
}
void activateBackward(Activation activation, float slope, const float* from, const float* dy,
                      float* dx, std::int64_t count) {
    HWY_DYNAMIC_DISPATCH(activateBackwardOn)(activation, slope, from, dy, dx, count);
}

}  // namespace mantissa::nn
#endif
