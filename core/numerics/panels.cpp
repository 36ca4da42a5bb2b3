// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/panels.h"

#include <cassert>
#include <numeric>

#include "core/numerics/lane_sums.h"
#include "core/numerics/registry.h"

namespace mantissa::numerics {
namespace {

constexpr std::size_t kLast = kViewRank - 1;

/// Whole blocks and whole chunks, if that does not make panels much larger.
std::int64_t panelWidth(std::int64_t rows, std::int64_t blockColumns, std::int64_t columns) {
    assert(rows > 0 && blockColumns > 0);
    const std::int64_t chunked = std::lcm(blockColumns, kChunk);
    const bool aligned = blockColumns <= kChunk || chunked * rows <= kPanelElements;
    const std::int64_t unit = aligned ? chunked : blockColumns;
    return std::min(columns, unit * std::max<std::int64_t>(1, kPanelElements / (rows * unit)));
}

CutTensor cutIntoBlocks(const BlockGrid& grid, std::int64_t count) {
    CutTensor cut;
    cut.count = count;
    cut.grid = grid;
    const std::int64_t rows = cut.blockRows();
    const std::int64_t columns = grid.extents[kLast];
    cut.width = panelWidth(rows, grid.box[kLast], columns);
    cut.strips = (columns + cut.width - 1) / cut.width;
    BlockGrid byRows = grid;
    byRows.box[kLast] = cut.width;
    cut.panels = blockCount(byRows);
    cut.panelsPerTask = std::max<std::int64_t>(1, kTaskElements / (rows * cut.width));
    cut.tasks = (cut.panels + cut.panelsPerTask - 1) / cut.panelsPerTask;
    return cut;
}

CutTensor cutIntoRuns(std::int64_t count, std::int64_t run, std::int64_t blocks) {
    CutTensor cut;
    cut.runs = true;
    cut.count = count;
    cut.tasks = (count + kTaskElements - 1) / kTaskElements;
    cut.run = run;
    cut.blocks = blocks;
    return cut;
}

}  // namespace

PanelPlace panelAt(const CutTensor& cut, std::int64_t number) {
    BlockGrid byRows = cut.grid;
    byRows.box[kLast] = cut.width;
    const Box box = boxAt(byRows, number);
    PanelPlace place{.start = box.origin[kLast], .columns = box.extents[kLast]};
    for (std::size_t d = 0; d < kLast; ++d) {
        place.rowExtents[d] = box.extents[d];
        place.rowStrides[d] = byRows.stride(static_cast<int>(d));
        place.start += box.origin[d] * place.rowStrides[d];
    }
    return place;
}

CutTensor cutTensor(const Format& format, const Shape& shape, int axis) {
    constexpr std::int64_t kLongestRun = 32768;
    const std::int64_t count = elementCount(shape);
    const auto& family = familyOf(format);
    if (family.block == nullptr) {
        return cutIntoBlocks({{1, 1, 1, 1, count}, {1, 1, 1, 1, 1}}, count);
    }
    const BlockShape block = family.block(format);
    const BlockGrid full = blockGrid(block, shape, axis);
    const BlockGrid grid = collapsed(full);
    const bool wholeSlices =
        block.kind == BlockShape::Kind::Slice || block.kind == BlockShape::Kind::Tensor;
    if (wholeSlices && (Box{{}, grid.box}.count() > kLongestRun ||
                        Box{{}, grid.box}.count() != grid.box[kLast - 1] * grid.box[kLast])) {
        return cutIntoRuns(count, full.extents[kLast], full.extents[kLast - 1]);
    }
    return cutIntoBlocks(grid, count);
}

}  // namespace mantissa::numerics
