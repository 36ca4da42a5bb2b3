// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/depthwise.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "core/nn/phases.h"

// Highway re-includes this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/nn/depthwise.cpp"
#include <hwy/foreach_target.h>
// tile_kernel-inl.h needs the target that foreach_target.h has set.
#include "core/nn/tile_kernel-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

#if MANTISSA_VECTOR_FMA

/// Vectors whose chains run side by side, to hide the latency of the multiply-add.
constexpr std::size_t kRun = 6;

template <std::size_t Vectors>
HWY_INLINE void correlateRun(const float* from, const std::int64_t* offsets, const float* weights,
                             std::int64_t taps, float shift, float* to) {
    const FloatTag d;
    constexpr std::size_t kStep = hn::MaxLanes(FloatTag());
    hn::Vec<FloatTag> sum[Vectors];
    MANTISSA_UNROLL
    for (std::size_t v = 0; v < Vectors; ++v) {
        sum[v] = hn::Zero(d);
    }
    for (std::int64_t t = 0; t < taps; ++t) {
        const auto weight = hn::Set(d, weights[t]);
        const float* row = from + offsets[t];
        MANTISSA_UNROLL
        for (std::size_t v = 0; v < Vectors; ++v) {
            sum[v] = hn::MulAdd(weight, hn::LoadU(d, row + v * kStep), sum[v]);
        }
    }
    MANTISSA_UNROLL
    for (std::size_t v = 0; v < Vectors; ++v) {
        hn::StoreU(hn::Add(sum[v], hn::Set(d, shift)), d, to + v * kStep);
    }
}

/// to[i] = sum over t of weights[t] from[offsets[t] + i], plus `shift`; `count` is a multiple
/// of 16.
void correlate(const float* from, const std::int64_t* offsets, const float* weights,
               std::int64_t taps, float shift, float* to, std::int64_t count) {
    constexpr auto kLong = static_cast<std::int64_t>(kRun) * kLanes;
    std::int64_t i = 0;
    for (; i + kLong <= count; i += kLong) {
        correlateRun<kRun>(from + i, offsets, weights, taps, shift, to + i);
    }
    for (; i + 2 * kLanes <= count; i += 2 * kLanes) {
        correlateRun<2>(from + i, offsets, weights, taps, shift, to + i);
    }
    for (; i < count; i += kLanes) {
        correlateRun<1>(from + i, offsets, weights, taps, shift, to + i);
    }
}

#else

void correlate(const float* from, const std::int64_t* offsets, const float* weights,
               std::int64_t taps, float shift, float* to, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
        float sum = 0;
        for (std::int64_t t = 0; t < taps; ++t) {
            sum = std::fma(weights[t], from[offsets[t] + i], sum);
        }
        to[i] = sum + shift;
    }
}

