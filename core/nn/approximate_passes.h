// SPDX-License-Identifier: GPL-3.0-or-later
// The passes of linear and convolution layers under an emulated multiplier (see
// approximate_products.h). Internal to nn.
#pragma once

#include <cstdint>
#include <span>

#include "core/nn/approximate_products.h"
#include "core/nn/convolution.h"
#include "core/nn/gemm.h"

namespace mantissa::nn {

/// C = A B, or C += A B where `accumulate`, like gemm(); `scratch` holds approximateScratchFloats()
/// for each worker.
void approximateGemm(const ApproximateMultiplication& multiplication, const GemmSize& size,
                     const MatrixView& a, const MatrixView& b, float* c, bool accumulate,
                     std::span<float> scratch, ThreadTeam& team);

// One image, or `images` of them, of a convolution, in one task of `team`, as convForward() and its
// kin have them.

/// Scratch floats of a call of each.
std::int64_t approximateConvScratchFloats(const ConvGeometry& geometry);

/// Each output is one chain over the taps, plus the bias, which may be null.
void approximateConvForward(const ApproximateMultiplication& multiplication,
                            const ConvGeometry& geometry, const float* weight, const float* bias,
                            const float* x, float* y, float* scratch, const ThreadTeam& team);
/// For each tap a chain over the output channels, taps added in order.
void approximateConvInputGradient(const ApproximateMultiplication& multiplication,
                                  const ConvGeometry& geometry, const float* weight,
                                  const float* dy, float* dx, float* scratch,
                                  const ThreadTeam& team);
/// `dw`, taps x outChannels: one chain over the images, and in each over the pixels.
void approximateConvWeightGradient(const ApproximateMultiplication& multiplication,
                                   const ConvGeometry& geometry, const float* x, const float* dy,
                                   std::int64_t images, float* dw, float* scratch,
                                   const ThreadTeam& team);

}  // namespace mantissa::nn
