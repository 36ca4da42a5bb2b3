// SPDX-License-Identifier: GPL-3.0-or-later
// The register tiles of bit-true products of 16-bit words: compiled once for each instruction set.
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <hwy/highway.h>

#include "core/nn/block_tile-inl.h"

#if defined(MANTISSA_NN_BLOCK_WORDS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MANTISSA_NN_BLOCK_WORDS_INL_H_
#undef MANTISSA_NN_BLOCK_WORDS_INL_H_
#else
#define MANTISSA_NN_BLOCK_WORDS_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

#if MANTISSA_VECTOR_FMA

/// Split words have two integer sums an output: fewer rows at once fit 32 registers.
template <BlockCodes Kind>
constexpr std::int64_t kWordRowsAtOnce = Kind == BlockCodes::SplitWords ? 2 : kBlockRowsAtOnce;

/// dot + the two products of each lane's signed words.
HWY_INLINE VInt addPairProducts(VInt dot, VInt columns, VInt rows) {
#if HWY_TARGET == HWY_AVX3_DL
    asm("vpdpwssd %2, %1, %0" : "+v"(dot.raw) : "v"(columns.raw), "v"(rows.raw));
    return dot;
#else
    const hn::Repartition<std::int16_t, IntTag> i16;
    // On x86 each lane gets its own pair's sum; the second sum stays as it is.
    auto none = hn::Zero(IntTag());
    return hn::ReorderWidenMulAccumulate(IntTag(), hn::BitCast(i16, columns),
                                         hn::BitCast(i16, rows), dot, none);
#endif
}

/// 256 * upper + lower, rounded once: the multiple of 2^24 and the rest are both numbers of
/// binary32, and a multiply-add joins them.
HWY_INLINE VFloat joinedSum(VInt upper, VInt lower) {
    const FloatTag d;
    const IntTag i32;
    const auto rest = hn::And(hn::Add(hn::ShiftLeft<8>(upper), lower), hn::Set(i32, (1 << 24) - 1));
    const auto high = hn::ShiftRight<16>(hn::Add(upper, hn::ShiftRight<8>(lower)));
    return hn::MulAdd(hn::ConvertTo(d, high), hn::Set(d, 0x1p24F), hn::ConvertTo(d, rest));
}

template <BlockCodes Kind, std::size_t Rows, std::size_t Vectors>
void multiplyWordTile(const BlockProduct& tile) {
    const FloatTag d;
    const IntTag i32;
    constexpr std::size_t kDigits = Kind == BlockCodes::SplitWords ? 2 : 1;
    std::int64_t places[Vectors];
    placeVectors(tile, places);
    VFloat sum[Rows][Vectors];
    loadSums(tile, sum);
    const std::int32_t* row = tile.rowQuads;
    for (std::int64_t s = 0; s < tile.segments; ++s) {
        const std::int32_t* column = tile.columnQuads + tile.quadPlaces[s];
        VInt dot[kDigits][Rows][Vectors];
        MANTISSA_UNROLL
        for (std::size_t i = 0; i < kDigits * Rows * Vectors; ++i) {
            dot[i / (Rows * Vectors)][i / Vectors % Rows][i % Vectors] = hn::Zero(i32);
        }
        for (std::int64_t q = 0; q < tile.quads; q += static_cast<std::int64_t>(kDigits)) {
            VInt words[Vectors];
            MANTISSA_UNROLL
            for (std::size_t v = 0; v < Vectors; ++v) {
                words[v] = hn::LoadU(i32, column + places[v]);
            }
            MANTISSA_UNROLL
            for (std::size_t digit = 0; digit < kDigits; ++digit) {
                MANTISSA_UNROLL
                for (std::size_t r = 0; r < Rows; ++r) {
                    const auto broadcast = hn::Set(i32, row[r]);
                    MANTISSA_UNROLL
                    for (std::size_t v = 0; v < Vectors; ++v) {
                        dot[digit][r][v] = addPairProducts(dot[digit][r][v], words[v], broadcast);
                    }
                }
                row += kBlockRows;
            }
            column += tile.quadStride;
        }
        const float* scales = tile.columnScales + tile.scalePlaces[s];
        MANTISSA_UNROLL
        for (std::size_t v = 0; v < Vectors; ++v) {
            const auto columnScale = hn::LoadU(d, scales + places[v]);
            MANTISSA_UNROLL
            for (std::size_t r = 0; r < Rows; ++r) {
                VFloat whole;
                if constexpr (Kind == BlockCodes::SplitWords) {
                    whole = joinedSum(dot[0][r][v], dot[kDigits - 1][r][v]);
                } else {
                    whole = hn::ConvertTo(d, dot[0][r][v]);
                }
                const auto rowScale =
                    hn::Set(d, tile.rowScales[s * kBlockRows + static_cast<int>(r)]);
                sum[r][v] = hn::MulAdd(hn::Mul(whole, columnScale), rowScale, sum[r][v]);
            }
        }
    }
    storeSums(sum, tile);
}

template <BlockCodes Kind, std::size_t... Index>
constexpr std::array<BlockTileFunction, sizeof...(Index)> wordTileTable(
    std::index_sequence<Index...>) {
    return {&multiplyWordTile<Kind, Index / kBlockVectors + 1, Index % kBlockVectors + 1>...};
}

template <BlockCodes Kind>
void multiplyWordPanel(const BlockProduct& product) {
    static constexpr auto kTable =
        wordTileTable<Kind>(std::make_index_sequence<kWordRowsAtOnce<Kind> * kBlockVectors>());
    multiplyTiles(product, kTable.data(), kWordRowsAtOnce<Kind>);
}

void multiplyBlockPanel(const BlockProduct& product) {
    switch (product.codes) {
        case BlockCodes::Bytes:
            multiplyBytePanel(product);
            return;
        case BlockCodes::Words:
            multiplyWordPanel<BlockCodes::Words>(product);
            return;
        case BlockCodes::SplitWords:
            multiplyWordPanel<BlockCodes::SplitWords>(product);
            return;
    }
}

#endif  // MANTISSA_VECTOR_FMA

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // MANTISSA_NN_BLOCK_WORDS_INL_H_
