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

ViewIndex aroundAxis(const Shape& shape, int axis) {
    if (shape.empty()) {
        return {1, 1, 1};
    }
    assert(axis >= 0 && static_cast<std::size_t>(axis) < shape.size());
    const auto a = static_cast<std::size_t>(axis);
    return {product(shape, 0, a), shape[a], product(shape, a + 1, shape.size())};
}

}  // namespace

BlockGrid blockGrid(const BlockShape& block, const Shape& shape, int axis) {
    BlockGrid grid;
    switch (block.kind) {
        case BlockShape::Kind::Vector:
            grid = {aroundAxis(shape, axis), {1, block.size, 1}};
            break;
        case BlockShape::Kind::Tile:
            grid = {{1, shape.empty() ? 1 : shape[0],
                     shape.empty() ? 1 : product(shape, 1, shape.size())},
                    {1, block.rows, block.columns}};
            break;
        case BlockShape::Kind::Slice: {
            const auto view = aroundAxis(shape, axis);
            grid = {view, {view[0], 1, view[2]}};
            break;
        }
        case BlockShape::Kind::Tensor: {
            const auto count = elementCount(shape);
            grid = {{1, 1, count}, {1, 1, count}};
            break;
        }
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

}  // namespace mantissa::numerics
