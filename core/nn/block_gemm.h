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
std::int64_t blockGemmPackedFloats(const GemmSize& size, std::int64_t segment);

/// C += A B like gemm(). The reduction is cut into segments of `segment` (1..kMaxSegment) elements,
/// the last perhaps shorter. In each, every row of A and every column of B consists of integers
/// below 128 in magnitude times a power of two of its own: that is what formats with up to seven
/// magnitude bits and a block size that is a multiple of `segment` leave. Every output is one chain
/// over the segments in order,
///     sum = fma(float(integer sum) * scale of B, scale of A, sum),
/// so all instruction sets and team sizes give the same bytes. A segment with an Inf or a NaN
/// makes NaN. `scratch` and `packed` as the functions above say. A stopped team ends it between
/// tiles. Allocates nothing.
void blockGemm(const GemmSize& size, const MatrixView& a, const MatrixView& b, std::int64_t segment,
               float* c, std::span<float> scratch, std::span<float> packed, ThreadTeam& team);

/// The norm of blockGemm(): plain loops over integers.
void blockGemmRef(const GemmSize& size, const MatrixView& a, const MatrixView& b,
                  std::int64_t segment, float* c);

}  // namespace mantissa::nn
