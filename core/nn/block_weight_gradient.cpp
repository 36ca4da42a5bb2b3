// SPDX-License-Identifier: GPL-3.0-or-later
// The weight gradient of a bit-true convolution. Codes of one pixel of four images stand in a quad,
// a pixel's channels side by side: so a tap is an offset, and neighbouring taps of a row are one
// run of columns.
#include <algorithm>

#include "core/nn/block_accumulate.h"
#include "core/nn/block_convolution.h"
#include "core/nn/block_kernels.h"
#include "core/nn/ranges.h"

namespace mantissa::nn {
namespace {

std::int64_t panelsOf(std::int64_t channels) {
    return (channels + kBlockRows - 1) / kBlockRows;
}

/// Taps that are side by side in the input are side by side in the columns too.
std::int64_t tapsARun(const ConvGeometry& g) {
    return g.stride == 1 && g.dilation == 1 ? g.kernel : 1;
}

}  // namespace

/// How the packed operands of so many images are laid out.
struct BlockConvWeightGradient::Layout {
    std::int64_t images;
    std::int64_t blocks;  ///< segments of the batch
    std::int64_t quads;   ///< of a segment of the input
    std::int64_t places;  ///< pixels of all phases of the padded image
    std::int64_t plane;   ///< columns of a packed quad: the places' channels
    PackedRows errors;    ///< segments: [pixel][block]
    // Where each begins, in floats:
    std::int64_t inputScales;  ///< [block][place][channel]
    std::int64_t inputQuads;   ///< [block][quad][place][channel]
    std::int64_t packedErrors;
    std::int64_t end;
};

BlockConvWeightGradient::BlockConvWeightGradient(const ConvGeometry& geometry,
                                                 const BlockSegment& segment, std::int64_t batch,
                                                 std::int64_t mostParts)
    : m_geometry(geometry), m_segment(segment), m_batch(batch) {
    m_rows = (geometry.outHeight + mostParts - 1) / mostParts;
    m_parts = (geometry.outHeight + m_rows - 1) / m_rows;
    const ConvGeometry& g = geometry;
    std::vector<bool> filled(
        static_cast<std::size_t>(g.stride * g.stride * g.phaseHeight * g.phaseWidth), false);
    for (std::int64_t pixel = 0; pixel < g.height * g.width; ++pixel) {
        const std::int64_t row = pixel / g.width + g.padding;
        const std::int64_t column = pixel % g.width + g.padding;
        const std::int64_t phase = row % g.stride * g.stride + column % g.stride;
        m_places.push_back((phase * g.phaseHeight + row / g.stride) * g.phaseWidth +
                           column / g.stride);
        filled[static_cast<std::size_t>(m_places.back())] = true;
    }
    for (std::size_t place = 0; place < filled.size(); ++place) {
        if (!filled[place]) {
            m_paddings.push_back(static_cast<std::int64_t>(place));
        }
    }
}

BlockConvWeightGradient::Layout BlockConvWeightGradient::layoutOf(std::int64_t images) const {
    const ConvGeometry& g = m_geometry;
    const std::int64_t blocks = (images + m_segment.length - 1) / m_segment.length;
    Layout l{.images = images,
             .blocks = blocks,
             .quads = quadsOf(BlockSide::Columns, m_segment),
             .places = g.stride * g.stride * g.phaseHeight * g.phaseWidth,
             .plane = 0,
             .errors = {g.outChannels, g.outHeight * g.outWidth * blocks, m_segment},
             .inputScales = 0,
             .inputQuads = 0,
             .packedErrors = 0,
             .end = 0};
    l.plane = l.places * g.channels + kColumnSlack;
    l.inputQuads = l.inputScales + l.blocks * l.plane;
    l.packedErrors = l.inputQuads + l.blocks * l.quads * l.plane;
    l.end = l.packedErrors + l.errors.floats();
    return l;
}

std::int64_t BlockConvWeightGradient::packedFloats() const {
    return layoutOf(m_batch).end;
}

std::int64_t BlockConvWeightGradient::scratchFloats() const {
    const Layout l = layoutOf(m_batch);
    return 4 * m_rows * m_geometry.outWidth * l.blocks;  // two tables, 8 bytes each
}

void BlockConvWeightGradient::packInput(std::int64_t channel, std::int64_t block,
                                        const BlockTensor& x, const Layout& l,
                                        float* packed) const {
    const ConvGeometry& g = m_geometry;
    const std::int64_t pixels = g.height * g.width;
    const std::int64_t first = block * m_segment.length;
    const std::int64_t members = std::min(kBlockRows, g.channels - channel);
    const PackTarget to{.quads = reinterpret_cast<std::int32_t*>(packed + l.inputQuads) +
                                 block * l.quads * l.plane + channel,
                        .quadStride = l.plane,
                        .scales = packed + l.inputScales + block * l.plane + channel,
                        .lineStride = g.channels,
                        .scaleStride = g.channels};
    packMembers(
        BlockSide::Columns,
        {x.data + first * g.inputStride + channel * pixels, g.inputStride,
         std::min(m_segment.length, l.images - first), l.quads, x.rounding, m_segment.codes},
        {members, pixels, pixels, m_places.data()}, to);
    for (const std::int64_t place : m_paddings) {
        std::fill_n(to.scales + place * g.channels, members, 0.0F);
    }
}

void BlockConvWeightGradient::packError(std::int64_t channel, std::int64_t block,
                                        const BlockTensor& dy, const Layout& l,
                                        float* packed) const {
    const ConvGeometry& g = m_geometry;
    const std::int64_t pixels = g.outHeight * g.outWidth;
    const std::int64_t first = block * m_segment.length;
    PackTarget to = l.errors.target(packed + l.packedErrors, channel, block);
    to.lineStride = l.blocks * l.errors.quads * kBlockRows;
    to.scaleStride = l.blocks * kBlockRows;
    packMembers(BlockSide::Rows,
                {dy.data + first * g.outputStride + channel * pixels, g.outputStride,
                 std::min(m_segment.length, l.images - first), l.errors.quads, dy.rounding,
                 m_segment.codes},
                {std::min(kBlockRows, g.outChannels - channel), pixels, pixels}, to);
}

std::int64_t BlockConvWeightGradient::packTasks() const {
    const std::int64_t blocks = layoutOf(m_batch).blocks;
    return blocks * (panelsOf(m_geometry.channels) + panelsOf(m_geometry.outChannels));
}

void BlockConvWeightGradient::pack(std::int64_t task, const BlockTensor& x, const BlockTensor& dy,
                                   std::int64_t images, float* packed) const {
    const Layout l = layoutOf(images);
    const std::int64_t inputs = panelsOf(m_geometry.channels);
    const std::int64_t panels = inputs + panelsOf(m_geometry.outChannels);
    const std::int64_t panel = task % panels;
    const std::int64_t block = task / panels;
    if (block >= l.blocks) {
        return;
    }
    if (panel < inputs) {
        packInput(panel * kBlockRows, block, x, l, packed);
    } else {
        packError((panel - inputs) * kBlockRows, block, dy, l, packed);
    }
}

void BlockConvWeightGradient::run(std::int64_t part, const float* packed, std::int64_t images,
                                  float* sums, float* scratch, const ThreadTeam& team) const {
    constexpr std::int64_t kChunk = 32;  // segments whose columns stay in the first-level cache
    const ConvGeometry& g = m_geometry;
    const Layout l = layoutOf(images);
    const std::int64_t firstPixel = part * m_rows * g.outWidth;
    const std::int64_t lastPixel =
        std::min(firstPixel + m_rows * g.outWidth, g.outHeight * g.outWidth);
    const std::int64_t segments = (lastPixel - firstPixel) * l.blocks;
    auto* const quadPlaces = reinterpret_cast<std::int64_t*>(scratch);
    auto* const scalePlaces = quadPlaces + segments;
    for (std::int64_t s = 0; s < segments; ++s) {
        const std::int64_t pixel = firstPixel + s / l.blocks;
        const std::int64_t place =
            (pixel / g.outWidth * g.phaseWidth + pixel % g.outWidth) * g.channels;
        quadPlaces[s] = s % l.blocks * l.quads * l.plane + place;
        scalePlaces[s] = s % l.blocks * l.plane + place;
    }
    // The rows of the input that the part's taps reach, in each phase.
    const std::int64_t firstRow = part * m_rows;
    const std::int64_t rows =
        std::min(m_rows + (g.kernel - 1) * g.dilation / g.stride, g.phaseHeight - firstRow);
    bool small = true;
    for (std::int64_t piece = 0; piece < l.blocks * g.stride * g.stride; ++piece) {
        const std::int64_t phases = g.stride * g.stride;
        const float* const scales =
            packed + l.inputScales + piece / phases * l.plane +
            (piece % phases * g.phaseHeight + firstRow) * g.phaseWidth * g.channels;
        small = small && scalesAreSmall(scales, rows * g.phaseWidth * g.channels);
    }
    const std::int64_t taps = tapsARun(g);
    BlockProduct product{.columns = taps * g.channels,
                         .quadStride = l.plane,
                         .smallScales = small,
                         .cRow = taps * g.channels};
    for (std::int64_t tap = 0; tap < g.kernel * g.kernel; tap += taps) {
        const std::int64_t y = tap / g.kernel * g.dilation;
        const std::int64_t x = tap % g.kernel * g.dilation;
        const std::int64_t phase = y % g.stride * g.stride + x % g.stride;
        const std::int64_t place =
            ((phase * g.phaseHeight + y / g.stride) * g.phaseWidth + x / g.stride) * g.channels;
        product.columnQuads = reinterpret_cast<const std::int32_t*>(packed + l.inputQuads) + place;
        product.columnScales = packed + l.inputScales + place;
        for (std::int64_t s = 0; s < segments && !team.stopped(); s += kChunk) {
            product.quadPlaces = quadPlaces + s;
            product.scalePlaces = scalePlaces + s;
            product.accumulate = s > 0;
            for (std::int64_t panel = 0; panel < l.errors.panels(); ++panel) {
                product.setRows(l.errors, packed + l.packedErrors, panel, firstPixel * l.blocks + s,
                                std::min(kChunk, segments - s));
                product.c = sums + (tap * g.outChannels + panel * kBlockRows * taps) * g.channels;
                multiplyBlocks(product);
            }
        }
    }
}

void BlockConvWeightGradient::addParts(const float* sums, float* dw, ThreadTeam& team) const {
    const ConvGeometry& g = m_geometry;
    const std::int64_t taps = g.kernel * g.kernel;
    const std::int64_t together = tapsARun(g);
    const auto addFilter = [&](std::int64_t o, std::int64_t c) {
        for (std::int64_t tap = 0; tap < taps; ++tap) {
            const std::int64_t run = tap / together;
            const float* from =
                sums + ((run * g.outChannels + o) * together + tap % together) * g.channels + c;
            float sum = *from;
            for (std::int64_t part = 1; part < m_parts; ++part) {
                const float more = from[part * partFloats()];
                sum = m_segment.between == nullptr ? sum + more
                                                   : addTerm(sum, more, *m_segment.between);
            }
            dw[(o * g.channels + c) * taps + tap] = sum;
        }
    };
    forEachRange(
        team, g.outChannels,
        [&](std::int64_t first, std::int64_t count) {
            for (std::int64_t i = 0; i < count * g.channels; ++i) {
                addFilter(first + i / g.channels, i % g.channels);
            }
        },
        m_parts * g.taps);
}

}  // namespace mantissa::nn
