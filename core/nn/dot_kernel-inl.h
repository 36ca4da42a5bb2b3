// SPDX-License-Identifier: GPL-3.0-or-later
// Products along the pixels, for weight gradients: many dot products of long rows.
//
// Every sum is 16 chains of fused multiply-adds, chain l over the pixels that leave remainder l,
// added as (l, l + 8), (l, l + 4), (l, l + 2), (0, 1): the same bytes whatever a register holds.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <hwy/highway.h>

#include "core/nn/tile_kernel-inl.h"
#include "core/thread_team.h"

#if defined(MANTISSA_NN_DOT_KERNEL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MANTISSA_NN_DOT_KERNEL_INL_H_
#undef MANTISSA_NN_DOT_KERNEL_INL_H_
#else
#define MANTISSA_NN_DOT_KERNEL_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

/// Rows of A are `aRow` apart, rows of B begin as a table says. Both are cut into pieces of 16, of
/// which other tables say where they begin, from a row's beginning on: those of one image after
/// those of another. The last piece of each image has `rest` elements only, if not zero.
struct DotOperands {
    const float* a;
    std::int64_t aRow, aRows;
    const std::int64_t* aPieces;
    const float* b;
    const std::int64_t* bOffsets;
    std::int64_t bRows;
    const std::int64_t* bPieces;
    std::int64_t pieces;  ///< of an image, the last one included
    std::int64_t rest, images;

    /// Runs of pieces of which only the last one may be short.
    std::int64_t runs() const { return rest == 0 ? 1 : images; }
    std::int64_t runPieces() const { return rest == 0 ? images * pieces : pieces; }
};

constexpr std::size_t kChains = 16;

#if MANTISSA_VECTOR_FMA

constexpr std::int64_t kDotRowsA = HWY_TARGET <= HWY_AVX3 ? 4 : 2;
constexpr std::int64_t kDotRowsB = HWY_TARGET <= HWY_AVX3 ? 6 : 3;

using Chains = hn::Vec<FloatTag>;

/// The 16 chains of a sum as one vector of them, or as the (l, l + 8) of two halves.
template <std::size_t Parts>
HWY_INLINE Chains wholeChains(const Chains (&parts)[Parts]) {
    if constexpr (Parts == 1) {
        return parts[0];
    } else {
        static_assert(Parts == 2);
        return hn::Add(parts[0], parts[1]);
    }
}

/// Sums whose chains are added up together: two lanes hold each result.
constexpr std::size_t kFold = hn::MaxLanes(FloatTag()) / 2;

/// Adds (l, l + 8): the halves of 16 lanes.
HWY_INLINE Chains addHalves(Chains x, Chains y) {
    const FloatTag d;
    return hn::Add(hn::ConcatLowerLower(d, y, x), hn::ConcatUpperUpper(d, y, x));
}
/// Adds (l, l + 4): neighbouring blocks of four lanes.
HWY_INLINE Chains addBlocks(Chains x, Chains y) {
    return hn::Add(hn::OddEvenBlocks(hn::SwapAdjacentBlocks(y), x),
                   hn::OddEvenBlocks(y, hn::SwapAdjacentBlocks(x)));
}
/// Adds (l, l + 2): the halves of a block.
HWY_INLINE Chains addPairs(Chains x, Chains y) {
    const FloatTag d;
    const hn::Repartition<std::uint64_t, FloatTag> pairs;
    const auto from = hn::BitCast(pairs, x);
    const auto with = hn::BitCast(pairs, y);
    return hn::Add(hn::BitCast(d, hn::InterleaveLower(pairs, from, with)),
                   hn::BitCast(d, hn::InterleaveUpper(pairs, from, with)));
}

