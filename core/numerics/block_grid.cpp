// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/block_grid.h"

#include <cassert>

namespace mantissa::numerics {
namespace {

std::int64_t product(const Shape& shape, std::size_t first, std::size_t last) {
    std::int64_t result = 1;
    for (std::size_t i = first; i < last; ++i) {
        result *= shape[i];
    }
    return result;
}

/// [1, 1, before, axis, behind].
ViewIndex aroundAxis(const Shape& shape, int axis) {
    if (shape.empty()) {
        return {1, 1, 1, 1, 1};
    }
    assert(axis >= 0 && static_cast<std::size_t>(axis) < shape.size());
    const auto a = static_cast<std::size_t>(axis);
    return {1, 1, product(shape, 0, a), shape[a], product(shape, a + 1, shape.size())};
}

/// Boxes of the first dimensions; a tensor of higher rank than the view keeps its last dimensions
/// in one.
BlockGrid boxGrid(const BlockShape& block, const Shape& shape) {
    BlockGrid grid;
    grid.extents.fill(1);
    grid.box.fill(1);
    for (std::size_t d = 0; d < shape.size(); ++d) {
        grid.extents[std::min<std::size_t>(d, kViewRank - 1)] *= shape[d];
        if (d < kViewRank) {
            grid.box[d] = std::max<std::int64_t>(block.box[d], 1);
        }
    }
    return grid;
}

}  // namespace

BlockGrid blockGrid(const BlockShape& block, const Shape& shape, int axis) {
    BlockGrid grid;
    switch (block.kind) {
        case BlockShape::Kind::Vector:
            grid = {aroundAxis(shape, axis), {1, 1, 1, block.size, 1}};
            break;
        case BlockShape::Kind::Tile:
            grid = {{1, 1, 1, shape.empty() ? 1 : shape[0],
                     shape.empty() ? 1 : product(shape, 1, shape.size())},
                    {1, 1, 1, block.rows, block.columns}};
            break;
        case BlockShape::Kind::Slice: {
            const auto view = aroundAxis(shape, axis);
            grid = {view, {1, 1, view[2], 1, view[4]}};
            break;
        }
        case BlockShape::Kind::Tensor: {
            const auto count = elementCount(shape);
            grid = {{1, 1, 1, 1, count}, {1, 1, 1, 1, count}};
            break;
        }
        case BlockShape::Kind::Box:
            grid = boxGrid(block, shape);
            break;
    }
    for (std::size_t d = 0; d < kViewRank; ++d) {
        grid.box[d] =
            std::clamp<std::int64_t>(grid.box[d], 1, std::max<std::int64_t>(grid.extents[d], 1));
    }
    return grid;
}

std::int64_t blockCount(const BlockGrid& grid) {
    std::int64_t count = 1;
    for (std::size_t d = 0; d < kViewRank; ++d) {
        count *= (grid.extents[d] + grid.box[d] - 1) / grid.box[d];
    }
    return count;
}

Box boxAt(const BlockGrid& grid, std::int64_t number) {
    Box box;
    for (std::size_t d = kViewRank; d-- > 0;) {
        const std::int64_t along = (grid.extents[d] + grid.box[d] - 1) / grid.box[d];
        box.origin[d] = number % along * grid.box[d];
        box.extents[d] = std::min(grid.box[d], grid.extents[d] - box.origin[d]);
        number /= along;
    }
    return box;
}

BlockGrid collapsed(const BlockGrid& grid) {
    BlockGrid result;
    result.extents.fill(1);
    result.box.fill(1);
    std::size_t to = kViewRank - 1;
    result.extents[to] = grid.extents[kViewRank - 1];
    result.box[to] = grid.box[kViewRank - 1];
    for (std::size_t d = kViewRank - 1; d-- > 0;) {
        const auto extent = grid.extents[d];
        const auto box = grid.box[d];
        if (result.box[to] == result.extents[to]) {  // every box spans it
            result.box[to] *= box;
            result.extents[to] *= extent;
        } else if (box == 1 && result.extents[to] % result.box[to] == 0) {
            result.extents[to] *= extent;
        } else {
            --to;
            result.extents[to] = extent;
            result.box[to] = box;
        }
    }
    return result;
}

}  // namespace mantissa::numerics
