// SPDX-License-Identifier: GPL-3.0-or-later
// The weight gradient of a bit-true convolution. Codes of one pixel of four images stand in a quad,
// a pixel's channels side by side: so a tap is an offset, and neighbouring taps of a row are one
// run of columns.
#include <algorithm>

#include "core/nn/block_convolution.h"
#include "core/nn/block_kernels.h"
#include "core/nn/ranges.h"

namespace mantissa::nn {
namespace {

/// Taps that are side by side in the input are side by side in the columns too.
std::int64_t tapsARun(const ConvGeometry& g) {
    return g.stride == 1 && g.dilation == 1 ? g.kernel : 1;
}

/// One channel of an image, padded and cut into phases.
void cutPlane(const ConvGeometry& g, const float* plane, float* to) {
    for (std::int64_t phase = 0; phase < g.stride * g.stride; ++phase) {
        for (std::int64_t j = 0; j < g.phaseHeight; ++j, to += g.phaseWidth) {
            const std::int64_t row = j * g.stride + phase / g.stride - g.padding;
            std::fill_n(to, g.phaseWidth, 0.0F);
            if (row < 0 || row >= g.height) {
                continue;
            }
            std::int64_t column = phase % g.stride - g.padding;
            for (std::int64_t i = 0; i < g.phaseWidth && column < g.width;
                 ++i, column += g.stride) {
                if (column >= 0) {
                    to[i] = plane[row * g.width + column];
                }
            }
        }
    }
}

}  // namespace

/// How the packed operands of so many images are laid out.
struct BlockConvWeightGradient::Layout {
    std::int64_t images;
    std::int64_t blocks;  ///< segments of the batch
    std::int64_t quads;   ///< of a segment
    std::int64_t places;  ///< pixels of all phases of the padded image
    std::int64_t plane;   ///< columns of a packed quad: the places' channels
    PackedRows errors;    ///< segments: [pixel][block]
    // Where each begins, in floats:
    std::int64_t inputScales;  ///< [block][place][channel]
    std::int64_t inputQuads;   ///< [block][quad][place][channel]
    std::int64_t packedErrors;
    std::int64_t end;
};

BlockConvWeightGradient::BlockConvWeightGradient(const ConvGeometry& geometry, std::int64_t segment,
                                                 std::int64_t batch, std::int64_t mostParts)
    : m_geometry(geometry), m_segment(segment), m_batch(batch) {
    m_rows = (geometry.outHeight + mostParts - 1) / mostParts;
    m_parts = (geometry.outHeight + m_rows - 1) / m_rows;
}

BlockConvWeightGradient::Layout BlockConvWeightGradient::layoutOf(std::int64_t images) const {
    const ConvGeometry& g = m_geometry;
    Layout l{};
    l.images = images;
    l.blocks = (images + m_segment - 1) / m_segment;
    l.quads = quadsOf(m_segment);
    l.places = g.stride * g.stride * g.phaseHeight * g.phaseWidth;
    l.plane = l.places * g.channels + kColumnSlack;
    l.errors = {g.outChannels, g.outHeight * g.outWidth * l.blocks, l.quads};
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
    const std::int64_t tables = 4 * m_rows * m_geometry.outWidth * l.blocks;  // two, 8 bytes each
    return std::max(tables, std::min(m_segment, m_batch) * l.places);
}

void BlockConvWeightGradient::packInput(std::int64_t channel, const float* x, const Layout& l,
                                        float* packed, float* scratch) const {
    const ConvGeometry& g = m_geometry;
    const float* const plane = x + channel * g.height * g.width;
    for (std::int64_t block = 0; block < l.blocks; ++block) {
        const std::int64_t first = block * m_segment;
        const std::int64_t count = std::min(m_segment, l.images - first);
        PackTarget to{.quads = reinterpret_cast<std::int32_t*>(packed + l.inputQuads) +
                               block * l.quads * l.plane + channel,
                      .quadStride = l.plane,
                      .scales = packed + l.inputScales + block * l.plane + channel,
                      .lineStride = g.channels,
                      .scaleStride = g.channels};
        if (g.stride > 1) {
            for (std::int64_t n = 0; n < count; ++n) {
                cutPlane(g, plane + (first + n) * g.inputStride, scratch + n * l.places);
            }
            packAcross(BlockSide::Columns, {scratch, l.places, count, l.quads}, l.places, to);
            continue;
        }
        for (std::int64_t place = 0; place < l.places; ++place) {
            to.scales[place * to.scaleStride] = 0;  // of the padding, whose codes count nothing
        }
        for (std::int64_t row = 0; row < g.height; ++row) {
            const std::int64_t place = ((row + g.padding) * g.phaseWidth + g.padding) * g.channels;
            PackTarget toRow = to;
            toRow.quads += place;
            toRow.scales += place;
            packAcross(
                BlockSide::Columns,
                {plane + first * g.inputStride + row * g.width, g.inputStride, count, l.quads},
                g.width, toRow);
        }
    }
}

void BlockConvWeightGradient::packError(std::int64_t channel, const float* dy, const Layout& l,
                                        float* packed) const {
    const ConvGeometry& g = m_geometry;
    const std::int64_t pixels = g.outHeight * g.outWidth;
    for (std::int64_t block = 0; block < l.blocks; ++block) {
        const std::int64_t first = block * m_segment;
        PackTarget to = l.errors.target(packed + l.packedErrors, channel, block);
        to.lineStride = l.blocks * l.quads * kBlockRows;
        to.scaleStride = l.blocks * kBlockRows;
        packAcross(BlockSide::Rows,
                   {dy + first * g.outputStride + channel * pixels, g.outputStride,
                    std::min(m_segment, l.images - first), l.quads},
                   pixels, to);
    }
}

void BlockConvWeightGradient::pack(std::int64_t task, const float* x, const float* dy,
                                   std::int64_t images, float* packed, float* scratch) const {
    const Layout l = layoutOf(images);
    if (task < m_geometry.channels) {
        packInput(task, x, l, packed, scratch);
    } else {
        packError(task - m_geometry.channels, dy, l, packed);
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
    const std::int64_t taps = tapsARun(g);
    BlockProduct product{
        .columns = taps * g.channels, .quadStride = l.plane, .cRow = taps * g.channels};
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
                sum += from[part * partFloats()];
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
