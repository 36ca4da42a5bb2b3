// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/nn/block_codes.h"
#include "core/nn/block_gemm.h"

namespace mantissa::nn {

void blockGemmRef(const GemmSize& size, const MatrixView& a, const MatrixView& b,
                  const BlockSegment& segment, float* c) {
    for (std::int64_t i = 0; i < size.m; ++i) {
        for (std::int64_t j = 0; j < size.n; ++j) {
            for (std::int64_t k = 0; k < size.k; k += segment.length) {
                float& sum = c[i * size.n + j];
                sum = addSegmentProduct(
                    sum, a.data + i * a.rowStride + k * a.columnStride, a.columnStride,
                    b.data + k * b.rowStride + j * b.columnStride, b.rowStride,
                    {std::min(segment.length, size.k - k), segment.codes, segment.between});
            }
        }
    }
}

}  // namespace mantissa::nn
