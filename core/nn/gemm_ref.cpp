// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include "core/nn/gemm.h"

namespace mantissa::nn {

void gemmRef(const GemmSize& size, const MatrixView& a, const MatrixView& b, float* c) {
    for (std::int64_t i = 0; i < size.m; ++i) {
        for (std::int64_t j = 0; j < size.n; ++j) {
            float sum = c[i * size.n + j];
            for (std::int64_t k = 0; k < size.k; ++k) {
                sum = std::fma(a.data[i * a.rowStride + k * a.columnStride],
                               b.data[k * b.rowStride + j * b.columnStride], sum);
            }
            c[i * size.n + j] = sum;
        }
    }
}

}  // namespace mantissa::nn
