// SPDX-License-Identifier: GPL-3.0-or-later
// Element-wise passes and sums over runs of floats, vectorised; the same bytes on every instruction
// set: multiplications and additions are never fused, and sums run in 16 chains.
#pragma once

#include <cstdint>

namespace mantissa::nn {

/// to += from.
void addTo(float* to, const float* from, std::int64_t count);
/// y = a + b; y may be either.
void addTogether(const float* a, const float* b, float* y, std::int64_t count);
/// y = max(x, 0), NaN stays; y may be x.
void reluForward(const float* x, float* y, std::int64_t count);
/// dx = dy where y > 0, else 0; dx may be dy.
void reluBackward(const float* y, const float* dy, float* dx, std::int64_t count);

/// Sum of x.
double sumOf(const float* x, std::int64_t count);

struct Extremes {
    float minimum = 0;
    float maximum = 0;
};
/// Of a run of at least one float.
Extremes extremesOf(const float* x, std::int64_t count);

/// 2 x 2 windows, 2 apart, of one output row of `count`: y = the largest of two input rows.
void maxPoolRow(const float* upper, const float* lower, float* y, std::int64_t count);
/// The gradient goes to the first of the window that equals y, upper row first; the others get 0.
void maxPoolRowBackward(const float* upper, const float* lower, const float* y, const float* dy,
                        float* dUpper, float* dLower, std::int64_t count);

}  // namespace mantissa::nn
