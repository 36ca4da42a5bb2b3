// SPDX-License-Identifier: GPL-3.0-or-later
// The register tile of every matrix product here: compiled once for each instruction set.
//
// A tile of `Rows` x `Vectors` sums stays in registers while k runs; each step loads a row of B
// once, broadcasts one element of A for each row, and issues Rows * Vectors fused multiply-adds.
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <hwy/highway.h>

// Sums live in registers only where the loops over them are unrolled, at any optimisation level.
#ifndef MANTISSA_UNROLL
#if defined(__clang__)
#define MANTISSA_UNROLL _Pragma("clang loop unroll(full)")
#else
#define MANTISSA_UNROLL _Pragma("GCC unroll 16")
#endif
#endif

#if defined(MANTISSA_NN_TILE_KERNEL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MANTISSA_NN_TILE_KERNEL_INL_H_
#undef MANTISSA_NN_TILE_KERNEL_INL_H_
#else
#define MANTISSA_NN_TILE_KERNEL_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using FloatTag = hn::CappedTag<float, 16>;

// Without fused multiply-add in hardware the tile falls back on std::fma, for the same bytes.
#define MANTISSA_VECTOR_FMA (HWY_NATIVE_FMA && HWY_TARGET <= HWY_AVX2)

// 32 registers hold 24 sums, 16 hold 12.
constexpr std::int64_t kTileRows = HWY_TARGET <= HWY_AVX3 ? 8 : 4;
constexpr std::int64_t kTileVectors = 3;
constexpr std::int64_t kLanes = static_cast<std::int64_t>(hn::MaxLanes(FloatTag()));
constexpr std::int64_t kTileColumns = kTileVectors * kLanes;

/// Where row k of B starts: a fixed distance apart, or as a table says.
struct StridedRows {
    const float* data;
    std::int64_t stride;
    const float* row(std::int64_t k) const { return data + k * stride; }
};
struct TabledRows {
    const float* data;
    const std::int64_t* offsets;
    const float* row(std::int64_t k) const { return data + offsets[k]; }
};

/// One tile's operands. A's element (row, k) stands at a[row * aRow + k * aStep].
template <typename RowsOfB>
struct Tile {
    const float* a;
    std::int64_t aRow, aStep;
    RowsOfB b;
    std::int64_t k;
    float* c;
    std::int64_t cRow;
    std::int64_t columns;  ///< written of the last vector's; the others are whole
    bool accumulate;       ///< start from C instead of zero
};

#if MANTISSA_VECTOR_FMA

template <int Rows, int Vectors, typename RowsOfB>
void multiplyTile(const Tile<RowsOfB>& tile) {
    const FloatTag d;
    using V = hn::Vec<FloatTag>;
    constexpr std::size_t kRows = Rows;
    constexpr std::size_t kVectors = Vectors;
    constexpr std::size_t kStep = hn::MaxLanes(FloatTag());
    const auto last =
        hn::FirstN(d, static_cast<std::size_t>(tile.columns) - (kVectors - 1) * kStep);
    V sum[kRows][kVectors];
    MANTISSA_UNROLL
    for (std::size_t r = 0; r < kRows; ++r) {
        const float* c = tile.c + static_cast<std::int64_t>(r) * tile.cRow;
        MANTISSA_UNROLL
        for (std::size_t v = 0; v < kVectors; ++v) {
            sum[r][v] = !tile.accumulate   ? hn::Zero(d)
                        : v + 1 < kVectors ? hn::LoadU(d, c + v * kStep)
                                           : hn::MaskedLoad(last, d, c + v * kStep);
        }
    }
    const float* a = tile.a;
    for (std::int64_t k = 0; k < tile.k; ++k, a += tile.aStep) {
        const float* row = tile.b.row(k);
        V b[kVectors];
        MANTISSA_UNROLL
        for (std::size_t v = 0; v < kVectors; ++v) {
            b[v] = hn::LoadU(d, row + v * kStep);
        }
        MANTISSA_UNROLL
        for (std::size_t r = 0; r < kRows; ++r) {
            const V broadcast = hn::Set(d, a[static_cast<std::int64_t>(r) * tile.aRow]);
            MANTISSA_UNROLL
            for (std::size_t v = 0; v < kVectors; ++v) {
                sum[r][v] = hn::MulAdd(broadcast, b[v], sum[r][v]);
            }
        }
    }
    MANTISSA_UNROLL
    for (std::size_t r = 0; r < kRows; ++r) {
        float* c = tile.c + static_cast<std::int64_t>(r) * tile.cRow;
        MANTISSA_UNROLL
        for (std::size_t v = 0; v + 1 < kVectors; ++v) {
            hn::StoreU(sum[r][v], d, c + v * kStep);
        }
        hn::BlendedStore(sum[r][kVectors - 1], last, d, c + (kVectors - 1) * kStep);
    }
}

template <typename RowsOfB>
using TileFunction = void (*)(const Tile<RowsOfB>&);

template <typename RowsOfB, std::size_t... Index>
constexpr std::array<TileFunction<RowsOfB>, sizeof...(Index)> tileTable(
    std::index_sequence<Index...>) {
    return {&multiplyTile<static_cast<int>(Index) / kTileVectors + 1,
                          static_cast<int>(Index) % kTileVectors + 1, RowsOfB>...};
}

/// C (rows x columns) = or += A B for any number of rows and at most kTileColumns columns. Rows of
/// B must be readable to a whole number of vectors.
template <typename RowsOfB>
void multiplyPanel(Tile<RowsOfB> tile, std::int64_t rows) {
    static constexpr auto kTable =
        tileTable<RowsOfB>(std::make_index_sequence<kTileRows * kTileVectors>());
    const std::int64_t vectors = (tile.columns + kLanes - 1) / kLanes;
    for (std::int64_t row = 0; row < rows; row += kTileRows) {
        const std::int64_t count = rows - row < kTileRows ? rows - row : kTileRows;
        kTable[static_cast<std::size_t>((count - 1) * kTileVectors + vectors - 1)](tile);
        tile.a += kTileRows * tile.aRow;
        tile.c += kTileRows * tile.cRow;
    }
}

#else

template <typename RowsOfB>
void multiplyPanel(const Tile<RowsOfB>& tile, std::int64_t rows) {
    for (std::int64_t r = 0; r < rows; ++r) {
        for (std::int64_t j = 0; j < tile.columns; ++j) {
            float& c = tile.c[r * tile.cRow + j];
            float sum = tile.accumulate ? c : 0.0F;
            for (std::int64_t k = 0; k < tile.k; ++k) {
                sum = std::fma(tile.a[r * tile.aRow + k * tile.aStep], tile.b.row(k)[j], sum);
            }
            c = sum;
        }
    }
}

#endif  // MANTISSA_VECTOR_FMA

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // MANTISSA_NN_TILE_KERNEL_INL_H_
