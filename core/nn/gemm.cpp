// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/gemm.h"

#include <algorithm>

// Highway re-includes this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/nn/gemm.cpp"
#include <hwy/foreach_target.h>
// tile_kernel-inl.h needs the target that foreach_target.h has set.
#include "core/nn/tile_kernel-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

/// Rows of k packed at a time: 512 x 48 floats stay in the L2 cache.
constexpr std::int64_t kDepth = 512;
/// Rows of C a task computes with one packed panel, at least.
constexpr std::int64_t kTaskRows = 64;

/// Copies a 4 x 4 block with rows and columns exchanged.
inline void transposeBlock(const float* from, std::int64_t fromRow, float* to, std::int64_t toRow) {
#if HWY_TARGET == HWY_SCALAR
    for (std::int64_t i = 0; i < 4; ++i) {
        for (std::int64_t j = 0; j < 4; ++j) {
            to[i * toRow + j] = from[j * fromRow + i];
        }
    }
#else
    const hn::FixedTag<float, 4> d;
    const auto r0 = hn::LoadU(d, from);
    const auto r1 = hn::LoadU(d, from + fromRow);
    const auto r2 = hn::LoadU(d, from + 2 * fromRow);
    const auto r3 = hn::LoadU(d, from + 3 * fromRow);
    const auto even = hn::InterleaveLower(d, r0, r2);
    const auto odd = hn::InterleaveLower(d, r1, r3);
    const auto evenUpper = hn::InterleaveUpper(d, r0, r2);
    const auto oddUpper = hn::InterleaveUpper(d, r1, r3);
    hn::StoreU(hn::InterleaveLower(d, even, odd), d, to);
    hn::StoreU(hn::InterleaveUpper(d, even, odd), d, to + toRow);
    hn::StoreU(hn::InterleaveLower(d, evenUpper, oddUpper), d, to + 2 * toRow);
    hn::StoreU(hn::InterleaveUpper(d, evenUpper, oddUpper), d, to + 3 * toRow);
#endif
}

/// Copies depth x columns of B to `panel`, kTileColumns apart, zeros after the columns.
void packPanel(const MatrixView& b, std::int64_t depth, std::int64_t columns, float* panel) {
    const auto copyElements = [&](std::int64_t k0, std::int64_t k1, std::int64_t j0,
                                  std::int64_t j1) {
        for (std::int64_t k = k0; k < k1; ++k) {
            for (std::int64_t j = j0; j < j1; ++j) {
                panel[k * kTileColumns + j] = b.data[k * b.rowStride + j * b.columnStride];
            }
        }
    };
    if (columns < kTileColumns) {
        std::fill_n(panel, depth * kTileColumns, 0.0F);
    }
    if (b.columnStride == 1) {
        for (std::int64_t k = 0; k < depth; ++k) {
            std::copy_n(b.data + k * b.rowStride, columns, panel + k * kTileColumns);
        }
        return;
    }
    if (b.rowStride != 1) {
        copyElements(0, depth, 0, columns);
        return;
    }
    const std::int64_t wholeDepth = depth / 4 * 4;
    const std::int64_t wholeColumns = columns / 4 * 4;
    for (std::int64_t j = 0; j < wholeColumns; j += 4) {
        for (std::int64_t k = 0; k < wholeDepth; k += 4) {
            transposeBlock(b.data + k + j * b.columnStride, b.columnStride,
                           panel + k * kTileColumns + j, kTileColumns);
        }
    }
    copyElements(0, wholeDepth, wholeColumns, columns);
    copyElements(wholeDepth, depth, 0, columns);
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
                Tile<StridedRows>{a.data + row * a.rowStride + k * a.columnStride, a.rowStride,
                                  a.columnStride, StridedRows{panel, kTileColumns}, depth,
                                  c + row * size.n + column, size.n, columns, true},
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