/// Adds up the chains of kFold sums. Each step leaves half as many vectors, with the sums of two in
/// each, so that their places end up with their bits reversed.
template <std::size_t Fold>
HWY_INLINE void addChains(const Chains (&chains)[Fold], float* sums) {
    const FloatTag d;
    Chains all;
    if constexpr (Fold == 8) {
        all = addPairs(addBlocks(addHalves(chains[0], chains[1]), addHalves(chains[2], chains[3])),
                       addBlocks(addHalves(chains[4], chains[5]), addHalves(chains[6], chains[7])));
    } else {
        static_assert(Fold == 4);
        all = addPairs(addBlocks(chains[0], chains[1]), addBlocks(chains[2], chains[3]));
    }
    alignas(64) float twice[2 * Fold];
    hn::Store(hn::Add(all, hn::Shuffle2301(all)), d, twice);
    constexpr std::size_t kPlace[] = {0, 4, 2, 6, 1, 5, 3, 7};
    for (std::size_t i = 0; i < Fold; ++i) {
        sums[i] = twice[2 * (Fold == 8 ? kPlace[i] : kPlace[i] / 2)];
    }
}

/// Adds up the chains of many sums.
template <std::size_t Sums, std::size_t Parts>
HWY_INLINE void addUp(const Chains (&chains)[Sums][Parts], float (&sums)[Sums]) {
    constexpr std::size_t kFolds = (Sums + kFold - 1) / kFold;
    alignas(64) float padded[kFolds * kFold];
    MANTISSA_UNROLL
    for (std::size_t fold = 0; fold < kFolds; ++fold) {
        Chains together[kFold];
        MANTISSA_UNROLL
        for (std::size_t i = 0; i < kFold; ++i) {
            const std::size_t s = fold * kFold + i;
            together[i] = s < Sums ? wholeChains(chains[s]) : hn::Zero(FloatTag());
        }
        addChains(together, padded + fold * kFold);
    }
    for (std::size_t s = 0; s < Sums; ++s) {
        sums[s] = padded[s];
    }
}

/// How a piece of a row, or the beginning of one, is loaded; zeros follow.
struct WholePiece {
    HWY_INLINE Chains load(const float* from, std::size_t begin) const {
        return hn::LoadU(FloatTag(), from + begin);
    }
};
struct PieceBegin {
    std::size_t count;
    HWY_INLINE Chains load(const float* from, std::size_t begin) const {
        const FloatTag d;
        return hn::MaskedLoad(hn::FirstN(d, count - std::min(count, begin)), d, from + begin);
    }
};

/// One statement a register: GCC would clear an array of them in memory.
template <std::size_t Sums, std::size_t Parts, std::size_t... Index>
HWY_INLINE void clear(Chains (&sum)[Sums][Parts], std::index_sequence<Index...> /*all*/) {
    ((sum[Index / Parts][Index % Parts] = hn::Zero(FloatTag())), ...);
}

/// Adds the products of a piece of `As` rows of A, aRow apart, with that of `Bs` rows of B.
template <std::size_t As, std::size_t Bs, typename Piece, std::size_t Parts>
HWY_INLINE void addPiece(const Piece& piece, const float* a, std::int64_t aRow,
                         const float* const (&b)[Bs], std::int64_t place,
                         Chains (&sum)[As * Bs][Parts]) {
    MANTISSA_UNROLL
    for (std::size_t part = 0; part < Parts; ++part) {
        const std::size_t begin = part * (kChains / Parts);
        Chains rows[As];
        MANTISSA_UNROLL
        for (std::size_t i = 0; i < As; ++i) {
            rows[i] = piece.load(a + static_cast<std::int64_t>(i) * aRow, begin);
        }
        MANTISSA_UNROLL
        for (std::size_t j = 0; j < Bs; ++j) {
            const Chains column = piece.load(b[j] + place, begin);
            MANTISSA_UNROLL
            for (std::size_t i = 0; i < As; ++i) {
                auto& chains = sum[i * Bs + j][part];
                chains = hn::MulAdd(rows[i], column, chains);
            }
        }
    }
}

