// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/block_filters.h"

#include <algorithm>
#include <array>

namespace mantissa::nn {

void packFilters(const FilterView& view, std::span<const FilterSegment> segments,
                 const PackedRows& to, float* memory, ThreadTeam& team) {
    team.run(to.rows, [&](std::int64_t row, int) {
        std::array<float, static_cast<std::size_t>(kMaxSegment)> elements;
        for (std::int64_t s = 0; s < to.segments; ++s) {
            const auto& [first, count, tap] = segments[static_cast<std::size_t>(s)];
            const float* const from =
                view.data + row * view.rowStride + first * view.channelStride + tap;
            for (std::int64_t c = 0; c < count; ++c) {
                elements[static_cast<std::size_t>(c)] = from[c * view.channelStride];
            }
            packAlong(BlockSide::Rows, {elements.data(), 1, count, to.quads},
                      to.target(memory, row, s));
        }
    });
}

void packChannels(const float* data, std::int64_t channels, std::int64_t channelStride,
                  std::int64_t columns, std::int64_t segment, std::int64_t first,
                  const PackedPlanes& to) {
    const std::int64_t quads = quadsOf(segment);
    for (std::int64_t block = 0; block * segment < channels; ++block) {
        const std::int64_t channel = block * segment;
        packAcross(BlockSide::Columns,
                   {data + channel * channelStride, channelStride,
                    std::min(segment, channels - channel), quads},
                   columns,
                   {to.quads + block * quads * to.plane + first, to.plane,
                    to.scales + block * to.plane + first, nullptr});
    }
}

void multiplyFilters(const PackedRows& filters, const float* memory, const PackedPlanes& planes,
                     const SegmentPlaces& places, std::int64_t columns, float* c,
                     const ThreadTeam& team) {
    constexpr std::int64_t kColumns = 48;  // whose codes stay in the first-level cache
    BlockProduct product{.quadPlaces = places.quads.data(),
                         .scalePlaces = places.scales.data(),
                         .quadStride = planes.plane,
                         .cRow = columns};
    for (std::int64_t column = 0; column < columns; column += kColumns) {
        product.columns = std::min(kColumns, columns - column);
        product.columnQuads = planes.quads + column;
        product.columnScales = planes.scales + column;
        for (std::int64_t panel = 0; panel < filters.panels() && !team.stopped(); ++panel) {
            product.setRows(filters, memory, panel, 0, filters.segments);
            product.c = c + panel * kBlockRows * columns + column;
            multiplyBlocks(product);
        }
    }
}

}  // namespace mantissa::nn
