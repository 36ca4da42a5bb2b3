// SPDX-License-Identifier: GPL-3.0-or-later
// The arithmetic of each optimiser, in binary32 and in the order PyTorch defines it.
#include <array>
#include <cmath>

#include "core/train/optimiser.h"

namespace mantissa::train {
namespace {

constexpr std::array<std::string_view, 1> kSgdParameters{"nesterov"};
constexpr std::array<std::string_view, 2> kAdamParameters{"beta2", "epsilon"};

/// g += d w; v = m v + g; w -= r v (torch.optim.SGD, dampening 0).
void sgd(const StepFactors& factors, const UpdateSpan& span) {
    float* const value = span.value;
    const float* const gradient = span.gradient;
    float* const velocity = span.state[0];
    for (std::size_t i = 0; i < span.count; ++i) {
        const float slope = gradient[i] * factors.gradientFactor + factors.weightDecay * value[i];
        velocity[i] = factors.momentum * velocity[i] + slope;
        value[i] -= factors.learningRate * velocity[i];
    }
}

/// Nesterov's momentum, as Sutskever et al. (ICML 2013) write it: w -= r (g + m v).
void nesterov(const StepFactors& factors, const UpdateSpan& span) {
    float* const value = span.value;
    const float* const gradient = span.gradient;
    float* const velocity = span.state[0];
    for (std::size_t i = 0; i < span.count; ++i) {
        const float slope = gradient[i] * factors.gradientFactor + factors.weightDecay * value[i];
        velocity[i] = factors.momentum * velocity[i] + slope;
        value[i] -= factors.learningRate * (slope + factors.momentum * velocity[i]);
    }
}

/// The step of Kingma and Ba (ICLR 2015, algorithm 1) from a slope.
inline float adamStep(const StepFactors& factors, float slope, float& first, float& second) {
    first = factors.momentum * first + (1 - factors.momentum) * slope;
    second = factors.beta2 * second + (1 - factors.beta2) * (slope * slope);
    const float root = std::sqrt(second) * factors.secondCorrection;
    return factors.learningRate * (first * factors.firstCorrection / (root + factors.epsilon));
}

/// Weight decay adds to the gradient.
void adam(const StepFactors& factors, const UpdateSpan& span) {
    for (std::size_t i = 0; i < span.count; ++i) {
        float& value = span.value[i];
        const float slope = span.gradient[i] * factors.gradientFactor + factors.weightDecay * value;
        value -= adamStep(factors, slope, span.state[0][i], span.state[1][i]);
    }
}

/// Weight decay shrinks the weight itself.
void adamW(const StepFactors& factors, const UpdateSpan& span) {
    const float kept = 1 - factors.learningRate * factors.weightDecay;
    for (std::size_t i = 0; i < span.count; ++i) {
        float& value = span.value[i];
        const float slope = span.gradient[i] * factors.gradientFactor;
        value = value * kept - adamStep(factors, slope, span.state[0][i], span.state[1][i]);
    }
}

constexpr std::array<OptimiserInfo, 3> kOptimisers{{
    {"sgd", "stochastic gradient descent with momentum (torch.optim.SGD)", kSgdParameters, 1, sgd,
     nesterov},
    {"adam", "Adam (Kingma and Ba, ICLR 2015); weight decay adds to the gradient", kAdamParameters,
     2, adam, nullptr},
    {"adamw", "Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019)",
     kAdamParameters, 2, adamW, nullptr},
}};

}  // namespace

std::span<const OptimiserInfo> optimiserKinds() {
    return kOptimisers;
}

}  // namespace mantissa::train
