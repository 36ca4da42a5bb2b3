// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/block_gemm.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace mantissa::nn {
namespace {

/// Columns packed at a time, and elements of the reduction: both stay in the first-level cache.
constexpr std::int64_t kPanelColumns = 48;
constexpr std::int64_t kPanelDepth = 512;  // of bytes; half as many words
/// Rows that a task multiplies with one packed panel of columns, at least.
constexpr std::int64_t kTaskRows = 128;

PackedRows packedRows(const GemmSize& size, const BlockSegment& segment) {
    return {size.m, (size.k + segment.length - 1) / segment.length, segment};
}

/// Lines of a factor whose element (k, line) stands at data[k * kStride + line * lineStride].
struct LineView {
    const float* data;
    std::int64_t kStride, lineStride;
    const numerics::KernelFormat* rounding;

    LineView from(std::int64_t line, std::int64_t k) const {
        return {data + line * lineStride + k * kStride, kStride, lineStride, rounding};
    }
};
LineView rowsOf(const BlockMatrix& a) {
    return {a.view.data, a.view.columnStride, a.view.rowStride, a.rounding};
}
LineView columnsOf(const BlockMatrix& b) {
    return {b.view.data, b.view.rowStride, b.view.columnStride, b.rounding};
}

/// Packs `count` elements, a segment or less, of lines that stand side by side in `to`.
void packSegment(BlockSide side, const LineView& view, std::int64_t count,
                 const BlockSegment& segment, std::int64_t lines, const PackTarget& to) {
    const std::int64_t quads = quadsOf(side, segment);
    if (view.lineStride == 1) {
        packAcross(side, {view.data, view.kStride, count, quads, view.rounding, segment.codes},
                   lines, to);
    } else {
        packAlong(side, {view.data, 1, count, quads, view.rounding, segment.codes}, view.lineStride,
                  lines, to);
    }
}

void packRows(const GemmSize& size, const LineView& a, const BlockSegment& segment, float* memory,
              ThreadTeam& team) {
    const PackedRows packed = packedRows(size, segment);
    team.run(packed.panels(), [&](std::int64_t panel, int) {
        const std::int64_t row = panel * kBlockRows;
        for (std::int64_t s = 0; s < packed.segments; ++s) {
            const std::int64_t k = s * segment.length;
            packSegment(BlockSide::Rows, a.from(row, k), std::min(segment.length, size.k - k),
                        segment, std::min(kBlockRows, size.m - row), packed.target(memory, row, s));
        }
    });
}

/// How many tasks share a panel of columns: as few as keep a team busy, since each packs the panel.
std::int64_t rowBlocksFor(const GemmSize& size, std::int64_t columnPanels) {
    constexpr std::int64_t kTasks = 32;
    const std::int64_t most = std::max<std::int64_t>(1, size.m / kTaskRows);
    return std::clamp<std::int64_t>(
        (kTasks + columnPanels - 1) / std::max<std::int64_t>(columnPanels, 1), 1, most);
}

}  // namespace

std::int64_t blockGemmScratchFloats() {
    // At worst each element is a segment, with a quad and a scale of its own.
    return 2 * kPanelColumns * kPanelDepth + kColumnSlack;
}

std::int64_t blockGemmPackedFloats(const GemmSize& size, const BlockSegment& segment) {
    return packedRows(size, segment).floats();
}

void blockGemm(const GemmSize& size, const BlockMatrix& a, const BlockMatrix& b,
               const BlockSegment& segment, float* c, std::span<float> scratch,
               std::span<float> packed, ThreadTeam& team, bool accumulate) {
    assert(segment.length >= 1 && segment.length <= longestSegment(segment.codes));
    assert(static_cast<std::int64_t>(packed.size()) >= blockGemmPackedFloats(size, segment));
    const PackedRows rows = packedRows(size, segment);
    packRows(size, rowsOf(a), segment, packed.data(), team);
    const LineView columns = columnsOf(b);

    const std::int64_t depth = segment.codes == BlockCodes::Bytes ? kPanelDepth : kPanelDepth / 2;
    const std::int64_t chunk = std::max<std::int64_t>(1, depth / segment.length);  // segments
    const std::int64_t quadsEach = quadsOf(BlockSide::Columns, segment);
    std::array<std::int64_t, kPanelDepth> quadPlaces;
    std::array<std::int64_t, kPanelDepth> scalePlaces;
    for (std::int64_t s = 0; s < chunk; ++s) {
        quadPlaces[static_cast<std::size_t>(s)] = s * quadsEach * kPanelColumns;
        scalePlaces[static_cast<std::size_t>(s)] = s * kPanelColumns;
    }
    const std::int64_t columnPanels = (size.n + kPanelColumns - 1) / kPanelColumns;
    const std::int64_t rowBlocks = rowBlocksFor(size, columnPanels);
    const std::int64_t blockPanels = (rows.panels() + rowBlocks - 1) / rowBlocks;
    team.run(columnPanels * rowBlocks, [&](std::int64_t task, int worker) {
        float* const scales = scratch.data() + worker * blockGemmScratchFloats();
        auto* const quads = reinterpret_cast<std::int32_t*>(scales + chunk * kPanelColumns);
        const std::int64_t column = task % columnPanels * kPanelColumns;
        const std::int64_t firstPanel = task / columnPanels * blockPanels;
        const std::int64_t lastPanel = std::min(firstPanel + blockPanels, rows.panels());
        BlockProduct product{.columns = std::min(kPanelColumns, size.n - column),
                             .columnQuads = quads,
                             .columnScales = scales,
                             .quadPlaces = quadPlaces.data(),
                             .scalePlaces = scalePlaces.data(),
                             .quadStride = kPanelColumns,
                             .cRow = size.n};
        for (std::int64_t first = 0; first < rows.segments && !team.stopped(); first += chunk) {
            const std::int64_t count = std::min(chunk, rows.segments - first);
            for (std::int64_t s = 0; s < count; ++s) {
                const std::int64_t k = (first + s) * segment.length;
                packSegment(BlockSide::Columns, columns.from(column, k),
                            std::min(segment.length, size.k - k), segment, product.columns,
                            {.quads = quads + s * quadsEach * kPanelColumns,
                             .quadStride = kPanelColumns,
                             .scales = scales + s * kPanelColumns});
            }
            product.smallScales = scalesAreSmall(scales, count * kPanelColumns);
            product.accumulate = accumulate || first > 0;
            for (std::int64_t panel = firstPanel; panel < lastPanel; ++panel) {
                product.setRows(rows, packed.data(), panel, first, count);
                product.c = c + panel * kBlockRows * size.n + column;
                multiplyBlocks(product);
            }
        }
    });
}

}  // namespace mantissa::nn
