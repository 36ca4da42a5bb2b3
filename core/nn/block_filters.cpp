// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/block_filters.h"

#include <algorithm>
#include <array>

namespace mantissa::nn {

namespace {

/// How many segments from `s` on are neighbouring taps of the same channels.
std::int64_t tapsFrom(std::span<const FilterSegment> segments, std::int64_t s) {
    const auto& first = segments[static_cast<std::size_t>(s)];
    std::int64_t taps = 1;
    for (auto i = static_cast<std::size_t>(s) + 1; i < segments.size(); ++i, ++taps) {
        if (segments[i].first != first.first || segments[i].tap != first.tap + taps) {
            break;
        }
    }
    return taps;
}

void spread(std::span<const PixelRun> runs, const float* from, float* to) {
    for (const auto& run : runs) {
        if (run.step == 1) {
            std::copy_n(from + run.from, run.count, to + run.to);
            continue;
        }
        for (std::int64_t i = 0; i < run.count; ++i) {
            to[run.to + i] = from[run.from + i * run.step];
        }
    }
}

}  // namespace

void packFilters(const FilterView& view, std::span<const FilterSegment> segments,
                 const PackedRows& to, float* memory, ThreadTeam& team) {
    // Whatever is contiguous fills the lanes: rows, a line's elements, or taps.
    const auto packPanel = [&](std::int64_t row, const FilterSegment& segment, std::int64_t s) {
        const std::int64_t rows = std::min(kBlockRows, to.rows - row);
        const float* const from =
            view.data + row * view.rowStride + segment.first * view.channelStride + segment.tap;
        const PackTarget target = to.target(memory, row, s);
        if (view.rowStride == 1) {
            packAcross(BlockSide::Rows,
                       {from, view.channelStride, segment.count, to.quads, view.rounding, to.codes},
                       rows, target);
        } else {
            packAlong(BlockSide::Rows, {from, 1, segment.count, to.quads, view.rounding, to.codes},
                      view.rowStride, rows, target);
        }
    };
    const auto packTaps = [&](std::int64_t row, const FilterSegment& segment, std::int64_t s,
                              std::int64_t taps) {
        PackTarget target = to.target(memory, row, s);
        target.lineStride = kBlockRows * to.quads;
        target.scaleStride = kBlockRows;
        packAcross(
            BlockSide::Rows,
            {view.data + row * view.rowStride + segment.first * view.channelStride + segment.tap,
             view.channelStride, segment.count, to.quads, view.rounding, to.codes},
            taps, target);
    };
    team.run(to.panels(), [&](std::int64_t panel, int) {
        const std::int64_t firstRow = panel * kBlockRows;
        std::int64_t taps = 1;
        for (std::int64_t s = 0; s < to.segments; s += taps) {
            const FilterSegment& segment = segments[static_cast<std::size_t>(s)];
            if (view.rowStride == 1 || view.channelStride == 1) {
                packPanel(firstRow, segment, s);
                continue;
            }
            taps = tapsFrom(segments, s);
            for (std::int64_t row = firstRow; row < std::min(firstRow + kBlockRows, to.rows);
                 ++row) {
                packTaps(row, segment, s, taps);
            }
        }
    });
}

std::int64_t packScratchFloats(std::int64_t pixels, const BlockSegment& segment) {
    return (quadsOf(BlockSide::Columns, segment) + 1) * pixels;
}

void packChannels(const ChannelView& image, const BlockSegment& segment,
                  std::span<const PixelRun> runs, const PackedPlanes& to, float* scratch) {
    const std::int64_t quads = quadsOf(BlockSide::Columns, segment);
    const std::int64_t pixels = image.pixels;
    // Codes are moved as the floats that share their bits.
    float* const scales = scratch + quads * pixels;
    for (std::int64_t block = 0; block * segment.length < image.channels; ++block) {
        const std::int64_t channel = block * segment.length;
        packAcross(BlockSide::Columns,
                   {image.data + channel * pixels, pixels,
                    std::min(segment.length, image.channels - channel), quads, image.rounding,
                    segment.codes},
                   pixels, {reinterpret_cast<std::int32_t*>(scratch), pixels, scales, nullptr});
        for (std::int64_t q = 0; q < quads; ++q) {
            spread(runs, scratch + q * pixels,
                   reinterpret_cast<float*>(to.quads) + (block * quads + q) * to.plane);
        }
        std::fill_n(to.scales + block * to.plane, to.plane, 0.0F);
        spread(runs, scales, to.scales + block * to.plane);
    }
}

void multiplyFilters(const PackedRows& filters, const float* memory, const PackedPlanes& planes,
                     const SegmentPlaces& places, const PixelPieces& pixels, float* c,
                     const ThreadTeam& team) {
    constexpr std::int64_t kColumns = 48;  // whose codes stay in the first-level cache
    BlockProduct product{.columnQuads = planes.quads,
                         .columnScales = planes.scales,
                         .quadPlaces = places.quads.data(),
                         .scalePlaces = places.scales.data(),
                         .pieces = pixels.places.empty() ? nullptr : pixels.places.data(),
                         .quadStride = planes.plane,
                         .smallScales = scalesAreSmall(planes.scales, planes.blocks * planes.plane),
                         .cRow = pixels.count};
    for (std::int64_t column = 0; column < pixels.count; column += kColumns) {
        product.columns = std::min(kColumns, pixels.count - column);
        product.firstColumn = column;
        for (std::int64_t panel = 0; panel < filters.panels() && !team.stopped(); ++panel) {
            product.setRows(filters, memory, panel, 0, filters.segments);
            product.c = c + panel * kBlockRows * pixels.count + column;
            multiplyBlocks(product);
        }
    }
}

}  // namespace mantissa::nn
