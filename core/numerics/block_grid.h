// SPDX-License-Identifier: GPL-3.0-or-later
// Every way of sharing an exponent as one thing: boxes over a row-major view of the tensor.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>

#include "core/numerics/format.h"
#include "core/shape.h"

namespace mantissa::numerics {

inline constexpr int kViewRank = BlockShape::kMaxRank;
using ViewIndex = std::array<std::int64_t, kViewRank>;

/// A tensor seen as a row-major array of `extents`, cut into boxes of `box`; boxes at the far ends
/// may be short. The view keeps the order in memory, so an element's index is the tensor's.
struct BlockGrid {
    ViewIndex extents{};
    ViewIndex box{};

    /// The dimension that a vector or slice block runs along; the others put their boxes anywhere.
    static constexpr std::size_t blockDimension() { return kViewRank - 2; }

    std::int64_t stride(int dimension) const {
        std::int64_t product = 1;
        for (int d = dimension + 1; d < kViewRank; ++d) {
            product *= extents[static_cast<std::size_t>(d)];
        }
        return product;
    }
};

/// The grid of `block` over `shape`, with `axis` in [0, rank); a rank-0 shape counts as one
/// element.
BlockGrid blockGrid(const BlockShape& block, const Shape& shape, int axis);

std::int64_t blockCount(const BlockGrid& grid);

/// The same boxes over as few dimensions as say them, at the array's end: dimensions that every box
/// spans join the one before, and so do dimensions that boxes do not extend along.
BlockGrid collapsed(const BlockGrid& grid);

/// Calls `visit(index)` for each index of an array of `extents`, `step` apart, row-major.
template <typename Visit>
void forEachIndex(const ViewIndex& extents, const ViewIndex& step, const Visit& visit) {
    for (const auto extent : extents) {
        if (extent <= 0) {
            return;
        }
    }
    ViewIndex index{};
    while (true) {
        visit(index);
        std::size_t d = kViewRank;
        while (d > 0) {
            --d;
            index[d] += step[d];
            if (index[d] < extents[d]) {
                break;
            }
            index[d] = 0;
            if (d == 0) {
                return;
            }
        }
    }
}

/// One box of a grid.
struct Box {
    ViewIndex origin{};
    ViewIndex extents{};
    std::int64_t count() const {
        std::int64_t product = 1;
        for (const auto extent : extents) {
            product *= extent;
        }
        return product;
    }
};

/// The box with this number, row-major, in [0, blockCount(grid)).
Box boxAt(const BlockGrid& grid, std::int64_t number);

/// Calls `visit(origin, extents)` for each box, row-major.
template <typename Visit>
void forEachBlock(const BlockGrid& grid, const Visit& visit) {
    forEachIndex(grid.extents, grid.box, [&](const ViewIndex& origin) {
        ViewIndex extents{};
        for (std::size_t d = 0; d < kViewRank; ++d) {
            extents[d] = std::min(grid.box[d], grid.extents[d] - origin[d]);
        }
        visit(origin, extents);
    });
}

/// Calls `visit(index, count)` for each run of elements that are contiguous in the tensor among the
/// elements [first, last) of a box, row-major.
template <typename Visit>
void forEachRun(const BlockGrid& grid, const Box& box, std::int64_t first, std::int64_t last,
                const Visit& visit) {
    while (first < last) {
        std::int64_t at = 0;
        std::int64_t left = first;
        std::int64_t column = 0;
        for (std::size_t d = kViewRank; d-- > 0;) {
            const std::int64_t within = left % box.extents[d];
            column = d == kViewRank - 1 ? within : column;
            at += (box.origin[d] + within) * grid.stride(static_cast<int>(d));
            left /= box.extents[d];
        }
        const std::int64_t run = std::min(box.extents[kViewRank - 1] - column, last - first);
        visit(at, run);
        first += run;
    }
}

/// Calls `visit(index)` with the tensor's index of the elements [first, last) of a box, row-major.
template <typename Visit>
void forEachElement(const BlockGrid& grid, const Box& box, std::int64_t first, std::int64_t last,
                    const Visit& visit) {
    forEachRun(grid, box, first, last, [&](std::int64_t at, std::int64_t run) {
        for (std::int64_t k = 0; k < run; ++k) {
            visit(at + k);
        }
    });
}

/// Calls `visit(index)` with the tensor's index of each element of a box, row-major.
template <typename Visit>
void forEachElement(const BlockGrid& grid, const ViewIndex& origin, const ViewIndex& extents,
                    const Visit& visit) {
    ViewIndex strides{};
    std::int64_t first = 0;
    for (std::size_t d = 0; d < kViewRank; ++d) {
        strides[d] = grid.stride(static_cast<int>(d));
        first += origin[d] * strides[d];
    }
    constexpr std::size_t kLast = kViewRank - 1;
    ViewIndex rows = extents;
    rows[kLast] = std::min<std::int64_t>(extents[kLast], 1);
    ViewIndex one{};
    one.fill(1);
    forEachIndex(rows, one, [&](const ViewIndex& row) {
        std::int64_t at = first;
        for (std::size_t d = 0; d < kLast; ++d) {
            at += row[d] * strides[d];
        }
        for (std::int64_t k = 0; k < extents[kLast]; ++k) {
            visit(at + k);
        }
    });
}

}  // namespace mantissa::numerics
