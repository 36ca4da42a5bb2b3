// SPDX-License-Identifier: GPL-3.0-or-later
// Bit-true products of matrices in block floating point: inside a block significands are
// multiplied and summed as integers, as hardware does; between blocks the sums are FP32.
#pragma once

#include <cstdint>
#include <span>

#include "core/nn/block_kernels.h"
#include "core/nn/gemm.h"

namespace mantissa::nn {

/// Floats of memory that blockGemm() needs for each worker, and those that the team shares.
std::int64_t blockGemmScratchFloats();
std::int64_t blockGemmPackedFloats(const GemmSize& size, const BlockSegment& segment);

/// A factor. Where `rounding` is not null its numbers are still to be rounded to that format, whose
/// blocks are the segments; that happens while it is packed, and gives the same bytes.
struct BlockMatrix {
    MatrixView view;
    const numerics::KernelFormat* rounding = nullptr;

    // Not explicit: most factors are of their format already.
    BlockMatrix(const MatrixView& matrix, const numerics::KernelFormat* format = nullptr)
        : view(matrix), rounding(format) {}
};

/// C += A B like gemm(), or C = A B where not `accumulate`. The reduction is cut into segments, the
/// last perhaps shorter. In each, every row of A and every column of B consists of integers of up
/// to magnitudeBitsOf(segment.codes) bits and a sign times a power of two of its own: that is what
/// formats with no more magnitude bits and a block size that is a multiple of the segment's length
/// leave. Every output is one chain over the segments in order,
///     sum = fma(float(integer sum) * scale of B, scale of A, sum),
/// so all instruction sets and team sizes give the same bytes. A segment with an Inf or a NaN
/// makes NaN. `scratch` and `packed` as the functions above say. A stopped team ends it between
/// tiles. Allocates nothing.
void blockGemm(const GemmSize& size, const BlockMatrix& a, const BlockMatrix& b,
               const BlockSegment& segment, float* c, std::span<float> scratch,
               std::span<float> packed, ThreadTeam& team, bool accumulate = true);

/// The norm of blockGemm(): plain loops over integers.
void blockGemmRef(const GemmSize& size, const MatrixView& a, const MatrixView& b,
                  const BlockSegment& segment, float* c);

}  // namespace mantissa::nn
