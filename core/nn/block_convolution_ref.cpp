// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/nn/block_accumulate.h"
#include "core/nn/block_codes.h"
#include "core/nn/block_convolution.h"

namespace mantissa::nn {
namespace {

/// Calls visit(tap, row, column) for each tap of an output pixel; rows and columns of the image.
template <typename Visit>
void forEachTap(const ConvGeometry& g, std::int64_t row, std::int64_t column, const Visit& visit) {
    for (std::int64_t tap = 0; tap < g.kernel * g.kernel; ++tap) {
        visit(tap, row * g.stride + tap / g.kernel * g.dilation - g.padding,
              column * g.stride + tap % g.kernel * g.dilation - g.padding);
    }
}

bool inside(const ConvGeometry& g, std::int64_t row, std::int64_t column) {
    return row >= 0 && row < g.height && column >= 0 && column < g.width;
}

}  // namespace

void blockConvForwardRef(const ConvGeometry& g, const BlockSegment& segment, const float* weight,
                         const float* bias, const float* x, float* y) {
    const std::int64_t taps = g.kernel * g.kernel;
    const std::int64_t pixels = g.height * g.width;
    const auto output = [&](std::int64_t o, std::int64_t oy, std::int64_t ox) {
        float sum = 0;
        for (std::int64_t c = 0; c < g.channels; c += segment.length) {
            forEachTap(g, oy, ox, [&](std::int64_t tap, std::int64_t row, std::int64_t column) {
                if (inside(g, row, column)) {
                    sum = addSegmentProduct(
                        sum, weight + (o * g.channels + c) * taps + tap, taps,
                        x + c * pixels + row * g.width + column, pixels,
                        {std::min(segment.length, g.channels - c), segment.codes, segment.between});
                }
            });
        }
        return sum + (bias != nullptr ? bias[o] : 0.0F);
    };
    for (std::int64_t o = 0; o < g.outChannels; ++o) {
        for (std::int64_t pixel = 0; pixel < g.outHeight * g.outWidth; ++pixel) {
            *y++ = output(o, pixel / g.outWidth, pixel % g.outWidth);
        }
    }
}

void blockConvInputGradientRef(const ConvGeometry& g, const BlockSegment& segment,
                               const float* weight, const float* dy, float* dx) {
    const std::int64_t taps = g.kernel * g.kernel;
    const std::int64_t pixels = g.outHeight * g.outWidth;
    std::fill_n(dx, g.inputFloats(), 0.0F);
    for (std::int64_t o = 0; o < g.outChannels; o += segment.length) {
        const BlockSegment block{std::min(segment.length, g.outChannels - o), segment.codes,
                                 segment.between};
        for (std::int64_t tap = 0; tap < taps; ++tap) {
            for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
                const std::int64_t row =
                    pixel / g.outWidth * g.stride + tap / g.kernel * g.dilation - g.padding;
                const std::int64_t column =
                    pixel % g.outWidth * g.stride + tap % g.kernel * g.dilation - g.padding;
                for (std::int64_t c = 0; inside(g, row, column) && c < g.channels; ++c) {
                    float& sum = dx[(c * g.height + row) * g.width + column];
                    sum = addSegmentProduct(sum, weight + (o * g.channels + c) * taps + tap,
                                            g.channels * taps, dy + o * pixels + pixel, pixels,
                                            block);
                }
            }
        }
    }
}

void blockConvWeightGradientRef(const ConvGeometry& g, const BlockSegment& segment,
                                std::int64_t parts, const float* x, const float* dy,
                                std::int64_t images, float* dw) {
    const std::int64_t taps = g.kernel * g.kernel;
    const std::int64_t rows = (g.outHeight + parts - 1) / parts;
    const auto partSum = [&](std::int64_t o, std::int64_t c, std::int64_t tap, std::int64_t first) {
        float sum = 0;
        const std::int64_t last = std::min(first + rows, g.outHeight);
        for (std::int64_t pixel = first * g.outWidth; pixel < last * g.outWidth; ++pixel) {
            const std::int64_t row =
                pixel / g.outWidth * g.stride + tap / g.kernel * g.dilation - g.padding;
            const std::int64_t column =
                pixel % g.outWidth * g.stride + tap % g.kernel * g.dilation - g.padding;
            for (std::int64_t n = 0; inside(g, row, column) && n < images; n += segment.length) {
                sum = addSegmentProduct(
                    sum, dy + n * g.outputStride + (o * g.outHeight * g.outWidth + pixel),
                    g.outputStride, x + n * g.inputStride + (c * g.height + row) * g.width + column,
                    g.inputStride,
                    {std::min(segment.length, images - n), segment.codes, segment.between});
            }
        }
        return sum;
    };
    for (std::int64_t o = 0; o < g.outChannels; ++o) {
        for (std::int64_t c = 0; c < g.channels; ++c) {
            for (std::int64_t tap = 0; tap < taps; ++tap) {
                float sum = partSum(o, c, tap, 0);
                for (std::int64_t first = rows; first < g.outHeight; first += rows) {
                    const float part = partSum(o, c, tap, first);
                    sum = segment.between == nullptr ? sum + part
                                                     : addTerm(sum, part, *segment.between);
                }
                dw[(o * g.channels + c) * taps + tap] = sum;
            }
        }
    }
}

}  // namespace mantissa::nn
