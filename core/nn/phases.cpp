// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/phases.h"

#include <algorithm>

#include "core/nn/read_ahead.h"

// Highway re-includes this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/nn/phases.cpp"
#include <hwy/foreach_target.h>
// tile_kernel-inl.h needs the target that foreach_target.h has set.
#include "core/nn/tile_kernel-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

// Rows are short, often of one or two vectors: a call of memmove would cost more than the copy.

#if MANTISSA_VECTOR_FMA

/// to[i] = from[i] + shift.
HWY_INLINE void copyRow(const float* from, std::int64_t count, float shift, float* to) {
    const FloatTag d;
    const auto shifts = hn::Set(d, shift);
    std::int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
        hn::StoreU(hn::Add(hn::LoadU(d, from + i), shifts), d, to + i);
    }
    if (i < count) {
        const auto tail = hn::FirstN(d, static_cast<std::size_t>(count - i));
        hn::BlendedStore(hn::Add(hn::MaskedLoad(tail, d, from + i), shifts), tail, d, to + i);
    }
}

/// The reverse of interleave().
HWY_INLINE void separate(const float* from, std::int64_t count, float* even, float* odd) {
    const FloatTag d;
    std::int64_t i = 0;
    for (; 2 * (i + kLanes) <= count; i += kLanes) {
        const auto low = hn::LoadU(d, from + 2 * i);
        const auto high = hn::LoadU(d, from + 2 * i + kLanes);
        hn::StoreU(hn::ConcatEven(d, high, low), d, even + i);
        hn::StoreU(hn::ConcatOdd(d, high, low), d, odd + i);
    }
    for (i = 2 * i; i < count; ++i) {
        (i % 2 == 0 ? even : odd)[i / 2] = from[i];
    }
}

/// to[2 i] = even[i], to[2 i + 1] = odd[i]; `count` floats in all.
HWY_INLINE void interleave(const float* even, const float* odd, std::int64_t count, float* to) {
    const FloatTag d;
    std::int64_t i = 0;
    for (; 2 * (i + kLanes) <= count; i += kLanes) {
        hn::StoreInterleaved2(hn::LoadU(d, even + i), hn::LoadU(d, odd + i), d, to + 2 * i);
    }
    for (i = 2 * i; i < count; ++i) {
        to[i] = i % 2 == 0 ? even[i / 2] : odd[i / 2];
    }
}

/// The row and then `zeros` zeros; up to kRowSlack more are written after them.
HWY_INLINE void copyThenZeros(const float* from, std::int64_t count, std::int64_t zeros,
                              float* to) {
    const FloatTag d;
    std::int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
        hn::StoreU(hn::LoadU(d, from + i), d, to + i);
    }
    if (i < count) {
        const auto tail = hn::FirstN(d, static_cast<std::size_t>(count - i));
        hn::StoreU(hn::MaskedLoad(tail, d, from + i), d, to + i);
        i += kLanes;
    }
    // Mostly there are a few: a loop would become a call of memset.
    if (i < count + zeros) {
        hn::StoreU(hn::Zero(d), d, to + i);
        for (i += kLanes; i < count + zeros; i += kLanes) {
            hn::StoreU(hn::Zero(d), d, to + i);
        }
    }
}

#else

void copyRow(const float* from, std::int64_t count, float shift, float* to) {
    for (std::int64_t i = 0; i < count; ++i) {
        to[i] = from[i] + shift;
    }
}

void separate(const float* from, std::int64_t count, float* even, float* odd) {
    for (std::int64_t i = 0; i < count; ++i) {
        (i % 2 == 0 ? even : odd)[i / 2] = from[i];
    }
}

void interleave(const float* even, const float* odd, std::int64_t count, float* to) {
    for (std::int64_t i = 0; i < count; ++i) {
        to[i] = i % 2 == 0 ? even[i / 2] : odd[i / 2];
    }
}

void copyThenZeros(const float* from, std::int64_t count, std::int64_t zeros, float* to) {
    std::fill_n(std::copy_n(from, count, to), zeros, 0.0F);
}

#endif

/// splitPhases of stride one: padded planes, written from front to back.
void padPlanes(const ConvGeometry& g, const float* image, float* phases) {
    const std::int64_t edge = g.padding * g.phaseWidth + g.padding;
    for (std::int64_t c = 0; c < g.channels; ++c) {
        float* to = phases + c * g.phaseHeight * g.phaseWidth;
        copyThenZeros(nullptr, 0, edge, to);
        to += edge;
        for (std::int64_t y = 0; y < g.height; ++y) {
            askFor(image + kAheadFloats, g.width);
            copyThenZeros(image, g.width, y + 1 < g.height ? 2 * g.padding : edge, to);
            image += g.width;
            to += g.phaseWidth;
        }
    }
    float* const end = phases + g.channels * g.phaseHeight * g.phaseWidth;
    std::fill(end, phases + g.phasesFloats, 0.0F);
}

