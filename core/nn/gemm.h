// SPDX-License-Identifier: GPL-3.0-or-later
// Single-precision matrix products whose every output is one chain of fused multiply-adds in the
// order of k, so that all instruction sets and team sizes give the same bytes.
#pragma once

#include <cstdint>
#include <span>

#include "core/thread_team.h"

namespace mantissa::nn {

/// A matrix in memory: element (row, column) stands at data[row * rowStride + column *
/// columnStride]; one of the strides is 1.
struct MatrixView {
    const float* data = nullptr;
    std::int64_t rowStride = 0;
    std::int64_t columnStride = 1;

    MatrixView transposed() const { return {data, columnStride, rowStride}; }
};
inline MatrixView rowMajor(const float* data, std::int64_t columns) {
    return {data, columns, 1};
}

struct GemmSize {
    std::int64_t m = 0, n = 0, k = 0;
};

/// Scratch memory that gemm() needs for each worker of the team, in floats.
std::int64_t gemmScratchFloats();

/// C += A B with A of m x k, B of k x n and C row-major with `n` columns. `scratch` holds
/// gemmScratchFloats() for each worker. A team that is stopped ends it between tiles. Allocates
/// nothing.
void gemm(const GemmSize& size, const MatrixView& a, const MatrixView& b, float* c,
          std::span<float> scratch, ThreadTeam& team);

/// The norm of gemm(): three loops and std::fma.
void gemmRef(const GemmSize& size, const MatrixView& a, const MatrixView& b, float* c);

}  // namespace mantissa::nn
