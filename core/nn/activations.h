// SPDX-License-Identifier: GPL-3.0-or-later
// Activation functions and their derivatives over runs of floats, vectorised; the same bytes on
// every instruction set, and as activations_ref.cpp says them one number at a time.
#pragma once

#include <cstdint>

namespace mantissa::nn {

/// Where the exponential is needed, within 3e-7 relative; erf within 1.5e-7 absolute (Abramowitz
/// and Stegun, 7.1.26).
enum class Activation { Relu6, LeakyRelu, Gelu, Silu, HardSwish, Sigmoid, Tanh };

/// Whether the derivative is taken from the output y, else from the input x.
constexpr bool derivesFromOutput(Activation activation) {
    return activation != Activation::Gelu && activation != Activation::Silu &&
           activation != Activation::HardSwish;
}

/// y = f(x), NaN stays; y may be x. `slope` is LeakyRelu's.
void activate(Activation activation, float slope, const float* x, float* y, std::int64_t count);
/// dx = f'(from) dy with `from` as derivesFromOutput says; dx may be dy.
void activateBackward(Activation activation, float slope, const float* from, const float* dy,
                      float* dx, std::int64_t count);

/// The norm of the functions above.
float activationRef(Activation activation, float slope, float x);
float activationDerivativeRef(Activation activation, float slope, float from);

}  // namespace mantissa::nn
