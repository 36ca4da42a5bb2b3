// SPDX-License-Identifier: GPL-3.0-or-later
// The register tile of every matrix product here: compiled once for each instruction set.
//
// A tile of `Rows` x `Vectors` sums stays in registers while k runs; each step loads a row of B
// once, broadcasts one element of A for each row, and issues Rows * Vectors fused multiply-adds.
#include <algorithm>
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

/// Where element (row, k) of A stands: data[row * row() + k * step()]. Packed, eight rows stand
/// side by side: a processor has too few registers for the distances of eight.
constexpr std::int64_t kPackedRows = 8;
struct StridedElements {
    const float* data;
    std::int64_t rowStride, kStride;
    std::int64_t row() const { return rowStride; }
    std::int64_t step() const { return kStride; }
};
struct PackedElements {
    const float* data;
    static constexpr std::int64_t row() { return 1; }
    static constexpr std::int64_t step() { return kPackedRows; }
};

/// Where element (k, j) of B stands: at(j)[offset(k)]. Rows are a fixed distance apart, or rows and
/// every 16 of their elements begin as tables say.
struct StridedRows {
    const float* data;
    std::int64_t stride;
    const float* at(std::int64_t j) const { return data + j; }
    std::int64_t offset(std::int64_t k) const { return k * stride; }
};
struct TabledRows {
    const float* data;
    const std::int64_t* rows;
    const std::int64_t* pieces;  ///< of the whole of B
    std::int64_t first;          ///< the tile's first column in B
    const float* at(std::int64_t j) const {
        return data + pieces[(first + j) / 16] + (first + j) % 16;
    }
    std::int64_t offset(std::int64_t k) const { return rows[k]; }
};

/// One tile's operands.
template <typename ElementsOfA, typename RowsOfB>
struct Tile {
    ElementsOfA a;
    RowsOfB b;
    std::int64_t k;
    float* c;
    std::int64_t cRow;
    std::int64_t columns;           ///< written of the last vector's; the others are whole
    bool accumulate;                ///< start from C instead of zero
    const float* shifts = nullptr;  ///< one a row, added in the end; may be null
};

#if MANTISSA_VECTOR_FMA

template <int Rows, int Vectors, typename A, typename B>
void multiplyTile(const Tile<A, B>& tile) {
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
    const float* columns[kVectors];
    MANTISSA_UNROLL
    for (std::size_t v = 0; v < kVectors; ++v) {
        columns[v] = tile.b.at(static_cast<std::int64_t>(v * kStep));
    }
    const float* a = tile.a.data;
    for (std::int64_t k = 0; k < tile.k; ++k, a += tile.a.step()) {
        const std::int64_t row = tile.b.offset(k);
        V b[kVectors];
        MANTISSA_UNROLL
        for (std::size_t v = 0; v < kVectors; ++v) {
            b[v] = hn::LoadU(d, columns[v] + row);
        }
        MANTISSA_UNROLL
        for (std::size_t r = 0; r < kRows; ++r) {
            const V broadcast = hn::Set(d, a[static_cast<std::int64_t>(r) * tile.a.row()]);
            MANTISSA_UNROLL
            for (std::size_t v = 0; v < kVectors; ++v) {
                sum[r][v] = hn::MulAdd(broadcast, b[v], sum[r][v]);
            }
        }
    }
    if (tile.shifts != nullptr) {
        MANTISSA_UNROLL
        for (std::size_t r = 0; r < kRows; ++r) {
            const V shift = hn::Set(d, tile.shifts[r]);
            MANTISSA_UNROLL
            for (std::size_t v = 0; v < kVectors; ++v) {
                sum[r][v] = hn::Add(sum[r][v], shift);
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

template <typename A, typename B>
using TileFunction = void (*)(const Tile<A, B>&);

template <typename A, typename B, std::size_t... Index>
constexpr std::array<TileFunction<A, B>, sizeof...(Index)> tileTable(
    std::index_sequence<Index...>) {
    return {&multiplyTile<static_cast<int>(Index) / kTileVectors + 1,
                          static_cast<int>(Index) % kTileVectors + 1, A, B>...};
}

/// C (rows x columns) = or += A B for any number of rows and at most kTileColumns columns. Rows of
/// B must be readable to a whole number of vectors.
template <typename A, typename B>
void multiplyPanel(Tile<A, B> tile, std::int64_t rows) {
    static constexpr auto kTable =
        tileTable<A, B>(std::make_index_sequence<kTileRows * kTileVectors>());
    const std::int64_t vectors = (tile.columns + kLanes - 1) / kLanes;
    for (std::int64_t row = 0; row < rows; row += kTileRows) {
        const std::int64_t count = rows - row < kTileRows ? rows - row : kTileRows;
        kTable[static_cast<std::size_t>((count - 1) * kTileVectors + vectors - 1)](tile);
        tile.a.data += kTileRows * tile.a.row();
        tile.c += kTileRows * tile.cRow;
        tile.shifts += tile.shifts != nullptr ? kTileRows : 0;
    }
}

#else

template <typename A, typename B>
void multiplyPanel(const Tile<A, B>& tile, std::int64_t rows) {
    for (std::int64_t r = 0; r < rows; ++r) {
        for (std::int64_t j = 0; j < tile.columns; ++j) {
            float& c = tile.c[r * tile.cRow + j];
            float sum = tile.accumulate ? c : 0.0F;
            for (std::int64_t k = 0; k < tile.k; ++k) {
                sum = std::fma(tile.a.data[r * tile.a.row() + k * tile.a.step()],
                               tile.b.at(j)[tile.b.offset(k)], sum);
            }
            c = tile.shifts != nullptr ? sum + tile.shifts[r] : sum;
        }
    }
}

#endif  // MANTISSA_VECTOR_FMA

/// Columns of the next panel of so many that are left: two and two vectors are faster than three
/// and one.
inline std::int64_t panelColumns(std::int64_t left) {
    const bool inHalves = left > kTileColumns && left <= kTileColumns + kLanes;
    return inHalves ? 2 * kLanes : std::min(left, kTileColumns);
}

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // MANTISSA_NN_TILE_KERNEL_INL_H_
