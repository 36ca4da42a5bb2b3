// SPDX-License-Identifier: GPL-3.0-or-later
// What the passes of a bit-true convolution share: packed filters, and their product with packed
// planes. Internal to nn.
#pragma once

#include <span>

#include "core/nn/block_convolution.h"
#include "core/nn/block_kernels.h"

namespace mantissa::nn {

/// Weights seen as rows: element (row, channel, tap) stands at
/// data[row * rowStride + channel * channelStride + tap]. `rounding` as in SegmentSource.
struct FilterView {
    const float* data;
    std::int64_t rowStride, channelStride;
    const numerics::KernelFormat* rounding;
};
void packFilters(const FilterView& view, std::span<const FilterSegment> segments,
                 const PackedRows& to, float* memory, ThreadTeam& team);

/// Channels of an image packed as columns: quad q of block b of column j at
/// quads[(b * quads a segment + q) * plane + j], its scale at scales[b * plane + j].
struct PackedPlanes {
    std::int32_t* quads;
    float* scales;
    std::int64_t plane, blocks;
};
struct ChannelView {
    const float* data;  ///< channels of `pixels` each
    std::int64_t channels, pixels;
    const numerics::KernelFormat* rounding;
};
/// Columns that no run fills have the scale zero. `scratch` holds packScratchFloats().
void packChannels(const ChannelView& image, const BlockSegment& segment,
                  std::span<const PixelRun> runs, const PackedPlanes& to, float* scratch);
std::int64_t packScratchFloats(std::int64_t pixels, const BlockSegment& segment);

/// c (rows x pixels, without gaps) = packed filters times pixels of planes.
void multiplyFilters(const PackedRows& filters, const float* memory, const PackedPlanes& planes,
                     const SegmentPlaces& places, const PixelPieces& pixels, float* c,
                     const ThreadTeam& team);

}  // namespace mantissa::nn
