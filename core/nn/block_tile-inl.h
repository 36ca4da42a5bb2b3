// SPDX-License-Identifier: GPL-3.0-or-later
// The register tiles of bit-true products of bytes: compiled once for each instruction set.
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <hwy/highway.h>

#include "core/nn/block_kernels.h"
#include "core/nn/tile_kernel-inl.h"

#if defined(MANTISSA_NN_BLOCK_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MANTISSA_NN_BLOCK_TILE_INL_H_
#undef MANTISSA_NN_BLOCK_TILE_INL_H_
#else
#define MANTISSA_NN_BLOCK_TILE_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

/// 32 registers hold 12 integer and 12 FP32 sums, 16 hold 4 and 4.
constexpr std::int64_t kBlockRowsAtOnce = HWY_TARGET <= HWY_AVX3 ? 4 : 2;
constexpr std::int64_t kBlockVectors = HWY_TARGET <= HWY_AVX3 ? 3 : 2;
constexpr std::int64_t kBlockColumns = kBlockVectors * kLanes;

#if MANTISSA_VECTOR_FMA

using IntTag = hn::RebindToSigned<FloatTag>;
using VInt = hn::Vec<IntTag>;
using VFloat = hn::Vec<FloatTag>;

/// dot + the four products of each lane's bytes, unsigned times signed.
HWY_INLINE VInt addQuadProducts(VInt dot, VInt unsignedBytes, VInt signedBytes) {
#if HWY_TARGET == HWY_AVX3_DL
    // An intrinsic would need what Highway does not tell the compiler: that this target has VNNI.
    asm("vpdpbusd %2, %1, %0" : "+v"(dot.raw) : "v"(unsignedBytes.raw), "v"(signedBytes.raw));
    return dot;
#else
    const hn::Repartition<std::int16_t, IntTag> d16;
    const hn::RebindToUnsigned<decltype(d16)> u16;
    const auto columns = hn::BitCast(u16, unsignedBytes);
    const auto rows = hn::BitCast(d16, signedBytes);
    const auto evenColumns = hn::BitCast(d16, hn::And(columns, hn::Set(u16, 0x00FF)));
    const auto oddColumns = hn::BitCast(d16, hn::ShiftRight<8>(columns));
    const auto evenRows = hn::ShiftRight<8>(hn::ShiftLeft<8>(rows));
    const auto oddRows = hn::ShiftRight<8>(rows);
    // On x86 each lane gets its own pair's sum; the second sum stays as it is.
    auto none = hn::Zero(IntTag());
    dot = hn::ReorderWidenMulAccumulate(IntTag(), evenColumns, evenRows, dot, none);
    return hn::ReorderWidenMulAccumulate(IntTag(), oddColumns, oddRows, dot, none);
#endif
}

/// Where the vectors of a tile's columns begin.
template <std::size_t Vectors>
HWY_INLINE void placeVectors(const BlockProduct& tile, std::int64_t (&places)[Vectors]) {
    constexpr auto kStep = static_cast<std::int64_t>(hn::MaxLanes(FloatTag()));
    MANTISSA_UNROLL
    for (std::size_t v = 0; v < Vectors; ++v) {
        places[v] = tile.place(static_cast<std::int64_t>(v) * kStep);
    }
}

/// The outputs of a tile: what they hold where products are to be added, else zeros.
template <std::size_t Rows, std::size_t Vectors>
HWY_INLINE void loadSums(const BlockProduct& tile, VFloat (&sum)[Rows][Vectors]) {
    const FloatTag d;
    constexpr std::size_t kStep = hn::MaxLanes(FloatTag());
    const auto last = hn::FirstN(d, static_cast<std::size_t>(tile.columns) - (Vectors - 1) * kStep);
    MANTISSA_UNROLL
    for (std::size_t r = 0; r < Rows; ++r) {
        const float* c = tile.c + static_cast<std::int64_t>(r) * tile.cRow;
        MANTISSA_UNROLL
        for (std::size_t v = 0; v < Vectors; ++v) {
            sum[r][v] = !tile.accumulate  ? hn::Zero(d)
                        : v + 1 < Vectors ? hn::LoadU(d, c + v * kStep)
                                          : hn::MaskedLoad(last, d, c + v * kStep);
        }
    }
}

