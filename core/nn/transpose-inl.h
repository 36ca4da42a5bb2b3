// SPDX-License-Identifier: GPL-3.0-or-later
// Matrices of 32-bit numbers with rows and columns exchanged: compiled once for each instruction
// set.
#include <cstdint>

#include <hwy/highway.h>

#if defined(MANTISSA_NN_TRANSPOSE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MANTISSA_NN_TRANSPOSE_INL_H_
#undef MANTISSA_NN_TRANSPOSE_INL_H_
#else
#define MANTISSA_NN_TRANSPOSE_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

/// Copies a 4 x 4 block of 32-bit numbers with rows and columns exchanged.
template <typename T>
HWY_INLINE void transposeFour(const T* from, std::int64_t fromRow, T* to, std::int64_t toRow) {
#if HWY_TARGET == HWY_SCALAR
    for (std::int64_t i = 0; i < 4; ++i) {
        for (std::int64_t j = 0; j < 4; ++j) {
            to[i * toRow + j] = from[j * fromRow + i];
        }
    }
#else
    namespace hn = hwy::HWY_NAMESPACE;
    const hn::FixedTag<T, 4> d;
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

/// to[column * toRow + row] = from[row * fromRow + column].
template <typename T>
HWY_INLINE void transpose(const T* from, std::int64_t fromRow, std::int64_t rows,
                          std::int64_t columns, T* to, std::int64_t toRow) {
    const std::int64_t wholeRows = rows / 4 * 4;
    const std::int64_t wholeColumns = columns / 4 * 4;
    for (std::int64_t row = 0; row < wholeRows; row += 4) {
        for (std::int64_t column = 0; column < wholeColumns; column += 4) {
            transposeFour(from + row * fromRow + column, fromRow, to + column * toRow + row, toRow);
        }
    }
    for (std::int64_t row = 0; row < rows; ++row) {
        for (std::int64_t column = row < wholeRows ? wholeColumns : 0; column < columns; ++column) {
            to[column * toRow + row] = from[row * fromRow + column];
        }
    }
}

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // MANTISSA_NN_TRANSPOSE_INL_H_
