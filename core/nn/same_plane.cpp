// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/same_plane.h"

#include <algorithm>
#include <cstddef>

#include "core/nn/convolution.h"
#include "core/nn/read_ahead.h"

// Highway re-includes this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/nn/same_plane.cpp"
#include <hwy/foreach_target.h>
// These need the target that foreach_target.h has set.
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
                    std::int64_t planes, float* copies) {
    std::fill_n(copies, plane.margin, 0.0F);
    float* to = copies + plane.margin;
    for (std::int64_t p = 0; p < planes; ++p) {
        const float* source = from + p * stride;
        askFor(source + kAheadFloats, plane.pixels);
        for (std::size_t column = 0; column < plane.columns.size(); ++column) {
            copyColumn(plane, source, column, to);
            std::fill_n(to + plane.vectorFloats(), plane.copyFloats - plane.vectorFloats(), 0.0F);
            to += plane.copyFloats;
        }
    }
}

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mantissa::nn {

HWY_EXPORT(copyAllColumns);

namespace {

std::int64_t roundUp(std::int64_t value) {
    return (value + 15) / 16 * 16;
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
    for (std::int64_t tap = 0; tap < g.kernel * g.kernel; ++tap) {
        const std::int64_t down = (tap / g.kernel * g.dilation - g.padding) * g.width;
        const std::int64_t column = tap % g.kernel;
        plane.forward.push_back(column * plane.copyFloats + down);
        plane.backward.push_back((g.kernel - 1 - column) * plane.copyFloats - down);
    }
    return plane;
}

std::int64_t columnCopiesFloats(const SamePlane& plane, std::int64_t planes) {
    return plane.margin + planes * plane.planeFloats();
}

void copyColumns(const SamePlane& plane, const float* from, std::int64_t stride,
                 std::int64_t planes, float* copies) {
    HWY_DYNAMIC_DISPATCH(copyAllColumns)(plane, from, stride, planes, copies);
}

}  // namespace mantissa::nn
#endif