/// A x B^T for `As` rows of A and `Bs` rows of B, added to c.
template <std::size_t As, std::size_t Bs>
void dotTile(const DotOperands& x, std::int64_t a0, std::int64_t b0, float* c) {
    constexpr std::size_t kParts = kChains / hn::MaxLanes(FloatTag());
    Chains sum[As * Bs][kParts];
    clear(sum, std::make_index_sequence<As * Bs * kParts>());
    const float* a = x.a + a0 * x.aRow;
    const float* b[Bs];
    for (std::size_t j = 0; j < Bs; ++j) {
        b[j] = x.b + x.bOffsets[b0 + static_cast<std::int64_t>(j)];
    }
    const std::int64_t whole = x.runPieces() - (x.rest == 0 ? 0 : 1);
    for (std::int64_t run = 0, piece = 0; run < x.runs(); ++run) {
        for (const std::int64_t end = piece + whole; piece < end; ++piece) {
            addPiece<As, Bs>(WholePiece(), a + x.aPieces[piece], x.aRow, b, x.bPieces[piece], sum);
        }
        if (x.rest != 0) {
            addPiece<As, Bs>(PieceBegin{static_cast<std::size_t>(x.rest)}, a + x.aPieces[piece],
                             x.aRow, b, x.bPieces[piece], sum);
            ++piece;
        }
    }
    float sums[As * Bs];
    addUp(sum, sums);
    MANTISSA_UNROLL
    for (std::size_t s = 0; s < As * Bs; ++s) {
        c[(a0 + static_cast<std::int64_t>(s / Bs)) * x.bRows + b0 +
          static_cast<std::int64_t>(s % Bs)] += sums[s];
    }
}

using DotFunction = void (*)(const DotOperands&, std::int64_t, std::int64_t, float*);

template <std::size_t... Index>
constexpr std::array<DotFunction, sizeof...(Index)> dotTable(std::index_sequence<Index...>) {
    return {&dotTile<Index / kDotRowsB + 1, Index % kDotRowsB + 1>...};
}

/// c (aRows x bRows) += A B^T, summed over all images.
inline void dotRows(const DotOperands& x, float* c, const ThreadTeam& team) {
    static constexpr auto kTable = dotTable(std::make_index_sequence<kDotRowsA * kDotRowsB>());
    for (std::int64_t a = 0; a < x.aRows; a += kDotRowsA) {
        const std::int64_t as = x.aRows - a < kDotRowsA ? x.aRows - a : kDotRowsA;
        for (std::int64_t b = 0; b < x.bRows && !team.stopped(); b += kDotRowsB) {
            const std::int64_t bs = x.bRows - b < kDotRowsB ? x.bRows - b : kDotRowsB;
            kTable[static_cast<std::size_t>((as - 1) * kDotRowsB + bs - 1)](x, a, b, c);
        }
    }
}

#else

/// Adds up the chains of one sum.
inline float addChains(const float* chains) {
    float eight[8];
    for (std::size_t l = 0; l < 8; ++l) {
        eight[l] = chains[l] + chains[l + 8];
    }
    float four[4];
    for (std::size_t l = 0; l < 4; ++l) {
        four[l] = eight[l] + eight[l + 4];
    }
    return (four[0] + four[2]) + (four[1] + four[3]);
}

inline void dotRows(const DotOperands& x, float* c, const ThreadTeam& team) {
    for (std::int64_t a = 0; a < x.aRows; ++a) {
        for (std::int64_t b = 0; b < x.bRows && !team.stopped(); ++b) {
            float chains[kChains] = {};
            for (std::int64_t piece = 0; piece < x.images * x.pieces; ++piece) {
                const float* const fromA = x.a + a * x.aRow + x.aPieces[piece];
                const float* const fromB = x.b + x.bOffsets[b] + x.bPieces[piece];
                const bool ends = x.rest != 0 && (piece + 1) % x.pieces == 0;
                const std::size_t count = ends ? static_cast<std::size_t>(x.rest) : kChains;
                for (std::size_t l = 0; l < count; ++l) {
                    chains[l] = std::fma(fromA[l], fromB[l], chains[l]);
                }
            }
            c[a * x.bRows + b] += addChains(chains);
        }
    }
}

#endif

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // MANTISSA_NN_DOT_KERNEL_INL_H_
