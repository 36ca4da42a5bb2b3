// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "core/nn/depthwise.h"

namespace mantissa::nn {
namespace {

/// Calls body(output, tap, input) for every product of one channel, taps in their order.
template <typename Body>
void forEachProduct(const ConvGeometry& g, const Body& body) {
    for (std::int64_t out = 0; out < g.outHeight * g.outWidth; ++out) {
        for (std::int64_t tap = 0; tap < g.taps; ++tap) {
            const std::int64_t y = out / g.outWidth * g.stride + tap / g.kernel * g.dilation;
            const std::int64_t x = out % g.outWidth * g.stride + tap % g.kernel * g.dilation;
            const std::int64_t row = y - g.padding;
            const std::int64_t column = x - g.padding;
            const bool inside = row >= 0 && row < g.height && column >= 0 && column < g.width;
            body(out, tap, inside ? row * g.width + column : -1);
        }
    }
}

}  // namespace

void depthwiseForwardRef(const ConvGeometry& plane, const float* weight, float bias, const float* x,
                         float* y) {
    std::fill_n(y, plane.outputFloats(), 0.0F);
    forEachProduct(plane, [&](std::int64_t out, std::int64_t tap, std::int64_t in) {
        y[out] = std::fma(weight[tap], in < 0 ? 0.0F : x[in], y[out]);
    });
    for (std::int64_t out = 0; out < plane.outputFloats(); ++out) {
        y[out] += bias;
    }
}

void depthwiseInputGradientRef(const ConvGeometry& plane, const float* weight, const float* dy,
                               float* dx) {
    std::fill_n(dx, plane.inputFloats(), 0.0F);
    for (std::int64_t wanted = 0; wanted < plane.taps; ++wanted) {
        forEachProduct(plane, [&](std::int64_t out, std::int64_t tap, std::int64_t in) {
            if (tap == wanted && in >= 0) {
                dx[in] = std::fma(weight[tap], dy[out], dx[in]);
            }
        });
    }
}

}  // namespace mantissa::nn