/// splitPhases of stride two, into zeros.
void splitPairs(const ConvGeometry& g, const float* image, float* phases) {
    for (std::int64_t c = 0; c < g.channels; ++c) {
        for (std::int64_t y = 0; y < g.height; ++y) {
            askFor(image + kAheadFloats, g.width);
            separate(image, g.width, phases + phaseRow(g, c, y, 0), phases + phaseRow(g, c, y, 1));
            image += g.width;
        }
    }
}

/// joinPhases of stride two.
void joinPairs(const ConvGeometry& g, const float* phases, float* image) {
    for (std::int64_t c = 0; c < g.channels; ++c) {
        for (std::int64_t y = 0; y < g.height; ++y) {
            interleave(phases + phaseRow(g, c, y, 0), phases + phaseRow(g, c, y, 1), g.width,
                       image);
            image += g.width;
        }
    }
}

void spreadAllRows(const ConvGeometry& g, const float* dense, float* spread) {
    const std::int64_t gap = g.phaseWidth - g.outWidth;
    const std::int64_t last = g.span - (g.outHeight - 1) * g.phaseWidth - g.outWidth;
    for (std::int64_t o = 0; o < g.outChannels; ++o) {
        float* to = spread + o * g.span;
        for (std::int64_t y = 0; y < g.outHeight; ++y) {
            copyThenZeros(dense, g.outWidth, y + 1 < g.outHeight ? gap : last, to);
            dense += g.outWidth;
            to += g.phaseWidth;
        }
    }
}

/// `count` rows `fromStride` apart to rows without gaps.
void packRows(const float* from, std::int64_t fromStride, std::int64_t count, std::int64_t width,
              float shift, float* to) {
    for (std::int64_t y = 0; y < count; ++y) {
        copyRow(from + y * fromStride, width, shift, to + y * width);
    }
}

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mantissa::nn {

HWY_EXPORT(padPlanes);
HWY_EXPORT(splitPairs);
HWY_EXPORT(joinPairs);
HWY_EXPORT(spreadAllRows);
HWY_EXPORT(packRows);

namespace {

/// Calls run(image offset, phases offset, count) for each run of pixels that is contiguous in the
/// phases and `stride` apart in the image.
template <typename Run>
void forEachRun(const ConvGeometry& g, const Run& run) {
    for (std::int64_t c = 0; c < g.channels; ++c) {
        for (std::int64_t y = 0; y < g.height; ++y) {
            for (std::int64_t x = 0; x < std::min(g.stride, g.width); ++x) {
                run((c * g.height + y) * g.width + x, phaseRow(g, c, y, x),
                    (g.width - x + g.stride - 1) / g.stride);
            }
        }
    }
}

}  // namespace

void splitPhases(const ConvGeometry& geometry, const float* image, float* phases) {
    if (geometry.stride == 1) {
        HWY_DYNAMIC_DISPATCH(padPlanes)(geometry, image, phases);
        return;
    }
    std::fill_n(phases, geometry.phasesFloats, 0.0F);
    if (geometry.stride == 2) {
        HWY_DYNAMIC_DISPATCH(splitPairs)(geometry, image, phases);
        return;
    }
    forEachRun(geometry, [&](std::int64_t from, std::int64_t to, std::int64_t count) {
        for (std::int64_t i = 0; i < count; ++i) {
            phases[to + i] = image[from + i * geometry.stride];
        }
    });
}

void joinPhases(const ConvGeometry& geometry, const float* phases, float* image) {
    const ConvGeometry& g = geometry;
    if (g.stride == 1) {
        const std::int64_t first = g.padding * g.phaseWidth + g.padding;
        for (std::int64_t c = 0; c < g.channels; ++c) {
            HWY_DYNAMIC_DISPATCH(packRows)
            (phases + c * g.phaseHeight * g.phaseWidth + first, g.phaseWidth, g.height, g.width,
             -0.0F, image + c * g.height * g.width);
        }
        return;
    }
    if (g.stride == 2) {
        HWY_DYNAMIC_DISPATCH(joinPairs)(g, phases, image);
        return;
    }
    forEachRun(geometry, [&](std::int64_t to, std::int64_t from, std::int64_t count) {
        for (std::int64_t i = 0; i < count; ++i) {
            image[to + i * g.stride] = phases[from + i];
        }
    });
}

void spreadRows(const ConvGeometry& geometry, const float* dense, float* spread) {
    HWY_DYNAMIC_DISPATCH(spreadAllRows)(geometry, dense, spread);
}

void gatherRows(const ConvGeometry& geometry, const float* spread, const float* bias,
                float* dense) {
    const ConvGeometry& g = geometry;
    for (std::int64_t o = 0; o < g.outChannels; ++o) {
        HWY_DYNAMIC_DISPATCH(packRows)
        (spread + o * g.span, g.phaseWidth, g.outHeight, g.outWidth,
         bias != nullptr ? bias[o] : 0.0F, dense + o * g.outHeight * g.outWidth);
    }
}

}  // namespace mantissa::nn
#endif
