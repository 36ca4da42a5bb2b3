// SPDX-License-Identifier: GPL-3.0-or-later
// The loop of every kernel of formats whose steps are powers of two. Included once for each
// instruction set.
#include <array>

#include <hwy/highway.h>

#include "core/numerics/chunk-inl.h"
#include "core/numerics/exempt_grids-inl.h"
#include "core/numerics/grids-inl.h"
#include "core/numerics/measure-inl.h"
#include "core/numerics/philox-inl.h"
#include "core/numerics/rounding-inl.h"

#if defined(MANTISSA_PANEL_LOOP_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef MANTISSA_PANEL_LOOP_INL
#undef MANTISSA_PANEL_LOOP_INL
#else
#define MANTISSA_PANEL_LOOP_INL
#endif

HWY_BEFORE_NAMESPACE();
namespace mantissa::numerics::HWY_NAMESPACE {

#if MANTISSA_VECTOR_QUANTISE

/// Lets the scalar norm do what vectors cannot: one chunk of a row.
inline HWY_NOINLINE void leaveOver(const KernelFormat& format, const Panel& chunk) {
    std::array<float, static_cast<std::size_t>(kChunk)> original;  // `out` may be `in`
    const auto count = static_cast<std::size_t>(chunk.columns);
    std::copy_n(chunk.originalFrom(0, 0), chunk.columns, original.data());
    quantiseByNorm(format, chunk);
    if (chunk.sums != nullptr) {
        addRun(*chunk.sums, {original.data(), count}, {chunk.out, count});
    }
}

/// Grids and random words of a chunk whose stochastic rounding one addition does not decide.
struct DoubtfulChunk {
    HWY_ALIGN std::array<float, static_cast<std::size_t>(kChunk)> grids;
    HWY_ALIGN std::array<std::uint32_t, static_cast<std::size_t>(kChunk)> words;
};

/// Rounds such a chunk, one row, by comparing remainders.
template <bool Floating>
HWY_NOINLINE void roundDoubtful(const KernelFormat& format, const Panel& chunk,
                                const DoubtfulChunk& doubtful) {
    const ElementStep element(format);
    std::array<float, static_cast<std::size_t>(kChunk)> original;  // `out` may be `in`
    std::copy_n(chunk.originalFrom(0, 0), chunk.columns, original.data());
    for (std::int64_t i = 0; i < chunk.columns; i += kLanes) {
        const auto lanes = hn::FirstN(kF, static_cast<std::size_t>(chunk.columns - i));
        const auto x = hn::MaskedLoad(lanes, kF, chunk.in + i);
        const auto grid = hn::Load(kF, doubtful.grids.data() + i);
        const auto y = element.template quantised<Rounding::Stochastic, Floating, false>(
            x, grid, hn::Load(kU, doubtful.words.data() + i), format);
        hn::BlendedStore(y, lanes, kF, chunk.out + i);
        if (chunk.sums != nullptr) {
            const auto from = hn::MaskedLoad(lanes, kF, original.data() + i);
            const auto above = hn::Gt(hn::Abs(from), element.template clipLimitOf<false>(x, grid));
            chunk.sums->clipped += static_cast<std::int64_t>(hn::CountTrue(kF, above));
        }
    }
    if (chunk.sums != nullptr) {
        const auto count = static_cast<std::size_t>(chunk.columns);
        addRun(*chunk.sums, {original.data(), count}, {chunk.out, count});
    }
}

/// Stochastic rounding of a chunk; see ElementStep::drawn().
template <bool Floating, bool Plain>
HWY_INLINE void drawChunk(const ElementStep& element, const Chunk& x, const Chunk& grid,
                          const ChunkWords& words, Chunk& y, VI& doubt) {
    const auto drawWith = [&](auto few) MANTISSA_INLINE {
        if (element.drawsApart) {
            forEachVector([&](auto v) MANTISSA_INLINE {
                y[v] = element.template drawnApart<Floating, Plain, few>(x[v], grid[v], words[v],
                                                                         doubt);
            });
        } else {
            forEachVector([&](auto v) MANTISSA_INLINE {
                y[v] = element.template drawn<Floating, Plain, few>(x[v], grid[v], words[v], doubt);
            });
        }
    };
    element.drawsFew ? drawWith(std::true_type{}) : drawWith(std::false_type{});
}

/// Strips of one chunk's columns, and the rows of each. What happens seldom is left to functions
/// that work in memory, so that vectors need not stand there for them.
template <Rounding R, bool Floating, bool Plain, bool Measured, typename Grids>
HWY_INLINE void quantisePanel(const KernelFormat& format, const Panel& panel, const Grids& grids) {
    constexpr bool kMayDraw = R == Rounding::Stochastic;
    const ElementStep element(format);
    WordsOfChunks<R> random(panel);
    LaneSums unused;
    Tally tally(Measured ? *panel.sums : unused);
    const bool one = panel.rows == 1;
    forEachChunk(panel.columns, [&](std::int64_t column, std::int64_t count) MANTISSA_INLINE {
        for (std::int64_t row = 0; row < panel.rows; ++row) {
            const float* const from = grids.source(panel, row, column);
            if (one) {
                prefetchChunk(from);
            } else if (panel.stream) {
                prefetchStrip(panel.in + row * panel.inStride + column + panel.columns);
            }
            const Chunk x = loadChunk(from, count);
            Chunk grid;
            Chunk top;  // of exempting formats
            const Look look = grids.set(x, row, column, grid, top);
            if (HWY_UNLIKELY(!look.exact)) {
                tally.save();
                leaveOver(format, panel.part(row, column, count));
                tally.restore();
                continue;
            }
            const ChunkWords words = random.at(panel, row, column);
            Chunk y;
            if (kMayDraw && (Plain || element.draws)) {
                auto doubt = element.noDoubt();
                drawChunk<Floating, Plain>(element, x, grid, words, y, doubt);
                if (HWY_UNLIKELY(element.anyDoubt(doubt))) {
                    DoubtfulChunk doubtful;
                    storeChunk(grid, doubtful.grids.data());
                    storeWords(words, doubtful.words.data());
                    tally.save();
                    roundDoubtful<Floating>(format, panel.part(row, column, count), doubtful);
                    tally.restore();
                    continue;
                }
            } else {
                forEachVector([&](auto v) MANTISSA_INLINE {
                    y[v] = element.template quantised<R, Floating, Plain>(x[v], grid[v], words[v],
                                                                          format);
                });
            }
            if constexpr (Grids::kExempts) {
                forEachVector([&](auto v) MANTISSA_INLINE {
                    y[v] = element.untouchedFrom(top[v], x[v], y[v]);
                });
            }
            if constexpr (Measured) {
                Chunk limit;
                forEachVector([&](auto v) MANTISSA_INLINE {
                    if constexpr (Grids::kExempts) {
                        limit[v] = element.untouchedMost(top[v]);
                    } else {
                        limit[v] = element.template clipLimitOf<Plain>(x[v], grid[v]);
                    }
                });
                tally.add(panel.original == nullptr
                              ? x
                              : loadChunk(panel.originalFrom(row, column), count),
                          y, limit, !Plain || look.mayClip || panel.original != nullptr, count);
            }
            storeChunk(y, panel.out + row * panel.outStride + column, count, panel.stream);
        }
    });
    if constexpr (Measured) {
        tally.finish();
    }
}

/// The roundings that formats are trained and shipped with have loops of their own where nothing is
/// measured and where formats are plain.
template <Rounding R, typename Grids>
HWY_INLINE void quantiseWith(const KernelFormat& format, const Panel& panel, const Grids& grids) {
    const auto with = [&](auto floating, auto plain) MANTISSA_INLINE {
        if (panel.sums != nullptr) {
            quantisePanel<R, floating, plain, true>(format, panel, grids);
        } else {
            quantisePanel<R, floating, plain, false>(format, panel, grids);
        }
    };
    constexpr std::true_type kYes;
    constexpr std::false_type kNo;
    if constexpr (Grids::kExempts) {
        return with(kNo, kNo);
    } else {
        if constexpr (R == Rounding::NearestEven || R == Rounding::Stochastic) {
            if (format.plain) {
                return format.floating ? with(kYes, kYes) : with(kNo, kYes);
            }
        }
        format.floating ? with(kYes, kNo) : with(kNo, kNo);
    }
}

#endif

}  // namespace mantissa::numerics::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
