// SPDX-License-Identifier: GPL-3.0-or-later
// Coefficients that the vectorised activation functions and their reference share.
#pragma once

namespace mantissa::nn::activation {

// e^x = 2^n p(r), r = x - n ln 2 in two parts (Moshier, Cephes, expf).
inline constexpr float kLowest = -87;  ///< below it counts as it; above: no subnormals, no Inf
inline constexpr float kHighest = 88;
inline constexpr float kLog2E = 1.44269504F;
inline constexpr float kLn2High = 0.693359375F;
inline constexpr float kLn2Low = -2.12194440e-4F;
inline constexpr float kExp[] = {1.9875691500e-4F, 1.3981999507e-3F, 8.3334519073e-3F,
                                 4.1665795894e-2F, 1.6666665459e-1F, 5.0000001201e-1F};

// tanh x = x + x^3 q(x^2) below kTanhSmall (Moshier, Cephes, tanhf).
inline constexpr float kTanhSmall = 0.625F;
inline constexpr float kTanh[] = {-5.70498872745e-3F, 2.06390887954e-2F, -5.37397155531e-2F,
                                  1.33314422036e-1F, -3.33332819422e-1F};

// erfc z = t r(t) e^(-z^2), t = 1 / (1 + kErfc z) (Abramowitz and Stegun, 7.1.26).
inline constexpr float kErfc = 0.3275911F;
inline constexpr float kErfcPolynomial[] = {1.061405429F, -1.453152027F, 1.421413741F,
                                            -0.284496736F, 0.254829592F};
inline constexpr float kInverseRoot2 = 0.70710678F;
inline constexpr float kInverseRoot2Pi = 0.39894228F;
inline constexpr float kSixth = 1.0F / 6.0F;

}  // namespace mantissa::nn::activation
