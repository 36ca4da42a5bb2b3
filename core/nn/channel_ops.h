// SPDX-License-Identifier: GPL-3.0-or-later
// Sums and maps over the samples of one channel, vectorised; the same bytes on every instruction
// set: multiplications and additions are never fused. A sum runs in 16 chains of binary32, sample i
// of a run in chain i mod 16, which are added up in double precision, in their order, and begun
// anew after the run with which they have 1,024 samples or more.
#pragma once

#include <cstdint>

namespace mantissa::nn {

/// The samples of one channel: `runs` runs of `length` floats, `stride` apart.
struct ChannelRuns {
    std::int64_t runs = 0, length = 0, stride = 0;
    std::int64_t samples() const { return runs * length; }
};

/// Where sample `i` of a channel stands.
inline std::int64_t offsetOf(const ChannelRuns& runs, std::int64_t i) {
    return i / runs.length * runs.stride + i % runs.length;
}

/// What is done to a number after it is scaled and shifted; NaN stays.
enum class Rectifier {
    None,
    Relu,  ///< max(0, y)
    Relu6  ///< min(max(0, y), 6)
};

/// y = rectified (x - centre) scale + shift.
struct ChannelMap {
    float centre = 0, scale = 1, shift = 0;
    Rectifier rectifier = Rectifier::None;
};

/// Sum of x.
double sumOf(const ChannelRuns& runs, const float* x);
/// Sum of (x - centre)^2.
double sumOfSquares(const ChannelRuns& runs, const float* x, float centre);
/// y = map(x); y may be x.
void mapChannel(const ChannelRuns& runs, const ChannelMap& map, const float* x, float* y);

// Below, g is the gradient behind a map's rectifier: dy where that lets it through, else 0. So the
// map's outputs need not be kept.

/// Sums of g and of g (x - centre).
struct GradientSums {
    double gradient = 0, product = 0;
};
GradientSums sumGradients(const ChannelRuns& runs, const ChannelMap& map, const float* x,
                          const float* dy);
/// dx = (g - meanGradient) scale - (x - centre) slope; dx may be dy.
void centreGradients(const ChannelRuns& runs, const ChannelMap& map, const float* x,
                     const float* dy, float meanGradient, float slope, float* dx);

}  // namespace mantissa::nn