template <std::size_t Rows, std::size_t Vectors>
HWY_INLINE void storeSums(const VFloat (&sum)[Rows][Vectors], const BlockProduct& tile) {
    const FloatTag d;
    constexpr std::size_t kStep = hn::MaxLanes(FloatTag());
    const auto last = hn::FirstN(d, static_cast<std::size_t>(tile.columns) - (Vectors - 1) * kStep);
    MANTISSA_UNROLL
    for (std::size_t r = 0; r < Rows; ++r) {
        float* c = tile.c + static_cast<std::int64_t>(r) * tile.cRow;
        MANTISSA_UNROLL
        for (std::size_t v = 0; v + 1 < Vectors; ++v) {
            hn::StoreU(sum[r][v], d, c + v * kStep);
        }
        hn::BlendedStore(sum[r][Vectors - 1], last, d, c + (Vectors - 1) * kStep);
    }
}

/// How a segment's integer sum becomes binary32.
enum class SumBits {
    Convert,
    /// It is below 2^22 in magnitude, and the columns' scales are small: its bits are
    /// those of the sum with kSumStart's number added (see there). Taking away that number times
    /// the scale within the multiply-add leaves the same product as a conversion, one instruction
    /// earlier.
    AsTheyAre
};

/// `Quads` of a segment where they are a constant, else 0.
template <int Rows, int Vectors, int Quads, SumBits Bits>
void multiplyBlockTile(const BlockProduct& tile) {
    const FloatTag d;
    const IntTag i32;
    constexpr std::size_t kRows = Rows;
    constexpr std::size_t kVectors = Vectors;
    std::int64_t places[kVectors];
    placeVectors(tile, places);
    VFloat sum[kRows][kVectors];
    loadSums(tile, sum);
    const std::int64_t quads = Quads > 0 ? Quads : tile.quads;
    const std::int32_t* row = tile.rowQuads;
    for (std::int64_t s = 0; s < tile.segments; ++s) {
        const std::int32_t* column = tile.columnQuads + tile.quadPlaces[s];
        VInt dot[kRows][kVectors];
        MANTISSA_UNROLL
        for (std::size_t r = 0; r < kRows; ++r) {
            const auto start = hn::Set(i32, tile.rowStarts[s * kBlockRows + static_cast<int>(r)]);
            MANTISSA_UNROLL
            for (std::size_t v = 0; v < kVectors; ++v) {
                dot[r][v] = start;
            }
        }
        for (std::int64_t q = 0; q < quads; ++q) {
            VInt bytes[kVectors];
            MANTISSA_UNROLL
            for (std::size_t v = 0; v < kVectors; ++v) {
                bytes[v] = hn::LoadU(i32, column + places[v]);
            }
            MANTISSA_UNROLL
            for (std::size_t r = 0; r < kRows; ++r) {
                const auto broadcast = hn::Set(i32, row[r]);
                MANTISSA_UNROLL
                for (std::size_t v = 0; v < kVectors; ++v) {
                    dot[r][v] = addQuadProducts(dot[r][v], bytes[v], broadcast);
                }
            }
            column += tile.quadStride;
            row += kBlockRows;
        }
        const float* scales = tile.columnScales + tile.scalePlaces[s];
        VFloat columnScale[kVectors];
        VFloat excess[kVectors];
        MANTISSA_UNROLL
        for (std::size_t v = 0; v < kVectors; ++v) {
            columnScale[v] = hn::LoadU(d, scales + places[v]);
            excess[v] = hn::Mul(columnScale[v], hn::Set(d, 0x1.8p23F));
        }
        MANTISSA_UNROLL
        for (std::size_t r = 0; r < kRows; ++r) {
            const auto rowScale = hn::Set(d, tile.rowScales[s * kBlockRows + static_cast<int>(r)]);
            MANTISSA_UNROLL
            for (std::size_t v = 0; v < kVectors; ++v) {
                VFloat product;
                if constexpr (Bits == SumBits::AsTheyAre) {
                    product = hn::MulSub(hn::BitCast(d, dot[r][v]), columnScale[v], excess[v]);
                } else {
                    const auto whole = hn::Sub(dot[r][v], hn::Set(i32, kSumStart));
                    product = hn::Mul(hn::ConvertTo(d, whole), columnScale[v]);
                }
                sum[r][v] = hn::MulAdd(product, rowScale, sum[r][v]);
            }
        }
    }
    storeSums(sum, tile);
}

