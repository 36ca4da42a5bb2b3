// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/same_plane.h"

#include <algorithm>
#include <cstddef>

// Highway re-includes this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/nn/same_plane.cpp"
#include <hwy/foreach_target.h>
// These need the target that foreach_target.h has set.
#include <hwy/cache_control.h>

#include "core/nn/dot_kernel-inl.h"
#include "core/nn/tile_kernel-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

/// to[i] = from[i + column] where the mask has bit i, else 0, in whole vectors.
HWY_INLINE void copyColumn(const SamePlane& plane, const float* from, std::size_t column,
                           float* to) {
    const std::uint8_t* mask =
        plane.masks.data() + static_cast<std::int64_t>(column) * plane.maskBytes;
    from += plane.columns[column];
#if MANTISSA_VECTOR_FMA
    const FloatTag d;
    for (std::int64_t i = 0; i < plane.vectorFloats(); i += kLanes) {
        hn::StoreU(hn::MaskedLoad(hn::LoadMaskBits(d, mask + i / 8), d, from + i), d, to + i);
    }
#else
    for (std::int64_t i = 0; i < plane.vectorFloats(); ++i) {
        to[i] = (mask[i / 8] >> (i % 8) & 1) != 0 ? from[i] : 0.0F;
    }
#endif
}

void copyAllColumns(const SamePlane& plane, const float* from, std::int64_t stride,
                    std::int64_t images, std::int64_t ahead, float* copies) {
    std::fill_n(copies, plane.margin, 0.0F);
    float* to = copies + plane.margin;
    for (std::int64_t image = 0; image < images; ++image) {
        const float* source = from + image * stride;
        // A processor does not guess where the planes of a channel are.
        for (std::int64_t i = 0; i < plane.pixels; i += 16) {
            hwy::Prefetch(source + ahead + i);
        }
        for (std::size_t column = 0; column < plane.columns.size(); ++column) {
            copyColumn(plane, source, column, to);
            std::fill_n(to + plane.vectorFloats(), plane.copyFloats - plane.vectorFloats(), 0.0F);
            to += plane.copyFloats;
        }
    }
}

/// dw += dy x^T of images whose dy has zeros up to whole vectors.
void addWeightGradient(const SamePlane& plane, const float* copies, const float* dy,
                       std::int64_t dyStride, std::int64_t images, float* dw,
                       const ThreadTeam& team) {
    dotRows(DotOperands{dy, 0, dyStride, 1, copies + plane.margin, plane.forward.data(),
                        plane.imageFloats(), static_cast<std::int64_t>(plane.forward.size()),
                        plane.vectorFloats(), images},
            dw, team);
}

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mantissa::nn {

HWY_EXPORT(copyAllColumns);
HWY_EXPORT(addWeightGradient);

namespace {

std::int64_t roundUp(std::int64_t value) {
    return (value + 15) / 16 * 16;
}

/// Images whose weight gradients are summed together.
std::int64_t imagesPerGroup(const SamePlane& plane) {
    constexpr std::int64_t kPixels = 1024;
    return (kPixels + plane.pixels - 1) / plane.pixels;
}

std::vector<std::uint8_t> masksOf(const ConvGeometry& g, const SamePlane& plane) {
    constexpr std::int64_t kReadable = 8;  // bytes from any mask on, for Highway
    std::vector<std::uint8_t> masks(
        static_cast<std::size_t>(g.kernel * plane.maskBytes + kReadable));
    for (std::int64_t column = 0; column < g.kernel; ++column) {
        for (std::int64_t i = 0; i < plane.pixels; ++i) {
            const std::int64_t x = i % g.width + plane.columns[static_cast<std::size_t>(column)];
            if (x >= 0 && x < g.width) {
                auto& byte = masks[static_cast<std::size_t>(column * plane.maskBytes + i / 8)];
                byte = static_cast<std::uint8_t>(byte | 1U << static_cast<unsigned>(i % 8));
            }
        }
    }
    return masks;
}

}  // namespace

std::optional<SamePlane> samePlane(const ConvGeometry& g) {
    if (g.stride != 1 || g.outHeight != g.height || g.outWidth != g.width) {
        return std::nullopt;
    }
    SamePlane plane;
    plane.pixels = g.height * g.width;
    plane.margin = roundUp(g.padding * g.width);
    plane.copyFloats = plane.vectorFloats() + plane.margin;
    plane.maskBytes = plane.vectorFloats() / 8;
    for (std::int64_t column = 0; column < g.kernel; ++column) {
        plane.columns.push_back(column * g.dilation - g.padding);
    }
    plane.masks = masksOf(g, plane);
    for (std::int64_t tap = 0; tap < g.taps; ++tap) {
        const std::int64_t down = (tap / g.kernel * g.dilation - g.padding) * g.width;
        const std::int64_t column = tap % g.kernel;
        plane.forward.push_back(column * plane.copyFloats + down);
        plane.backward.push_back((g.kernel - 1 - column) * plane.copyFloats - down);
    }
    return plane;
}

std::int64_t columnCopiesFloats(const SamePlane& plane, std::int64_t images) {
    return plane.margin + images * plane.imageFloats();
}

void copyColumns(const SamePlane& plane, const float* from, std::int64_t stride,
                 std::int64_t images, std::int64_t ahead, float* copies) {
    HWY_DYNAMIC_DISPATCH(copyAllColumns)(plane, from, stride, images, ahead, copies);
}

std::int64_t samePlaneScratchFloats(const SamePlane& plane) {
    return columnCopiesFloats(plane, imagesPerGroup(plane)) +
           imagesPerGroup(plane) * plane.vectorFloats();
}

void samePlaneWeightGradient(const SamePlane& plane, const float* x, std::int64_t xStride,
                             const float* dy, std::int64_t dyStride, std::int64_t images, float* dw,
                             float* scratch, const ThreadTeam& team) {
    const std::int64_t group = imagesPerGroup(plane);
    float* const errors = scratch + columnCopiesFloats(plane, group);
    for (std::int64_t first = 0; first < images && !team.stopped(); first += group) {
        const std::int64_t count = std::min(group, images - first);
        const bool more = first + count + group <= images;
        copyColumns(plane, x + first * xStride, xStride, count, more ? group * xStride : 0,
                    scratch);
        const float* dyGroup = dy + first * dyStride;
        std::int64_t stride = dyStride;
        if (plane.vectorFloats() != plane.pixels) {
            stride = plane.vectorFloats();
            for (std::int64_t image = 0; image < count; ++image) {
                float* const end =
                    std::copy_n(dyGroup + image * dyStride, plane.pixels, errors + image * stride);
                std::fill(end, errors + (image + 1) * stride, 0.0F);
            }
            dyGroup = errors;
        }
        HWY_DYNAMIC_DISPATCH(addWeightGradient)
        (plane, scratch, dyGroup, stride, count, dw, team);
    }
}

}  // namespace mantissa::nn
#endif
