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

inline constexpr int kViewRank = 3;
using ViewIndex = std::array<std::int64_t, kViewRank>;

/// A tensor seen as a row-major array of `extents`, cut into boxes of `box`; boxes at the far ends
/// may be short. The view keeps the order in memory, so an element's index is the tensor's.
struct BlockGrid {
    ViewIndex extents{};
    ViewIndex box{};

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

/// Calls `visit(origin, extents)` for each box, row-major.
template <typename Visit>
void forEachBlock(const BlockGrid& grid, const Visit& visit) {
    const auto& [n, b] = grid;
    for (std::int64_t i = 0; i < n[0]; i += b[0]) {
        for (std::int64_t j = 0; j < n[1]; j += b[1]) {
            for (std::int64_t k = 0; k < n[2]; k += b[2]) {
                visit(ViewIndex{i, j, k},
                      ViewIndex{std::min(b[0], n[0] - i), std::min(b[1], n[1] - j),
                                std::min(b[2], n[2] - k)});
            }
        }
    }
}

/// Calls `visit(index)` with the tensor's index of each element of a box, row-major.
template <typename Visit>
void forEachElement(const BlockGrid& grid, const ViewIndex& origin, const ViewIndex& extents,
                    const Visit& visit) {
    for (std::int64_t i = 0; i < extents[0]; ++i) {
        for (std::int64_t j = 0; j < extents[1]; ++j) {
            const std::int64_t row =
                (origin[0] + i) * grid.stride(0) + (origin[1] + j) * grid.stride(1) + origin[2];
            for (std::int64_t k = 0; k < extents[2]; ++k) {
                visit(row + k);
            }
        }
    }
}

/// The largest finite magnitude in a box; 0 where there is none.
inline float largestFinite(std::span<const float> in, const BlockGrid& grid,
                           const ViewIndex& origin, const ViewIndex& extents) {
    float largest = 0;
    forEachElement(grid, origin, extents, [&](std::int64_t i) {
        const float magnitude = std::fabs(in[static_cast<std::size_t>(i)]);
        if (std::isfinite(magnitude)) {
            largest = std::max(largest, magnitude);
        }
    });
    return largest;
}

}  // namespace mantissa::numerics
