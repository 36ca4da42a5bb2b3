// SPDX-License-Identifier: GPL-3.0-or-later
// How a tensor is cut into tasks for threads and panels for caches: by format and shape alone, so
// that sums over panels depend on nothing else.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/numerics/block_grid.h"

namespace mantissa::numerics {

/// Waking the team costs some microseconds, as long as a core needs for this many elements.
inline constexpr std::int64_t kTaskElements = 32768;
/// A panel and its random words stay in the first-level cache.
inline constexpr std::int64_t kPanelElements = 4096;

/// Rows of `columns` elements each, over a box of the first dimensions of a view.
struct PanelPlace {
    static constexpr std::size_t kRowRank = kViewRank - 1;
    std::int64_t start = 0;  ///< index of the first element
    std::int64_t columns = 0;
    std::array<std::int64_t, kRowRank> rowExtents{1, 1, 1, 1};
    std::array<std::int64_t, kRowRank> rowStrides{};
    std::int64_t block = 0;  ///< CutTensor::runs only: the block that the panel is part of

    std::int64_t rows() const {
        return rowExtents[0] * rowExtents[1] * rowExtents[2] * rowExtents[3];
    }
    /// Index of a row's first element.
    std::int64_t rowStart(std::int64_t row) const {
        std::int64_t at = start;
        for (std::size_t d = kRowRank; d-- > 0;) {
            at += row % rowExtents[d] * rowStrides[d];
            row /= rowExtents[d];
        }
        return at;
    }
    /// Calls `visit(index, count)` for the rows in order, those that lie one after the other at
    /// once.
    template <typename Visit>
    void forEachStretch(const Visit& visit) const {
        auto extents = rowExtents;
        std::int64_t count = columns;
        for (std::size_t d = kRowRank; d-- > 0 && (extents[d] == 1 || rowStrides[d] == count);) {
            count *= extents[d];
            extents[d] = 1;
        }
        for (std::int64_t i = 0; i < extents[0]; ++i) {
            for (std::int64_t j = 0; j < extents[1]; ++j) {
                for (std::int64_t k = 0; k < extents[2]; ++k) {
                    const std::int64_t at =
                        start + i * rowStrides[0] + j * rowStrides[1] + k * rowStrides[2];
                    for (std::int64_t l = 0; l < extents[3]; ++l) {
                        visit(at + l * rowStrides[3], count);
                    }
                }
            }
        }
    }
    /// Whether rows lie evenly apart: along one dimension.
    bool even() const {
        return std::count_if(rowExtents.begin(), rowExtents.end(),
                             [](std::int64_t n) { return n > 1; }) <= 1;
    }
    /// From row to row, if even().
    std::int64_t stride() const { return rows() > 1 ? rowStart(1) - start : columns; }
};

/// Either panels of whole blocks: boxes of rows, cut into strips of columns; or, where a block is
/// large or scattered, parts of rows: element e lies in block e / run % blocks.
struct CutTensor {
    bool runs = false;
    std::int64_t count = 0;
    std::int64_t tasks = 0;
    BlockGrid grid;  ///< whole blocks
    std::int64_t width = 0;
    std::int64_t strips = 0;
    std::int64_t panels = 0;
    std::int64_t panelsPerTask = 0;
    std::int64_t run = 1;
    std::int64_t blocks = 1;

    std::int64_t blockColumns() const { return runs ? 1 : grid.box[kViewRank - 1]; }
    /// Rows of a full block.
    std::int64_t blockRows() const {
        return runs ? 1 : grid.box[0] * grid.box[1] * grid.box[2] * grid.box[3];
    }
    /// Whether every row of every panel begins at a multiple of `elements`, which divides
    /// kPanelElements.
    bool rowsBeginAt(std::int64_t elements) const {
        if (runs) {
            return blocks == 1 || run % elements == 0;
        }
        const std::int64_t columns = grid.extents[kViewRank - 1];
        return (columns == count || columns % elements == 0) &&
               (strips == 1 || width % elements == 0);
    }
};

CutTensor cutTensor(const Format& format, const Shape& shape, int axis);

/// The panel of this number in [0, cut.panels), of whole blocks.
PanelPlace panelAt(const CutTensor& cut, std::int64_t number);

/// Calls `visit(const PanelPlace&)` for each panel of a task in [0, cut.tasks), in order.
template <typename Visit>
void forEachPanel(const CutTensor& cut, std::int64_t task, const Visit& visit) {
    if (cut.runs) {
        const std::int64_t last = std::min((task + 1) * kTaskElements, cut.count);
        for (std::int64_t first = task * kTaskElements; first < last;) {
            const std::int64_t index = first / cut.run;
            const std::int64_t end =
                std::min({last, (index + 1) * cut.run, first + kPanelElements});
            visit(PanelPlace{.start = first, .columns = end - first, .block = index % cut.blocks});
            first = end;
        }
        return;
    }
    const std::int64_t last = std::min((task + 1) * cut.panelsPerTask, cut.panels);
    for (std::int64_t i = task * cut.panelsPerTask; i < last; ++i) {
        visit(panelAt(cut, i));
    }
}

}  // namespace mantissa::numerics