using BlockTileFunction = void (*)(const BlockProduct&);

template <int Quads, SumBits Bits, std::size_t... Index>
constexpr std::array<BlockTileFunction, sizeof...(Index)> blockTileTable(
    std::index_sequence<Index...>) {
    return {&multiplyBlockTile<static_cast<int>(Index) / kBlockVectors + 1,
                               static_cast<int>(Index) % kBlockVectors + 1, Quads, Bits>...};
}

bool allScalesSmall(const float* scales, std::int64_t count) {
    const IntTag i32;
    auto largest = hn::Zero(i32);
    std::int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
        // Powers of two, zeros and NaN: all without a sign.
        largest = hn::Max(largest, hn::BitCast(i32, hn::LoadU(FloatTag(), scales + i)));
    }
    if (i < count) {
        const auto part = hn::FirstN(FloatTag(), static_cast<std::size_t>(count - i));
        largest = hn::Max(largest, hn::BitCast(i32, hn::MaskedLoad(part, FloatTag(), scales + i)));
    }
    const auto most = hn::BitCast(i32, hn::Set(FloatTag(), kSmallScale));
    return hn::AllFalse(i32, hn::Gt(largest, most));
}

/// Cuts a panel into tiles; `table` has those of 1 to `rowsAtOnce` rows and 1 to kBlockVectors
/// vectors.
HWY_INLINE void multiplyTiles(const BlockProduct& product, const BlockTileFunction* table,
                              std::int64_t rowsAtOnce) {
    for (std::int64_t column = 0; column < product.columns; column += kBlockColumns) {
        BlockProduct tile = product;
        tile.columns = HWY_MIN(kBlockColumns, product.columns - column);
        tile.firstColumn += column;
        const std::int64_t vectors = (tile.columns + kLanes - 1) / kLanes;
        for (std::int64_t row = 0; row < product.rows; row += rowsAtOnce) {
            const std::int64_t count = HWY_MIN(rowsAtOnce, product.rows - row);
            tile.c = product.c + row * product.cRow + column;
            table[(count - 1) * kBlockVectors + vectors - 1](tile);
            tile.rowQuads += rowsAtOnce;
            tile.rowScales += rowsAtOnce;
            tile.rowStarts += rowsAtOnce;
        }
    }
}

void multiplyBytePanel(const BlockProduct& product) {
    constexpr auto kIndices = std::make_index_sequence<kBlockRowsAtOnce * kBlockVectors>();
    static constexpr std::array kTables{blockTileTable<0, SumBits::AsTheyAre>(kIndices),
                                        blockTileTable<4, SumBits::AsTheyAre>(kIndices),
                                        blockTileTable<8, SumBits::AsTheyAre>(kIndices),
                                        blockTileTable<0, SumBits::Convert>(kIndices)};
    constexpr std::int64_t kMostQuads = 64;  // 256 products of 128 and 127 are below 2^22
    const std::size_t unrolled = product.quads == 4 ? 1 : (product.quads == 8 ? 2 : 0);
    const auto& table = kTables[product.smallScales && product.quads <= kMostQuads ? unrolled : 3];
    multiplyTiles(product, table.data(), kBlockRowsAtOnce);
}

#endif  // MANTISSA_VECTOR_FMA

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // MANTISSA_NN_BLOCK_TILE_INL_H_