#endif

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mantissa::nn {

HWY_EXPORT(correlate);

namespace {

constexpr std::int64_t kUnit = 16;
constexpr std::size_t kMaxKernel = 31;
constexpr std::size_t kMaxTaps = kMaxKernel * kMaxKernel;

std::int64_t roundUp(std::int64_t value) {
    return (value + kUnit - 1) / kUnit * kUnit;
}

std::int64_t planeFloats(const ConvGeometry& g) {
    return g.phaseHeight * g.phaseWidth;
}

/// to = the chains over the taps at `offsets` from a plane's copies.
void correlatePlane(const SamePlane& plane, const std::vector<std::int64_t>& offsets,
                    const float* weight, float bias, const float* from, float* to, float* scratch) {
    copyColumns(plane, from, 0, 1, scratch);
    const bool whole = plane.vectorFloats() == plane.pixels;
    float* const wide = whole ? to : scratch + columnCopiesFloats(plane, 1);
    HWY_DYNAMIC_DISPATCH(correlate)
    (scratch + plane.margin, offsets.data(), weight, static_cast<std::int64_t>(offsets.size()),
     bias, wide, plane.vectorFloats());
    if (!whole) {
        std::copy_n(wide, plane.pixels, to);
    }
}

}  // namespace

DepthwiseGeometry depthwiseGeometry(const ConvGeometry& plane) {
    DepthwiseGeometry g{plane, samePlane(plane), 0, {0}, {}, {}};
    const std::int64_t floats = planeFloats(plane);
    for (std::int64_t phase = 0; phase < plane.stride * plane.stride; ++phase) {
        for (std::int64_t tap = 0; tap < plane.taps; ++tap) {
            const std::int64_t offset = plane.tapOffsets[static_cast<std::size_t>(tap)];
            if (offset / floats == phase) {
                g.phaseTaps.push_back(tap);
                g.phaseOffsets.push_back(-(offset % floats));
                g.margin = std::max(g.margin, offset % floats);
            }
        }
        g.phaseBegin.push_back(static_cast<std::int64_t>(g.phaseTaps.size()));
    }
    g.margin = roundUp(g.margin);
    return g;
}

std::int64_t depthwiseScratchFloats(const DepthwiseGeometry& g) {
    // The copies or phases, and either the spread outputs or the error between its margins.
    const std::int64_t error = std::max(g.plane.span, roundUp(planeFloats(g.plane)));
    const std::int64_t plane =
        g.same ? columnCopiesFloats(*g.same, 1) + g.same->vectorFloats()
               : g.plane.phasesFloats + kUnit + 2 * g.margin + kRowSlack + error;
    return std::max(convScratchFloats(g.plane), plane);
}

void depthwiseForward(const DepthwiseGeometry& geometry, const float* weight, float bias,
                      const float* x, float* y, float* scratch) {
    if (geometry.same) {
        correlatePlane(*geometry.same, geometry.same->forward, weight, bias, x, y, scratch);
        return;
    }
    const ConvGeometry& g = geometry.plane;
    float* spread = scratch + g.phasesFloats;
    splitPhases(g, x, scratch);
    HWY_DYNAMIC_DISPATCH(correlate)
    (scratch, g.tapOffsets.data(), weight, g.taps, bias, spread, g.span);
    gatherRows(g, spread, nullptr, y);
}

void depthwiseInputGradient(const DepthwiseGeometry& geometry, const float* weight, const float* dy,
                            float* dx, float* scratch) {
    if (geometry.same) {
        correlatePlane(*geometry.same, geometry.same->backward, weight, 0.0F, dy, dx, scratch);
        return;
    }
    const ConvGeometry& g = geometry.plane;
    const std::int64_t floats = planeFloats(g);
    const std::int64_t run = roundUp(floats);
    float* error = scratch + g.phasesFloats + kUnit + geometry.margin;
    std::fill_n(error - geometry.margin, geometry.margin, 0.0F);
    spreadRows(g, dy, error);
    std::fill_n(error + g.span, std::max(run - g.span, std::int64_t{0}) + geometry.margin, 0.0F);
    std::array<float, kMaxTaps> weights{};
    for (std::int64_t phase = 0; phase < g.stride * g.stride; ++phase) {
        const auto first = geometry.phaseBegin[static_cast<std::size_t>(phase)];
        const auto taps = geometry.phaseBegin[static_cast<std::size_t>(phase) + 1] - first;
        for (std::int64_t t = 0; t < taps; ++t) {
            weights[static_cast<std::size_t>(t)] =
                weight[geometry.phaseTaps[static_cast<std::size_t>(first + t)]];
        }
        // Phases follow each other: what is written past one is overwritten by the next.
        HWY_DYNAMIC_DISPATCH(correlate)
        (error, geometry.phaseOffsets.data() + first, weights.data(), taps, 0.0F,
         scratch + phase * floats, run);
    }
    joinPhases(g, scratch, dx);
}

}  // namespace mantissa::nn
#endif
