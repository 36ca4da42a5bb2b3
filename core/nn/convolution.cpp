// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/convolution.h"

#include <algorithm>

#include "core/nn/phases.h"
#include "core/nn/read_ahead.h"

// Highway re-includes this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/nn/convolution.cpp"
#include <hwy/foreach_target.h>
// These need the target that foreach_target.h has set.
#include "core/nn/dot_kernel-inl.h"
#include "core/nn/tile_kernel-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

/// y = W x + b, as the geometry lays pixels out; W is packed, `bias` may be null.
void multiplyForward(const ConvGeometry& g, const float* packed, const float* bias, const float* x,
                     float* y, const ThreadTeam& team) {
    static_assert(kPackedRows == kPackedFilters);
    const PixelLayout& at = g.layout;
    std::int64_t columns = 0;
    for (std::int64_t column = 0; column < at.pixels; column += columns) {
        columns = panelColumns(at.pixels - column);
        for (std::int64_t row = 0; row < g.outChannels && !team.stopped(); row += kPackedRows) {
            multiplyPanel(Tile<PackedElements, TabledRows>{{packed + row * g.taps},
                                                           {x, at.tapOffsets.data(),
                                                            at.pixelOffsets.data(), column},
                                                           g.taps,
                                                           y + row * at.pixels + column,
                                                           at.pixels,
                                                           columns,
                                                           false,
                                                           bias != nullptr ? bias + row : nullptr},
                          std::min(kPackedRows, g.outChannels - row));
        }
    }
}

/// Taps whose products are computed together before they are added to the image.
constexpr std::int64_t kTapBlock = 16;

/// dx (phases) = W^T dy (spread rows); `products` holds kTapBlock rows.
void multiplyInputGradient(const ConvGeometry& g, const float* weight, const float* dy,
                           float* products, float* phases, const ThreadTeam& team) {
    const FloatTag d;
    std::fill_n(phases, g.phasesFloats, 0.0F);
    for (std::int64_t tap = 0; tap < g.taps; tap += kTapBlock) {
        const std::int64_t taps = std::min(kTapBlock, g.taps - tap);
        for (std::int64_t column = 0; column < g.span && !team.stopped(); column += kTileColumns) {
            multiplyPanel(
                Tile<StridedElements, StridedRows>{{weight + tap, 1, g.taps},
                                                   {dy + column, g.span},
                                                   g.outChannels,
                                                   products + column,
                                                   g.span,
                                                   std::min(kTileColumns, g.span - column),
                                                   false},
                taps);
        }
        for (std::int64_t t = 0; t < taps; ++t) {
            const float* from = products + t * g.span;
            float* to = phases + g.tapOffsets[static_cast<std::size_t>(tap + t)];
            for (std::int64_t i = 0; i < g.span; i += kLanes) {
                hn::StoreU(hn::Add(hn::LoadU(d, to + i), hn::LoadU(d, from + i)), d, to + i);
            }
        }
    }
}

/// dx = W^T dy of a pointwise convolution: both are planes without gaps.
void multiplyPointwiseGradient(const ConvGeometry& g, const float* weight, const float* dy,
                               float* dx, const ThreadTeam& team) {
    constexpr std::int64_t kRows = 64;  // between two looks at the stop; a multiple of kTileRows
    std::int64_t columns = 0;
    for (std::int64_t column = 0; column < g.span; column += columns) {
        columns = panelColumns(g.span - column);
        for (std::int64_t tap = 0; tap < g.taps && !team.stopped(); tap += kRows) {
            multiplyPanel(Tile<StridedElements, StridedRows>{{weight + tap, 1, g.taps},
                                                             {dy + column, g.span},
                                                             g.outChannels,
                                                             dx + tap * g.span + column,
                                                             g.span,
                                                             columns,
                                                             false},
                          std::min(kRows, g.taps - tap));
        }
    }
}

