// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/phases.h"

#include <algorithm>

namespace mantissa::nn {
namespace {

/// Calls run(image offset, phases offset, count) for each run of pixels that is contiguous in the
/// phases and `stride` apart in the image.
template <typename Run>
void forEachRun(const ConvGeometry& g, const Run& run) {
    const std::int64_t plane = g.phaseHeight * g.phaseWidth;
    for (std::int64_t c = 0; c < g.channels; ++c) {
        for (std::int64_t y = 0; y < g.height; ++y) {
            const std::int64_t row = y + g.padding;
            for (std::int64_t x = 0; x < std::min(g.stride, g.width); ++x) {
                const std::int64_t column = x + g.padding;
                const std::int64_t phase = row % g.stride * g.stride + column % g.stride;
                run((c * g.height + y) * g.width + x,
                    (phase * g.channels + c) * plane + row / g.stride * g.phaseWidth +
                        column / g.stride,
                    (g.width - x + g.stride - 1) / g.stride);
            }
        }
    }
}

}  // namespace

void splitPhases(const ConvGeometry& geometry, const float* image, float* phases) {
    std::fill_n(phases, geometry.phasesFloats, 0.0F);
    const std::int64_t stride = geometry.stride;
    forEachRun(geometry, [&](std::int64_t from, std::int64_t to, std::int64_t count) {
        if (stride == 1) {
            std::copy_n(image + from, count, phases + to);
            return;
        }
        for (std::int64_t i = 0; i < count; ++i) {
            phases[to + i] = image[from + i * stride];
        }
    });
}

void joinPhases(const ConvGeometry& geometry, const float* phases, float* image) {
    const std::int64_t stride = geometry.stride;
    forEachRun(geometry, [&](std::int64_t to, std::int64_t from, std::int64_t count) {
        if (stride == 1) {
            std::copy_n(phases + from, count, image + to);
            return;
        }
        for (std::int64_t i = 0; i < count; ++i) {
            image[to + i * stride] = phases[from + i];
        }
    });
}

void spreadRows(const ConvGeometry& geometry, const float* dense, float* spread) {
    const std::int64_t gap = geometry.phaseWidth - geometry.outWidth;
    for (std::int64_t o = 0; o < geometry.outChannels; ++o) {
        float* to = spread + o * geometry.span;
        float* const end = to + geometry.span;
        for (std::int64_t y = 0; y < geometry.outHeight; ++y) {
            to = std::copy_n(dense, geometry.outWidth, to);
            to = std::fill_n(to, std::min(gap, end - to), 0.0F);
            dense += geometry.outWidth;
        }
        std::fill(to, end, 0.0F);
    }
}

void gatherRows(const ConvGeometry& geometry, const float* spread, const float* bias,
                float* dense) {
    for (std::int64_t o = 0; o < geometry.outChannels; ++o) {
        const float shift = bias != nullptr ? bias[o] : 0.0F;
        for (std::int64_t y = 0; y < geometry.outHeight; ++y) {
            const float* from = spread + o * geometry.span + y * geometry.phaseWidth;
            for (std::int64_t x = 0; x < geometry.outWidth; ++x) {
                dense[x] = from[x] + shift;
            }
            dense += geometry.outWidth;
        }
    }
}

}  // namespace mantissa::nn
