// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/panels.h"

namespace mantissa::numerics {
namespace {

Boxes lastThree(const BlockGrid& grid) {
    return {{grid.extents[2], grid.extents[3], grid.extents[4]},
            {grid.box[2], grid.box[3], grid.box[4]}};
}

CutTensor cutIntoBlocks(const Boxes& grid) {
    const auto& [n, b] = grid;
    CutTensor cut;
    cut.count = n[0] * n[1] * n[2];
    cut.grid = grid;
    cut.width = std::min(n[2], std::max(b[2], kPanelElements / b[1] / b[2] * b[2]));
    cut.strips = (n[2] + cut.width - 1) / cut.width;
    cut.bands = (n[1] + b[1] - 1) / b[1];
    cut.panelsPerTask = std::max<std::int64_t>(1, kTaskElements / (b[1] * cut.width));
    cut.tasks = (n[0] * cut.bands * cut.strips + cut.panelsPerTask - 1) / cut.panelsPerTask;
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

CutTensor cutTensor(const Format& format, const Shape& shape, int axis) {
    constexpr std::int64_t kLongestRun = 32768;
    const auto* block = std::get_if<BlockFloat>(&format);
    const BlockGrid full = block != nullptr ? blockGrid(block->block, shape, axis) : BlockGrid{};
    const BlockGrid few = collapsed(full);
    if (block == nullptr || few.extents[0] != 1 || few.extents[1] != 1) {
        return cutIntoBlocks({{1, 1, elementCount(shape)}, {1, 1, 1}});
    }
    const Boxes grid = lastThree(few);
    const auto& [n, b] = grid;
    const auto kind = block->block.kind;
    const bool wholeSlices = kind == BlockShape::Kind::Slice || kind == BlockShape::Kind::Tensor;
    if (wholeSlices && (b[0] > 1 || b[1] * b[2] > kLongestRun)) {
        const Boxes view = lastThree(full);
        return cutIntoRuns(n[0] * n[1] * n[2], view.extents[2], view.extents[1]);
    }
    return cutIntoBlocks(grid);
}

}  // namespace mantissa::numerics
