// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/activations.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include "tests/core/nn/test_values.h"

namespace mantissa::nn {
namespace {

constexpr Activation kAll[] = {Activation::Relu6, Activation::LeakyRelu, Activation::Gelu,
                               Activation::Silu,  Activation::HardSwish, Activation::Sigmoid,
                               Activation::Tanh};
constexpr float kSlope = 0.125F;

/// What the functions are, in double precision.
double exactly(Activation activation, double x) {
    switch (activation) {
        case Activation::Relu6:
            return std::fmin(std::fmax(x, 0), 6);
        case Activation::LeakyRelu:
            return x > 0 ? x : static_cast<double>(kSlope) * x;
        case Activation::Gelu:
            return x * 0.5 * std::erfc(-x / std::sqrt(2.0));
        case Activation::Silu:
            return x / (1 + std::exp(-x));
        case Activation::HardSwish:
            return x * std::fmin(std::fmax(x + 3, 0), 6) / 6;
        case Activation::Sigmoid:
            return 1 / (1 + std::exp(-x));
        case Activation::Tanh:
            break;
    }
    return std::tanh(x);
}

std::vector<float> samples() {
    auto values = randomValues(1000, 1, -8, 8);
    for (const float special : {0.0F, -0.0F, 1e-30F, -1e-30F, 0.625F, -0.625F, 3.0F, -3.0F, 6.0F,
                                60.0F, -60.0F, 120.0F, -120.0F}) {
        values.push_back(special);
    }
    return values;
}

TEST(Activations, AreTheFunctionsTheyAreNamedFor) {
    for (const Activation activation : kAll) {
        for (const float x : samples()) {
            const double expected = exactly(activation, static_cast<double>(x));
            EXPECT_NEAR(static_cast<double>(activationRef(activation, kSlope, x)), expected,
                        4e-7 * std::fmax(1.0, std::fabs(expected)))
                << static_cast<int>(activation) << " at " << x;
        }
    }
}

TEST(Activations, HaveTheirDerivatives) {
    for (const Activation activation : kAll) {
        for (const float x : randomValues(300, 2, -7, 7)) {
            constexpr double kStep = 1e-6;
            const auto at = static_cast<double>(x);
            const double expected =
                (exactly(activation, at + kStep) - exactly(activation, at - kStep)) / (2 * kStep);
            const float from =
                derivesFromOutput(activation) ? activationRef(activation, kSlope, x) : x;
            EXPECT_NEAR(static_cast<double>(activationDerivativeRef(activation, kSlope, from)),
                        expected, 1e-5)
                << static_cast<int>(activation) << " at " << x;
        }
    }
}

TEST(Activations, HaveTheBytesOfTheReferenceOnEveryPath) {
    const auto x = samples();
    const auto dy = randomValues(static_cast<std::int64_t>(x.size()), 3);
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
        hwy::SetSupportedTargetsForTest(target);
        for (const Activation activation : kAll) {
            for (const std::size_t count : {x.size(), std::size_t{1}, std::size_t{17}}) {
                std::vector<float> y(count);
                std::vector<float> dx(count);
                const auto n = static_cast<std::int64_t>(count);
                activate(activation, kSlope, x.data(), y.data(), n);
                activateBackward(activation, kSlope, x.data(), dy.data(), dx.data(), n);
                for (std::size_t i = 0; i < count; ++i) {
                    const float value = activationRef(activation, kSlope, x[i]);
                    const float gradient =
                        activationDerivativeRef(activation, kSlope, x[i]) * dy[i];
                    ASSERT_EQ(std::memcmp(&y[i], &value, sizeof value), 0)
                        << hwy::TargetName(target) << " " << static_cast<int>(activation) << " at "
                        << x[i] << ": " << y[i] << " " << value;
                    ASSERT_EQ(std::memcmp(&dx[i], &gradient, sizeof gradient), 0)
                        << hwy::TargetName(target) << " " << static_cast<int>(activation) << " at "
                        << x[i];
                }
            }
        }
    }
    hwy::SetSupportedTargetsForTest(0);
}

TEST(Activations, KeepNaN) {
    for (const Activation activation : kAll) {
        float x = std::numeric_limits<float>::quiet_NaN();
        activate(activation, kSlope, &x, &x, 1);
        EXPECT_TRUE(std::isnan(x)) << static_cast<int>(activation);
    }
}

}  // namespace
}  // namespace mantissa::nn
