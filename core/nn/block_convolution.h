// SPDX-License-Identifier: GPL-3.0-or-later
// Bit-true convolution: the three passes on operands in block floating point, significands being
// multiplied and summed as integers inside a block (block_gemm.h says what an output is).
//
// Operands are quantised floats, or are rounded while they are packed (SegmentSource). Blocks run
// along input channels in the forward pass, along output channels in the input gradient, along the
// batch in the weight gradient; `segment` is as in blockGemm(), of that axis.
#pragma once

#include <cstdint>
#include <vector>

#include "core/nn/block_codes.h"
#include "core/nn/block_tensor.h"
#include "core/nn/convolution.h"

namespace mantissa::nn {

/// `count` pixels of an image, `step` apart from `from` on, that are neighbours in a padded plane
/// from `to` on.
struct PixelRun {
    std::int64_t from, to, count, step;
};

/// One segment of a filter's reduction: `count` channels from `first` on, at one tap.
struct FilterSegment {
    std::int64_t first, count, tap;
};

/// Where the columns of each segment start: in quads and in scales, as BlockProduct wants them.
struct SegmentPlaces {
    std::vector<std::int64_t> quads, scales;
};

/// Pixels of a plane that are multiplied: `count` of them, every 16 of which begin as a table says,
/// or side by side where it is empty.
struct PixelPieces {
    std::int64_t count = 0;
    std::vector<std::int64_t> places;
};

/// y = W x + b. An output's chain runs over the channels' segments, and in each over the taps.
class BlockConvForward {
public:
    BlockConvForward(const ConvGeometry& geometry, const BlockSegment& segment);

    std::int64_t packedFloats() const;
    std::int64_t scratchFloats() const;  ///< of one image
    /// Fills `packed` from W, O x C x k x k.
    void packWeights(const BlockTensor& weight, float* packed, ThreadTeam& team) const;
    /// One image, in one task of `team`; `bias` may be null.
    void run(const float* packed, const float* bias, const BlockTensor& x, float* y, float* scratch,
             const ThreadTeam& team) const;

private:
    ConvGeometry m_geometry;
    BlockSegment m_segment;
    std::int64_t m_blocks, m_plane;
    std::vector<PixelRun> m_runs;  ///< of a channel, in the phases
    std::vector<FilterSegment> m_filter;
    SegmentPlaces m_places;
    PixelPieces m_pixels;
    bool m_isDense = false;  ///< they have no gaps between rows
};

/// dx = W^T dy. A pixel's chain runs over the output channels' segments, and in each over the taps
/// that reach it, in order.
class BlockConvInputGradient {
public:
    BlockConvInputGradient(const ConvGeometry& geometry, const BlockSegment& segment);

    std::int64_t packedFloats() const { return m_packedFloats; }
    std::int64_t scratchFloats() const;
    void packWeights(const BlockTensor& weight, float* packed, ThreadTeam& team) const;
    void run(const float* packed, const BlockTensor& dy, float* dx, float* scratch,
             const ThreadTeam& team) const;

private:
    /// The pixels of a padded image whose row and column leave the same remainders of the stride.
    struct Phase {
        std::int64_t row, column;
        std::int64_t packedOffset;  ///< of its weights
        std::vector<FilterSegment> filter;
        SegmentPlaces places;
    };

    ConvGeometry m_geometry;
    BlockSegment m_segment;
    std::int64_t m_blocks;
    std::int64_t m_margin;  ///< rows, and columns, of zeros before dy
    std::int64_t m_pitch, m_plane;
    std::int64_t m_first = 0;  ///< the place of the first pixel that is multiplied
    PixelPieces m_pixels;      ///< of each phase
    std::int64_t m_packedFloats = 0;
    std::vector<PixelRun> m_runs;  ///< of a channel of dy, between its margins
    std::vector<Phase> m_phases;
};

/// dw = dy x^T. The output's rows are cut into parts. A part's chain runs over its pixels, and for
/// each over the batch's segments; parts are added in order.
class BlockConvWeightGradient {
public:
    BlockConvWeightGradient(const ConvGeometry& geometry, const BlockSegment& segment,
                            std::int64_t batch, std::int64_t mostParts);

    std::int64_t packedFloats() const;   ///< of the operands, for the whole team
    std::int64_t scratchFloats() const;  ///< of each task
    std::int64_t parts() const { return m_parts; }
    std::int64_t partFloats() const { return m_geometry.outChannels * m_geometry.taps; }

    /// Each packs a segment of the batch of some channels of x or of dy, for run(); `images` is at
    /// most the batch.
    std::int64_t packTasks() const;
    void pack(std::int64_t task, const BlockTensor& x, const BlockTensor& dy, std::int64_t images,
              float* packed) const;
    /// One part's sums, in one task of `team`.
    void run(std::int64_t part, const float* packed, std::int64_t images, float* sums,
             float* scratch, const ThreadTeam& team) const;
    /// dw (O x C x k x k) from all parts' sums.
    void addParts(const float* sums, float* dw, ThreadTeam& team) const;

private:
    struct Layout;
    Layout layoutOf(std::int64_t images) const;
    void packInput(std::int64_t channel, std::int64_t block, const BlockTensor& x,
                   const Layout& layout, float* packed) const;
    void packError(std::int64_t channel, std::int64_t block, const BlockTensor& dy,
                   const Layout& layout, float* packed) const;

    ConvGeometry m_geometry;
    BlockSegment m_segment;
    std::int64_t m_batch, m_parts;
    std::int64_t m_rows;                   ///< output rows of a part
    std::vector<std::int64_t> m_places;    ///< of each pixel in the phases
    std::vector<std::int64_t> m_paddings;  ///< the places of none
};

/// The norms of the three: plain loops over integers.
void blockConvForwardRef(const ConvGeometry& geometry, const BlockSegment& segment,
                         const float* weight, const float* bias, const float* x, float* y);
void blockConvInputGradientRef(const ConvGeometry& geometry, const BlockSegment& segment,
                               const float* weight, const float* dy, float* dx);
void blockConvWeightGradientRef(const ConvGeometry& geometry, const BlockSegment& segment,
                                std::int64_t parts, const float* x, const float* dy,
                                std::int64_t images, float* dw);

}  // namespace mantissa::nn
