// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/gemm.h"

#include <algorithm>

// Highway re-includes this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/nn/gemm.cpp"
#include <hwy/foreach_target.h>
// These need the target that foreach_target.h has set.
#include "core/nn/tile_kernel-inl.h"
#include "core/nn/transpose-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

/// Rows of k packed at a time: 512 x 48 floats stay in the L2 cache.
constexpr std::int64_t kDepth = 512;
/// Rows of C a task computes with one packed panel, at least.
constexpr std::int64_t kTaskRows = 64;

/// Copies depth x columns of B to `panel`, kTileColumns apart, zeros after the columns.
void packPanel(const MatrixView& b, std::int64_t depth, std::int64_t columns, float* panel) {
    if (columns < kTileColumns) {
        std::fill_n(panel, depth * kTileColumns, 0.0F);
    }
    if (b.columnStride == 1) {
        for (std::int64_t k = 0; k < depth; ++k) {
            std::copy_n(b.data + k * b.rowStride, columns, panel + k * kTileColumns);
        }
        return;
    }
    if (b.rowStride == 1) {
        transpose(b.data, b.columnStride, columns, depth, panel, kTileColumns);
        return;
    }
    for (std::int64_t k = 0; k < depth; ++k) {
        for (std::int64_t j = 0; j < columns; ++j) {
            panel[k * kTileColumns + j] = b.data[k * b.rowStride + j * b.columnStride];
        }
    }
}

void multiply(const GemmSize& size, const MatrixView& a, const MatrixView& b, float* c,
              float* scratch, ThreadTeam& team) {
    const std::int64_t panels = (size.n + kTileColumns - 1) / kTileColumns;
    const std::int64_t rowBlocks = std::max<std::int64_t>(1, size.m / kTaskRows);
    const std::int64_t blockRows =
        ((size.m + rowBlocks - 1) / rowBlocks + kTileRows - 1) / kTileRows * kTileRows;
    const auto task = [&](std::int64_t index, int worker) {
        float* panel = scratch + worker * gemmScratchFloats();
        const std::int64_t column = index % panels * kTileColumns;
        const std::int64_t row = index / panels * blockRows;
        const std::int64_t rows = std::min(blockRows, size.m - row);
        const std::int64_t columns = std::min(kTileColumns, size.n - column);
        for (std::int64_t k = 0; k < size.k && rows > 0 && !team.stopped(); k += kDepth) {
            const std::int64_t depth = std::min(kDepth, size.k - k);
            packPanel(
                {b.data + k * b.rowStride + column * b.columnStride, b.rowStride, b.columnStride},
                depth, columns, panel);
            multiplyPanel(
                Tile<StridedElements, StridedRows>{
                    {a.data + row * a.rowStride + k * a.columnStride, a.rowStride, a.columnStride},
                    {panel, kTileColumns},
                    depth,
                    c + row * size.n + column,
                    size.n,
                    columns,
                    true},
                rows);
        }
    };
    team.run(panels * rowBlocks, task);
}

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mantissa::nn {

HWY_EXPORT(multiply);

std::int64_t gemmScratchFloats() {
    return std::int64_t{512} * 48;
}

void gemm(const GemmSize& size, const MatrixView& a, const MatrixView& b, float* c,
          std::span<float> scratch, ThreadTeam& team) {
    HWY_DYNAMIC_DISPATCH(multiply)(size, a, b, c, scratch.data(), team);
}

}  // namespace mantissa::nn
#endif
