// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/block_convolution.h"

#include <algorithm>
#include <cassert>

#include "core/nn/block_filters.h"
#include "core/nn/phases.h"

namespace mantissa::nn {
namespace {

std::int64_t roundUp(std::int64_t value, std::int64_t unit) {
    return (value + unit - 1) / unit * unit;
}

std::int64_t blocksOf(std::int64_t extent, const BlockSegment& segment) {
    return (extent + segment.length - 1) / segment.length;
}

/// Adds the segments of all blocks of `channels` at one tap whose columns start at `place`.
void addSegment(std::vector<FilterSegment>& filter, SegmentPlaces& places, std::int64_t block,
                const BlockSegment& segment, std::int64_t channels, std::int64_t tap,
                std::int64_t place, std::int64_t plane) {
    const std::int64_t first = block * segment.length;
    filter.push_back({first, std::min(segment.length, channels - first), tap});
    places.quads.push_back(block * quadsOf(BlockSide::Columns, segment) * plane + place);
    places.scales.push_back(block * plane + place);
}

PackedRows packedFilters(std::int64_t rows, const std::vector<FilterSegment>& filter,
                         const BlockSegment& segment) {
    return {rows, static_cast<std::int64_t>(filter.size()), segment};
}

/// Of a channel of the image in its phases, which follow each other.
std::vector<PixelRun> runsInPhases(const ConvGeometry& g) {
    const std::int64_t phase = g.phaseHeight * g.phaseWidth;
    std::vector<PixelRun> runs;
    for (std::int64_t y = 0; y < g.height; ++y) {
        const std::int64_t row = y + g.padding;
        for (std::int64_t x = 0; x < std::min(g.stride, g.width); ++x) {
            const std::int64_t column = x + g.padding;
            runs.push_back({y * g.width + x,
                            (row % g.stride * g.stride + column % g.stride) * phase +
                                row / g.stride * g.phaseWidth + column / g.stride,
                            (g.width - x + g.stride - 1) / g.stride, g.stride});
        }
    }
    return runs;
}

}  // namespace

BlockConvForward::BlockConvForward(const ConvGeometry& geometry, const BlockSegment& segment)
    : m_geometry(geometry), m_segment(segment), m_blocks(blocksOf(geometry.channels, segment)) {
    const ConvGeometry& g = m_geometry;
    const std::int64_t phase = g.phaseHeight * g.phaseWidth;
    m_plane = roundUp(g.stride * g.stride * phase + kColumnSlack, kColumnSlack);
    m_runs = runsInPhases(g);
    // As in binary32, but that phases are never copied once a column.
    m_isDense = g.layout.isDense && !g.layout.same;
    m_pixels =
        m_isDense ? PixelPieces{g.layout.pixels, g.layout.pixelOffsets} : PixelPieces{g.span, {}};
    for (std::int64_t block = 0; block < m_blocks; ++block) {
        for (std::int64_t tap = 0; tap < g.kernel * g.kernel; ++tap) {
            const std::int64_t y = tap / g.kernel * g.dilation;
            const std::int64_t x = tap % g.kernel * g.dilation;
            const std::int64_t place = (y % g.stride * g.stride + x % g.stride) * phase +
                                       y / g.stride * g.phaseWidth + x / g.stride;
            addSegment(m_filter, m_places, block, segment, g.channels, tap, place, m_plane);
        }
    }
}

std::int64_t BlockConvForward::packedFloats() const {
    return packedFilters(m_geometry.outChannels, m_filter, m_segment).floats();
}

std::int64_t BlockConvForward::scratchFloats() const {
    return m_blocks * (quadsOf(BlockSide::Columns, m_segment) + 1) * m_plane +
           std::max(m_geometry.outChannels * m_geometry.span,
                    packScratchFloats(m_geometry.height * m_geometry.width, m_segment));
}

void BlockConvForward::packWeights(const BlockTensor& weight, float* packed,
                                   ThreadTeam& team) const {
    const std::int64_t taps = m_geometry.kernel * m_geometry.kernel;
    packFilters({weight.data, m_geometry.taps, taps, weight.rounding}, m_filter,
                packedFilters(m_geometry.outChannels, m_filter, m_segment), packed, team);
}

void BlockConvForward::run(const float* packed, const float* bias, const BlockTensor& x, float* y,
                           float* scratch, const ThreadTeam& team) const {
    const ConvGeometry& g = m_geometry;
    float* const scales = scratch;
    float* const quads = scales + m_blocks * m_plane;
    float* const product = quads + m_blocks * quadsOf(BlockSide::Columns, m_segment) * m_plane;
    const PackedPlanes planes{reinterpret_cast<std::int32_t*>(quads), scales, m_plane, m_blocks};
    packChannels({x.data, g.channels, g.height * g.width, x.rounding}, m_segment, m_runs, planes,
                 product);
    multiplyFilters(packedFilters(g.outChannels, m_filter, m_segment), packed, planes, m_places,
                    m_pixels, m_isDense ? y : product, team);
    if (!m_isDense) {
        gatherRows(g, product, bias, y);
    } else if (bias != nullptr) {
        for (std::int64_t o = 0; o < g.outChannels; ++o) {
            for (std::int64_t pixel = 0; pixel < m_pixels.count; ++pixel) {
                y[o * m_pixels.count + pixel] += bias[o];
            }
        }
    }
}

BlockConvInputGradient::BlockConvInputGradient(const ConvGeometry& geometry,
                                               const BlockSegment& segment)
    : m_geometry(geometry), m_segment(segment), m_blocks(blocksOf(geometry.outChannels, segment)) {
    const ConvGeometry& g = m_geometry;
    m_margin = (g.kernel - 1) * g.dilation / g.stride;
    m_pitch = g.phaseWidth + m_margin;
    // At stride one the padding around the image is left out.
    const bool whole = g.stride > 1;
    m_first = whole ? 0 : g.padding * m_pitch + g.padding;
    const std::int64_t rows = whole ? g.phaseHeight : g.height;
    const std::int64_t columns = whole ? g.phaseWidth : g.width;
    m_pixels = {g.height * g.width, {}};
    if (!whole) {
        m_pixels.places = piecesOfRows(g.height, g.width, m_pitch);
    }
    if (m_pixels.places.empty()) {
        m_pixels.count = roundUp((rows - 1) * m_pitch + columns, kColumnSlack);
    }
    m_plane = roundUp(
        m_margin * m_pitch + m_margin + (g.phaseHeight - 1) * m_pitch + g.phaseWidth + kColumnSlack,
        kColumnSlack);
    for (std::int64_t row = 0; row < g.outHeight; ++row) {
        m_runs.push_back({row * g.outWidth, (m_margin + row) * m_pitch + m_margin, g.outWidth, 1});
    }
    for (std::int64_t remainder = 0; remainder < g.stride * g.stride; ++remainder) {
        Phase phase{remainder / g.stride, remainder % g.stride, m_packedFloats, {}, {}};
        for (std::int64_t block = 0; block < m_blocks; ++block) {
            for (std::int64_t tap = 0; tap < g.kernel * g.kernel; ++tap) {
                const std::int64_t y = tap / g.kernel * g.dilation;
                const std::int64_t x = tap % g.kernel * g.dilation;
                if (y % g.stride == phase.row && x % g.stride == phase.column) {
                    const std::int64_t place =
                        m_first + (m_margin - y / g.stride) * m_pitch + m_margin - x / g.stride;
                    addSegment(phase.filter, phase.places, block, segment, g.outChannels, tap,
                               place, m_plane);
                }
            }
        }
        m_packedFloats += packedFilters(g.channels, phase.filter, segment).floats();
        m_phases.push_back(std::move(phase));
    }
}

std::int64_t BlockConvInputGradient::scratchFloats() const {
    return m_blocks * (quadsOf(BlockSide::Columns, m_segment) + 1) * m_plane +
           std::max(m_geometry.channels * m_pixels.count,
                    packScratchFloats(m_geometry.outHeight * m_geometry.outWidth, m_segment));
}

void BlockConvInputGradient::packWeights(const BlockTensor& weight, float* packed,
                                         ThreadTeam& team) const {
    const std::int64_t taps = m_geometry.kernel * m_geometry.kernel;
    for (const Phase& phase : m_phases) {
        packFilters({weight.data, taps, m_geometry.taps, weight.rounding}, phase.filter,
                    packedFilters(m_geometry.channels, phase.filter, m_segment),
                    packed + phase.packedOffset, team);
    }
}

void BlockConvInputGradient::run(const float* packed, const BlockTensor& dy, float* dx,
                                 float* scratch, const ThreadTeam& team) const {
    const ConvGeometry& g = m_geometry;
    float* const scales = scratch;
    float* const quads = scales + m_blocks * m_plane;
    float* const product = quads + m_blocks * quadsOf(BlockSide::Columns, m_segment) * m_plane;
    const PackedPlanes planes{reinterpret_cast<std::int32_t*>(quads), scales, m_plane, m_blocks};
    packChannels({dy.data, g.outChannels, g.outHeight * g.outWidth, dy.rounding}, m_segment, m_runs,
                 planes, product);
    for (const Phase& phase : m_phases) {
        const bool isDense = !m_pixels.places.empty();
        multiplyFilters(packedFilters(g.channels, phase.filter, m_segment),
                        packed + phase.packedOffset, planes, phase.places, m_pixels,
                        isDense ? dx : product, team);
        if (isDense) {
            return;
        }
        // A padded row or column r of the phase is the image's r - padding.
        const std::int64_t firstRow = (g.padding - phase.row + g.stride - 1) / g.stride;
        const std::int64_t firstColumn = (g.padding - phase.column + g.stride - 1) / g.stride;
        const auto start = [&](std::int64_t first) { return std::max<std::int64_t>(0, first); };
        for (std::int64_t c = 0; c < g.channels; ++c) {
            for (std::int64_t j = start(firstRow);; ++j) {
                const std::int64_t row = j * g.stride + phase.row - g.padding;
                if (row >= g.height) {
                    break;
                }
                const float* const from = product + c * m_pixels.count + j * m_pitch - m_first;
                float* const to = dx + (c * g.height + row) * g.width;
                if (g.stride == 1) {
                    std::copy_n(from + g.padding, g.width, to);
                    continue;
                }
                for (std::int64_t i = start(firstColumn);; ++i) {
                    const std::int64_t column = i * g.stride + phase.column - g.padding;
                    if (column >= g.width) {
                        break;
                    }
                    to[column] = from[i];
                }
            }
        }
    }
}

}  // namespace mantissa::nn
