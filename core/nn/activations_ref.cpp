// SPDX-License-Identifier: GPL-3.0-or-later
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "core/nn/activation_constants.h"
#include "core/nn/activations.h"

namespace mantissa::nn {
namespace {

namespace c = activation;

template <std::size_t Count>
float polynomial(const float (&descending)[Count], float x) {
    float value = 0;
    for (const float coefficient : descending) {
        value = value * x + coefficient;
    }
    return value;
}

float exponential(float x) {
    if (std::isnan(x)) {
        return x;
    }
    x = std::fmin(std::fmax(x, c::kLowest), c::kHighest);
    const float power = std::floor(x * c::kLog2E + 0.5F);
    const float rest = (x - power * c::kLn2High) - power * c::kLn2Low;
    const float fraction = polynomial(c::kExp, rest) * (rest * rest) + rest + 1.0F;
    return fraction * std::bit_cast<float>((static_cast<std::int32_t>(power) + 127) << 23);
}

float sigmoid(float x) {
    const float decay = exponential(-std::fabs(x));
    const float upper = 1.0F / (1.0F + decay);
    return x < 0 ? decay * upper : upper;
}

/// e^(-x^2/2).
float bell(float x) {
    const float z = std::fabs(x) * c::kInverseRoot2;
    return exponential(-(z * z));
}

float normalBelow(float x) {
    const float z = std::fabs(x) * c::kInverseRoot2;
    const float t = 1.0F / (1.0F + c::kErfc * z);
    const float tail = 0.5F * (polynomial(c::kErfcPolynomial, t) * t * bell(x));
    return x < 0 ? tail : 1.0F - tail;
}

float relu6(float x) {
    return x < 0 ? 0.0F : x > 6 ? 6.0F : x;
}

float hyperbolicTangent(float x) {
    const float magnitude = std::fabs(x);
    if (magnitude < c::kTanhSmall) {
        return polynomial(c::kTanh, x * x) * (x * x) * x + x;
    }
    return std::copysign(1.0F - 2.0F / (exponential(magnitude + magnitude) + 1.0F), x);
}

}  // namespace

float activationRef(Activation activation, float slope, float x) {
    switch (activation) {
        case Activation::Relu6:
            return relu6(x);
        case Activation::LeakyRelu:
            return x > 0 ? x : x * slope;
        case Activation::Gelu:
            return x * normalBelow(x);
        case Activation::Silu:
            return x * sigmoid(x);
        case Activation::HardSwish:
            return x * relu6(x + 3.0F) * c::kSixth;
        case Activation::Sigmoid:
            return sigmoid(x);
        case Activation::Tanh:
            break;
    }
    return hyperbolicTangent(x);
}

float activationDerivativeRef(Activation activation, float slope, float from) {
    switch (activation) {
        case Activation::Relu6:
            return from > 0 && from < 6 ? 1.0F : 0.0F;
        case Activation::LeakyRelu:
            return from > 0 ? 1.0F : slope;
        case Activation::Gelu:
            return normalBelow(from) + from * (bell(from) * c::kInverseRoot2Pi);
        case Activation::Silu: {
            const float s = sigmoid(from);
            return s * (1.0F + from * (1.0F - s));
        }
        case Activation::HardSwish:
            return from < -3 ? 0.0F : from > 3 ? 1.0F : (from + from + 3.0F) * c::kSixth;
        case Activation::Sigmoid:
            return from * (1.0F - from);
        case Activation::Tanh:
            break;
    }
    return 1.0F - from * from;
}

}  // namespace mantissa::nn
