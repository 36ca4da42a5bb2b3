// SPDX-License-Identifier: GPL-3.0-or-later
// The weight gradient of a bit-true convolution. Codes of one pixel of four images stand in a quad,
// a pixel's channels side by side: so a tap is an offset, and neighbouring taps of a row are one
// run of columns.
#include <algorithm>

#include "core/nn/block_convolution.h"
#include "core/nn/block_kernels.h"
#include "core/nn/ranges.h"
#include "core/nn/vector_ops.h"

namespace mantissa::nn {
namespace {

std::int32_t* quadsFrom(float* scratch, std::int64_t offset) {
    return reinterpret_cast<std::int32_t*>(scratch + offset);
}

const std::int64_t* placesIn(const float* memory) {
    return reinterpret_cast<const std::int64_t*>(memory);
}

}  // namespace

/// One part's rows of the output, and how the scratch memory is divided.
struct BlockConvWeightGradient::Part {
    std::int64_t firstRow, rows, images;
    std::int64_t blocks;     ///< segments of the batch
    std::int64_t phaseRows;  ///< of the input that the rows need, in each phase
    std::int64_t places;     ///< pixels of all phases
    std::int64_t plane;      ///< columns of a packed quad: the places' channels
    PackedRows errors;
    // Where each begins, in floats of the scratch memory:
    std::int64_t image;         ///< one channel of all images, cut into phases
    std::int64_t packedErrors;  ///< as `errors` says
    std::int64_t inputQuads;    ///< [block][quad][place][channel]
    std::int64_t inputScales;   ///< [block][place][channel]
    std::int64_t quadPlaces, scalePlaces;
    std::int64_t end;
};

BlockConvWeightGradient::BlockConvWeightGradient(const ConvGeometry& geometry, std::int64_t segment,
                                                 std::int64_t batch, std::int64_t mostParts)
    : m_geometry(geometry), m_segment(segment), m_batch(batch) {
    m_rows = (geometry.outHeight + mostParts - 1) / mostParts;
    m_parts = (geometry.outHeight + m_rows - 1) / m_rows;
    m_margin = (geometry.kernel - 1) * geometry.dilation / geometry.stride;
}

BlockConvWeightGradient::Part BlockConvWeightGradient::divide(std::int64_t part,
                                                              std::int64_t images) const {
    const ConvGeometry& g = m_geometry;
    Part p{};
    p.firstRow = part * m_rows;
    p.rows = std::min(m_rows, g.outHeight - p.firstRow);
    p.images = images;
    p.blocks = (images + m_segment - 1) / m_segment;
    p.phaseRows = p.rows + m_margin;
    p.places = g.stride * g.stride * p.phaseRows * g.phaseWidth;
    p.plane = p.places * g.channels + kColumnSlack;
    p.errors = {g.outChannels, p.rows * g.outWidth * p.blocks, quadsOf(m_segment)};
    const auto take = [&p](std::int64_t floats) {
        const std::int64_t at = p.end;
        p.end += floats + floats % 2;  // places are twice as wide
        return at;
    };
    p.quadPlaces = take(2 * p.errors.segments);
    p.scalePlaces = take(2 * p.errors.segments);
    p.image = take(p.places * images);
    p.packedErrors = take(p.errors.floats());
    p.inputQuads = take(p.blocks * p.errors.quads * p.plane);
    p.inputScales = take(p.blocks * p.plane);
    return p;
}

std::int64_t BlockConvWeightGradient::scratchFloats() const {
    return divide(0, m_batch).end;
}

void BlockConvWeightGradient::packInput(const Part& part, const float* x, float* scratch) const {
    const ConvGeometry& g = m_geometry;
    const std::int64_t quads = part.errors.quads;
    const auto cutRow = [&](const float* row, std::int64_t phase, float* to) {
        for (std::int64_t i = 0; i < g.phaseWidth; ++i) {
            const std::int64_t column = i * g.stride + phase % g.stride - g.padding;
            to[i] = row != nullptr && column >= 0 && column < g.width ? row[column] : 0.0F;
        }
    };
    for (std::int64_t c = 0; c < g.channels; ++c) {
        for (std::int64_t n = 0; n < part.images; ++n) {
            const float* const plane = x + n * g.inputStride + c * g.height * g.width;
            float* to = scratch + part.image + n * part.places;
            for (std::int64_t phase = 0; phase < g.stride * g.stride; ++phase) {
                for (std::int64_t j = 0; j < part.phaseRows; ++j, to += g.phaseWidth) {
                    const std::int64_t row =
                        (part.firstRow + j) * g.stride + phase / g.stride - g.padding;
                    cutRow(row >= 0 && row < g.height ? plane + row * g.width : nullptr, phase, to);
                }
            }
        }
        for (std::int64_t block = 0; block < part.blocks; ++block) {
            const std::int64_t n = block * m_segment;
            packAcross(
                BlockSide::Columns,
                {scratch + part.image + n * part.places, part.places,
                 std::min(m_segment, part.images - n), quads},
                part.places,
                {.quads = quadsFrom(scratch, part.inputQuads) + block * quads * part.plane + c,
                 .quadStride = part.plane,
                 .scales = scratch + part.inputScales + block * part.plane + c,
                 .lineStride = g.channels,
                 .scaleStride = g.channels});
        }
    }
}

void BlockConvWeightGradient::packError(const Part& part, const float* dy, float* scratch) const {
    const ConvGeometry& g = m_geometry;
    const std::int64_t pixels = part.rows * g.outWidth;
    for (std::int64_t o = 0; o < g.outChannels; ++o) {
        const float* const from = dy + (o * g.outHeight + part.firstRow) * g.outWidth;
        for (std::int64_t block = 0; block < part.blocks; ++block) {
            const std::int64_t n = block * m_segment;
            PackTarget to = part.errors.target(scratch + part.packedErrors, o, block);
            to.lineStride = part.blocks * part.errors.quads * kBlockRows;
            to.scaleStride = part.blocks * kBlockRows;
            packAcross(BlockSide::Rows,
                       {from + n * g.outputStride, g.outputStride,
                        std::min(m_segment, part.images - n), part.errors.quads},
                       pixels, to);
        }
    }
}

void BlockConvWeightGradient::multiply(const Part& part, const float* scratch, float* sums,
                                       const ThreadTeam& team) const {
    constexpr std::int64_t kChunk = 32;  // segments whose columns stay in the first-level cache
    const ConvGeometry& g = m_geometry;
    // Taps side by side in the input are side by side in the columns too.
    const bool wholeRows = g.stride == 1 && g.dilation == 1;
    const std::int64_t tapsARun = wholeRows ? g.kernel : 1;
    BlockProduct product{
        .columns = tapsARun * g.channels, .quadStride = part.plane, .cRow = tapsARun * g.channels};
    for (std::int64_t tap = 0; tap < g.kernel * g.kernel; tap += tapsARun) {
        const std::int64_t y = tap / g.kernel * g.dilation;
        const std::int64_t x = tap % g.kernel * g.dilation;
        const std::int64_t phase = y % g.stride * g.stride + x % g.stride;
        const std::int64_t place =
            ((phase * part.phaseRows + y / g.stride) * g.phaseWidth + x / g.stride) * g.channels;
        product.columnQuads =
            reinterpret_cast<const std::int32_t*>(scratch + part.inputQuads) + place;
        product.columnScales = scratch + part.inputScales + place;
        float* const c = sums + tap * g.channels * g.outChannels;
        for (std::int64_t s = 0; s < part.errors.segments && !team.stopped(); s += kChunk) {
            product.quadPlaces = placesIn(scratch + part.quadPlaces) + s;
            product.scalePlaces = placesIn(scratch + part.scalePlaces) + s;
            product.accumulate = s > 0;
            for (std::int64_t panel = 0; panel < part.errors.panels(); ++panel) {
                product.setRows(part.errors, scratch + part.packedErrors, panel, s,
                                std::min(kChunk, part.errors.segments - s));
                product.c = c + panel * kBlockRows * product.cRow;
                multiplyBlocks(product);
            }
        }
    }
}

void BlockConvWeightGradient::run(std::int64_t part, const float* x, const float* dy,
                                  std::int64_t images, float* sums, float* scratch,
                                  const ThreadTeam& team) const {
    const ConvGeometry& g = m_geometry;
    const Part p = divide(part, images);
    auto* const quadPlaces = reinterpret_cast<std::int64_t*>(scratch + p.quadPlaces);
    auto* const scalePlaces = reinterpret_cast<std::int64_t*>(scratch + p.scalePlaces);
    for (std::int64_t s = 0; s < p.errors.segments; ++s) {
        const std::int64_t pixel = s / p.blocks;
        const std::int64_t place =
            (pixel / g.outWidth * g.phaseWidth + pixel % g.outWidth) * g.channels;
        quadPlaces[s] = s % p.blocks * p.errors.quads * p.plane + place;
        scalePlaces[s] = s % p.blocks * p.plane + place;
    }
    packInput(p, x, scratch);
    packError(p, dy, scratch);
    multiply(p, scratch, sums, team);
}

void BlockConvWeightGradient::addParts(const float* sums, float* dw, ThreadTeam& team) const {
    const ConvGeometry& g = m_geometry;
    const std::int64_t taps = g.kernel * g.kernel;
    const std::int64_t tapsARun = g.stride == 1 && g.dilation == 1 ? g.kernel : 1;
    const std::int64_t columns = tapsARun * g.channels;
    forEachRange(
        team, g.outChannels,
        [&](std::int64_t first, std::int64_t count) {
            for (std::int64_t o = first; o < first + count; ++o) {
                for (std::int64_t c = 0; c < g.channels; ++c) {
                    for (std::int64_t tap = 0; tap < taps; ++tap) {
                        const std::int64_t run = tap / tapsARun;
                        const float* from = sums + (run * g.outChannels + o) * columns +
                                            tap % tapsARun * g.channels + c;
                        float sum = *from;
                        for (std::int64_t part = 1; part < m_parts; ++part) {
                            sum += from[part * partFloats()];
                        }
                        dw[(o * g.channels + c) * taps + tap] = sum;
                    }
                }
            }
        },
        m_parts * g.taps);
}

}  // namespace mantissa::nn
