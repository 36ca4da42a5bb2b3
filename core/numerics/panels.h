// SPDX-License-Identifier: GPL-3.0-or-later
// How a tensor is cut into tasks for threads and panels for caches: by format and shape alone, so
// that sums over panels depend on nothing else.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/numerics/block_grid.h"

namespace mantissa::numerics {

/// Waking the team costs some microseconds, as long as a core needs for this many elements.
inline constexpr std::int64_t kTaskElements = 32768;
/// A panel and its random words stay in the first-level cache.
inline constexpr std::int64_t kPanelElements = 4096;

/// `rows` x `columns` elements, `stride` apart from row to row, the first with index `start`.
struct PanelPlace {
    std::int64_t start = 0;
    std::int64_t rows = 1;
    std::int64_t columns = 0;
    std::int64_t stride = 0;
    std::int64_t block = 0;  ///< CutTensor::runs only: the block that the panel is part of
};

/// Boxes of a row-major array of three dimensions.
struct Boxes {
    std::array<std::int64_t, 3> extents{};
    std::array<std::int64_t, 3> box{};
};

/// Either panels of whole blocks: bands of rows inside one outer index, cut into strips; or, where
/// a block is large or scattered, parts of rows: element e lies in block e / run % blocks.
struct CutTensor {
    bool runs = false;
    std::int64_t count = 0;
    std::int64_t tasks = 0;
    Boxes grid;  ///< whole blocks: all of them inside one index of the first dimension
    std::int64_t width = 0;
    std::int64_t strips = 0;
    std::int64_t bands = 0;
    std::int64_t panelsPerTask = 0;
    std::int64_t run = 1;
    std::int64_t blocks = 1;

    std::int64_t blockColumns() const { return runs ? 1 : grid.box[2]; }
    /// Whether every row of every panel begins at a multiple of `elements`, which divides
    /// kPanelElements.
    bool rowsBeginAt(std::int64_t elements) const {
        if (runs) {
            return blocks == 1 || run % elements == 0;
        }
        const auto& n = grid.extents;
        return (n[0] * n[1] == 1 || n[2] % elements == 0) && (strips == 1 || width % elements == 0);
    }
};

/// Formats whose blocks are no boxes of three dimensions are cut as if each element stood alone.
CutTensor cutTensor(const Format& format, const Shape& shape, int axis);

/// Calls `visit(const PanelPlace&)` for each panel of a task in [0, cut.tasks), in order.
template <typename Visit>
void forEachPanel(const CutTensor& cut, std::int64_t task, const Visit& visit) {
    if (cut.runs) {
        const std::int64_t last = std::min((task + 1) * kTaskElements, cut.count);
        for (std::int64_t first = task * kTaskElements; first < last;) {
            const std::int64_t index = first / cut.run;
            const std::int64_t end =
                std::min({last, (index + 1) * cut.run, first + kPanelElements});
            visit(PanelPlace{first, 1, end - first, end - first, index % cut.blocks});
            first = end;
        }
        return;
    }
    const auto& n = cut.grid.extents;
    const auto& b = cut.grid.box;
    const std::int64_t perOuter = cut.strips * cut.bands;
    const std::int64_t last = std::min((task + 1) * cut.panelsPerTask, n[0] * perOuter);
    for (std::int64_t i = task * cut.panelsPerTask; i < last; ++i) {
        const std::int64_t row = i / cut.strips % cut.bands * b[1];
        const std::int64_t column = i % cut.strips * cut.width;
        visit(PanelPlace{(i / perOuter * n[1] + row) * n[2] + column, std::min(b[1], n[1] - row),
                         std::min(cut.width, n[2] - column), n[2], 0});
    }
}

}  // namespace mantissa::numerics
