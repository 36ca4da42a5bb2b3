// SPDX-License-Identifier: GPL-3.0-or-later
// Convolution of single channels: what a depthwise layer does with each of its channels, without
// the detour of a matrix product. Their weight gradients are those of convolution.h.
#pragma once

#include "core/nn/convolution.h"

namespace mantissa::nn {

/// What the functions below need of a geometry with one input and one output channel.
struct DepthwiseGeometry {
    ConvGeometry plane;
    std::optional<SamePlane> same;  ///< where planes keep their size, which is faster
    std::int64_t margin = 0;  ///< zeros before and after an error, at least the largest tap offset
    /// The taps that reach each phase of the input: phase p has [phaseBegin[p], phaseBegin[p + 1]).
    std::vector<std::int64_t> phaseBegin, phaseTaps;
    std::vector<std::int64_t> phaseOffsets;  ///< of those taps' errors, relative to the pixel
};
DepthwiseGeometry depthwiseGeometry(const ConvGeometry& plane);

/// Scratch floats a call of each of the functions below needs.
std::int64_t depthwiseScratchFloats(const DepthwiseGeometry& geometry);

/// y = w x + bias for one channel: each output is one chain of fused multiply-adds over the taps,
/// plus the bias.
void depthwiseForward(const DepthwiseGeometry& geometry, const float* weight, float bias,
                      const float* x, float* y, float* scratch);

/// dx = w^T dy for one channel: each pixel is one chain of fused multiply-adds over the taps that
/// reach it, in their order.
void depthwiseInputGradient(const DepthwiseGeometry& geometry, const float* weight, const float* dy,
                            float* dx, float* scratch);

/// The norm of these two: loops over the pixels and std::fma.
void depthwiseForwardRef(const ConvGeometry& plane, const float* weight, float bias, const float* x,
                         float* y);
void depthwiseInputGradientRef(const ConvGeometry& plane, const float* weight, const float* dy,
                               float* dx);

}  // namespace mantissa::nn
