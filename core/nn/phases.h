// SPDX-License-Identifier: GPL-3.0-or-later
// Copies between dense images and the phases that convolution.h works on.
#pragma once

#include "core/nn/convolution.h"

namespace mantissa::nn {

/// Where in the phases the pixels begin that stand in row `y` of an image's channel, from column
/// `x` on, `stride` apart.
inline std::int64_t phaseRow(const ConvGeometry& g, std::int64_t channel, std::int64_t y,
                             std::int64_t x) {
    const std::int64_t row = y + g.padding;
    const std::int64_t column = x + g.padding;
    const std::int64_t phase = row % g.stride * g.stride + column % g.stride;
    return ((phase * g.channels + channel) * g.phaseHeight + row / g.stride) * g.phaseWidth +
           column / g.stride;
}

/// Writes a padded image cut into phases; all phasesFloats are written.
void splitPhases(const ConvGeometry& geometry, const float* image, float* phases);
/// The reverse: reads the image's own pixels and leaves the padding out.
void joinPhases(const ConvGeometry& geometry, const float* phases, float* image);

/// Zeros that spreadRows may write past its end.
constexpr std::int64_t kRowSlack = 16;

/// Output channels of `span` floats with zeros between the rows, from a dense output.
void spreadRows(const ConvGeometry& geometry, const float* dense, float* spread);
/// The reverse, with a channel's bias added (`bias` may be null); in place where rows have no gaps.
void gatherRows(const ConvGeometry& geometry, const float* spread, const float* bias, float* dense);

}  // namespace mantissa::nn