/// Of so many images of a group, as the geometry lays them out.
void multiplyWeightGradient(const ConvGeometry& g, const float* x, const float* dy,
                            std::int64_t images, float* dw, const ThreadTeam& team) {
    const PixelLayout& at = g.layout;
    dotRows(DotOperands{dy, at.pixels, g.outChannels, at.errorPieces.data(), x,
                        at.tapOffsets.data(), g.taps, at.inputPieces.data(),
                        static_cast<std::int64_t>(at.pixelOffsets.size()), at.pixels % 16, images},
            dw, team);
}

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mantissa::nn {

HWY_EXPORT(multiplyForward);
HWY_EXPORT(multiplyInputGradient);
HWY_EXPORT(multiplyPointwiseGradient);
HWY_EXPORT(multiplyWeightGradient);

namespace {

constexpr std::int64_t kTapProducts = 16;  // at least kTapBlock of each target
/// Reads of whole vectors run past the last pixel.
constexpr std::int64_t kSlack = 64;

std::int64_t roundUp(std::int64_t value, std::int64_t unit) {
    return (value + unit - 1) / unit * unit;
}

/// The first weight of a filter among eight of `taps` weights that stand side by side.
float* placeOfFilter(std::int64_t taps, std::int64_t channel, float* packed) {
    return packed + channel / kPackedFilters * kPackedFilters * taps + channel % kPackedFilters;
}

}  // namespace

ConvGeometry convGeometry(const Conv2d& conv, const Shape& input) {
    ConvGeometry g;
    g.channels = input[0] / conv.groups;
    g.height = input[1];
    g.width = input[2];
    g.kernel = conv.kernel;
    g.stride = conv.stride;
    g.padding = conv.padding;
    g.dilation = conv.dilation;
    g.outChannels = conv.outChannels / conv.groups;
    const std::int64_t window = g.dilation * (g.kernel - 1) + 1;
    g.outHeight = (g.height + 2 * g.padding - window) / g.stride + 1;
    g.outWidth = (g.width + 2 * g.padding - window) / g.stride + 1;
    g.taps = g.channels * g.kernel * g.kernel;
    g.inputStride = conv.groups * g.inputFloats();
    g.outputStride = conv.groups * g.outputFloats();
    g.phaseHeight = (g.height + 2 * g.padding + g.stride - 1) / g.stride;
    g.phaseWidth = (g.width + 2 * g.padding + g.stride - 1) / g.stride;
    const std::int64_t plane = g.phaseHeight * g.phaseWidth;
    g.phasesFloats = roundUp(g.stride * g.stride * g.channels * plane + kSlack, 16);
    g.span = roundUp((g.outHeight - 1) * g.phaseWidth + g.outWidth, 16);
    for (std::int64_t c = 0; c < g.channels; ++c) {
        for (std::int64_t y = 0; y < window; y += g.dilation) {
            for (std::int64_t x = 0; x < window; x += g.dilation) {
                const std::int64_t phase = y % g.stride * g.stride + x % g.stride;
                g.tapOffsets.push_back((phase * g.channels + c) * plane +
                                       y / g.stride * g.phaseWidth + x / g.stride);
            }
        }
    }
    g.layout = pixelLayout(g);
    return g;
}

std::int64_t mostGradientParts(std::int64_t weights) {
    constexpr std::int64_t kMaxParts = 16;
    constexpr std::int64_t kMaxFloats = std::int64_t{1} << 22;
    return std::clamp<std::int64_t>(kMaxFloats / weights, 1, kMaxParts);
}

std::optional<ConvGeometry> turnedGeometry(const ConvGeometry& g) {
    const std::int64_t padding = g.dilation * (g.kernel - 1) - g.padding;
    if (g.stride != 1 || padding < 0 || g.layout.floats == 0) {
        return std::nullopt;
    }
    ConvGeometry turned = convGeometry({.outChannels = static_cast<int>(g.channels),
                                        .kernel = static_cast<int>(g.kernel),
                                        .padding = static_cast<int>(padding),
                                        .dilation = static_cast<int>(g.dilation)},
                                       {g.outChannels, g.outHeight, g.outWidth});
    turned.inputStride = g.outputStride;
    turned.outputStride = g.inputStride;
    return turned;
}

std::int64_t packedFilterFloats(const ConvGeometry& g) {
    return roundUp(g.outChannels, kPackedFilters) * g.taps;
}

void packFilter(const ConvGeometry& g, const float* weight, std::int64_t channel, float* packed) {
    const float* from = weight + channel * g.taps;
    float* to = placeOfFilter(g.taps, channel, packed);
    for (std::int64_t tap = 0; tap < g.taps; ++tap) {
        to[tap * kPackedFilters] = from[tap];
    }
}

void packTurnedFilter(const ConvGeometry& g, const float* weight, std::int64_t channel,
                      float* packed) {
    const std::int64_t window = g.kernel * g.kernel;
    float* to = placeOfFilter(g.outChannels * window, channel, packed);
    for (std::int64_t o = 0; o < g.outChannels; ++o) {
        const float* from = weight + o * g.taps + channel * window;
        for (std::int64_t tap = window; tap-- > 0; to += kPackedFilters) {
            *to = from[tap];
        }
    }
}

std::int64_t convScratchFloats(const ConvGeometry& g) {
    const PixelLayout& layout = g.layout;
    const std::int64_t spread = layout.isDense ? 0 : g.outChannels * g.span;
    const std::int64_t input =
        g.phasesFloats + (g.outChannels + std::min(kTapProducts, g.taps)) * g.span;
    return std::max(layout.groupImages * (layout.floats + spread) + kRowSlack, input);
}

void convForward(const ConvGeometry& g, const float* packed, const float* bias, const float* x,
                 float* y, float* scratch, const ThreadTeam& team) {
    if (g.layout.floats > 0) {
        layOutImage(g, x, scratch);
        x = scratch;
    }
    if (g.layout.isDense) {
        HWY_DYNAMIC_DISPATCH(multiplyForward)(g, packed, bias, x, y, team);
        return;
    }
    float* const spread = scratch + g.layout.floats;
    HWY_DYNAMIC_DISPATCH(multiplyForward)(g, packed, nullptr, x, spread, team);
    gatherRows(g, spread, bias, y);
}

void convInputGradient(const ConvGeometry& g, const float* weight, const float* dy, float* dx,
                       float* scratch, const ThreadTeam& team) {
    if (g.layout.floats == 0) {
        HWY_DYNAMIC_DISPATCH(multiplyPointwiseGradient)(g, weight, dy, dx, team);
        return;
    }
    float* spread = scratch + g.phasesFloats;
    float* products = spread + g.outChannels * g.span;
    spreadRows(g, dy, spread);
    HWY_DYNAMIC_DISPATCH(multiplyInputGradient)(g, weight, spread, products, scratch, team);
    joinPhases(g, scratch, dx);
}

void convWeightGradient(const ConvGeometry& g, const float* x, const float* dy, std::int64_t images,
                        float* dw, float* scratch, const ThreadTeam& team) {
    const PixelLayout& layout = g.layout;
    const std::int64_t group = layout.groupImages;
    float* const spread = scratch + group * layout.floats;
    for (std::int64_t first = 0; first < images && !team.stopped(); first += group) {
        const std::int64_t count = std::min(group, images - first);
        const float* input = x + first * g.inputStride;
        const float* error = dy + first * g.outputStride;
        if (layout.floats > 0) {
            for (std::int64_t i = 0; i < count; ++i) {
                const float* const image = input + i * g.inputStride;
                if (g.inputStride != g.inputFloats() && first + i + group < images) {
                    askFor(image + group * g.inputStride, g.inputFloats());
                }
                layOutImage(g, image, scratch + i * layout.floats);
            }
            input = scratch;
        }
        if (!layout.isDense) {
            for (std::int64_t i = 0; i < count; ++i) {
                spreadRows(g, error + i * g.outputStride, spread + i * layout.errorPitch);
            }
            error = spread;
        }
        HWY_DYNAMIC_DISPATCH(multiplyWeightGradient)(g, input, error, count, dw, team);
    }
}

}  // namespace mantissa::nn
#endif
