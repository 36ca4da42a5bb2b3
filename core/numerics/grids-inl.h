// SPDX-License-Identifier: GPL-3.0-or-later
// Where the elements of a panel take their grids from: their own chunk, what a caller says, or
// what was found for each column. Included once for each instruction set.
#include <algorithm>
#include <bit>

#include <hwy/highway.h>

#include "core/numerics/chunk-inl.h"

#if defined(MANTISSA_GRIDS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef MANTISSA_GRIDS_INL
#undef MANTISSA_GRIDS_INL
#else
#define MANTISSA_GRIDS_INL
#endif

HWY_BEFORE_NAMESPACE();
namespace mantissa::numerics::HWY_NAMESPACE {

#if MANTISSA_VECTOR_QUANTISE

/// What is known of a chunk once its grids are.
struct Look {
    bool exact;  ///< off: vectors are not
    /// Whether some magnitude may be above its grid's limit, in plain formats. Where that is true
    /// now and then, asking would cost more than counting: a processor cannot foresee it.
    bool mayClip;
};

/// Blocks of 1, 2, 4, ... elements up to a chunk, in one row.
class GridsInChunks {
public:
    static constexpr bool kExempts = false;

    HWY_INLINE GridsInChunks(const KernelFormat& format, std::int64_t block)
        : m_step(format),
          m_block(block),
          m_sub(HWY_MIN(format.subBlock, block)),
          m_shift(hn::Set(kI, format.largestShift * kOneField)) {
        for (std::size_t v = 0; v < kVectors; ++v) {
            constexpr std::array<std::int32_t, 4> kFrom{0, 8, 4, 12};  // see fromOneVector()
            m_from[v] = hn::Set(kI, unknown(kFrom[v % kFrom.size()]));
        }
    }

    HWY_INLINE const float* source(const Panel& panel, std::int64_t row,
                                   std::int64_t column) const {
        return panel.in + row * panel.inStride + column;
    }

    /// The grids of a chunk.
    HWY_INLINE Look set(const Chunk& x, std::int64_t, std::int64_t, Chunk& grid, Chunk&) const {
        ChunkBits m;
        forEachVector([&](auto v) MANTISSA_INLINE { m[v] = magnitudeBits(x[v]); });
        bool exact = false;
        if constexpr (kLanes == 16) {
            exact = m_block >= 16 ? fromOneVector(m, grid) : fromEach(m, grid);
        } else {
            exact = fromEach(m, grid);
        }
        if (m_sub > 0) {
            forEachVector([&](auto v) MANTISSA_INLINE {
                grid[v] = m_step.gridOfSub(largestInSubBlocks(m[v]), grid[v]);
            });
        }
        return {exact, true};
    }

private:
    /// Of 1, 2 or 4 elements.
    HWY_INLINE VI largestInSubBlocks(VI m) const {
        if (m_sub >= 2) {
            m = hn::Max(m, hn::Shuffle2301(m));
        }
        if (m_sub >= 4) {
            m = hn::Max(m, hn::Shuffle1032(m));
        }
        return m;
    }

    /// What elements start from: their block's grid, or the lowest of its sub-blocks.
    HWY_INLINE VF startOf(VF grid) const {
        return m_sub > 0 ? m_step.leastOf(grid, m_shift) : grid;
    }

    /// Vectors of 16 lanes, blocks of 16 and more. Halves, then quarters of two vectors are put
    /// side by side, so that one vector carries the maxima of all four to the block step.
    HWY_INLINE bool fromOneVector(const ChunkBits& m, Chunk& grid) const {
        if constexpr (kLanes == 16) {
            const auto halves = [](VI a, VI b) MANTISSA_INLINE {
                return hn::Max(hn::ConcatUpperLower(kI, b, a), hn::ConcatLowerUpper(kI, b, a));
            };
            const auto ab = halves(m[0], m[1]);
            const auto cd = halves(m[2], m[3]);
            const auto quarters = hn::Max(hn::OddEvenBlocks(cd, ab),
                                          hn::SwapAdjacentBlocks(hn::OddEvenBlocks(ab, cd)));
            // Four lanes for each vector: 0, 2, 1, 3.
            auto largest = largestInGroups<4>(quarters);
            if (m_block >= 32) {
                largest = hn::Max(largest, hn::ConcatLowerUpper(kI, largest, largest));
            }
            if (m_block >= 64) {
                largest = hn::Max(largest, hn::SwapAdjacentBlocks(largest));
            }
            const auto grids = m_step.gridOf(largest);
            const auto starts = startOf(grids);
            forEachVector([&](auto v) MANTISSA_INLINE {
                grid[v] = hn::TableLookupLanes(starts, hn::IndicesFromVec(kF, m_from[v]));
            });
            return m_step.ordinary(largest);
        }
        return fromEach(m, grid);
    }

    HWY_INLINE bool fromEach(ChunkBits m, Chunk& grid) const {
        forEachVector([&](auto v) MANTISSA_INLINE { m[v] = largestInGroups(m[v], m_block); });
        joinVectors<1>(m);
        joinVectors<2>(m);
        joinVectors<4>(m);
        bool exact = true;
        forEachVector([&](auto v) MANTISSA_INLINE {
            exact = exact && m_step.ordinary(m[v]);
            grid[v] = startOf(m_step.gridOf(m[v]));
        });
        return exact;
    }

    /// Blocks of more than `Apart` vectors: each takes what its neighbour so far apart has.
    template <std::size_t Apart>
    HWY_INLINE void joinVectors(ChunkBits& m) const {
        if constexpr (Apart < kVectors) {
            if (m_block > static_cast<std::int64_t>(Apart) * kLanes) {
                ChunkBits joined;
                forEachVector([&](auto v)
                                  MANTISSA_INLINE { joined[v] = hn::Max(m[v], m[v ^ Apart]); });
                m = joined;
            }
        }
    }

    BlockStep m_step;
    std::int64_t m_block;
    std::int64_t m_sub;
    VI m_shift;
    std::array<VI, kVectors> m_from;
};

/// One grid for all. Elements have been looked at before, but for those of formats that share none.
class GivenGrid {
public:
    static constexpr bool kExempts = false;

    HWY_INLINE GivenGrid(const KernelFormat& format, VF grid)
        : m_grid(grid),
          m_limit(hn::BitCast(kI, hn::Mul(grid, hn::Set(kF, format.limitPerGrid)))),
          m_tinyBelow(hn::Set(kI, format.tinyBelow)),
          m_hugeAbove(hn::Set(kI, format.hugeAbove)),
          m_anyTiny(!format.shared && format.tinyBelow > 0) {}

    HWY_INLINE const float* source(const Panel& panel, std::int64_t row,
                                   std::int64_t column) const {
        return panel.in + row * panel.inStride + column;
    }

    HWY_INLINE Look set(const Chunk& x, std::int64_t, std::int64_t, Chunk& grid, Chunk&) const {
        const auto largest = largestOf(x);
        auto other = hn::Gt(largest, m_hugeAbove);
        if (m_anyTiny) {
            forEachVector([&](auto v) MANTISSA_INLINE {
                const auto magnitude = magnitudeBits(x[v]);
                other = hn::Or(other, hn::And(hn::Lt(magnitude, m_tinyBelow),
                                              hn::Gt(magnitude, hn::Zero(kI))));
            });
        }
        forEachVector([&](auto v) MANTISSA_INLINE { grid[v] = m_grid; });
        return {hn::AllFalse(kI, other), !hn::AllFalse(kI, hn::Gt(largest, m_limit))};
    }

private:
    VF m_grid;
    VI m_limit, m_tinyBelow, m_hugeAbove;
    bool m_anyTiny;
};

/// Rows that one pass may copy while it looks for the maxima: rows a power of two apart would push
/// each other out of the first-level cache before they are read again.
constexpr std::int64_t kCopied = 2 * kPanelElements;

/// A panel of any blocks, columns up to kPanelElements: the grid of each column, of each sub-block
/// of rows.
class GridsOfColumns {
public:
    static constexpr bool kExempts = false;

    HWY_INLINE GridsOfColumns(const KernelFormat& format, const Panel& panel)
        : m_format(format),
          m_panel(panel),
          m_step(format),
          m_stride((panel.columns + kChunk - 1) / kChunk * kChunk),
          m_span(panel.columns / panel.folded),
          m_subRows(format.subBlock > 0 ? format.subBlock : panel.rows),
          m_down(panel.rows > 1 || panel.folded > 1),
          m_copied(panel.rows > 1 && panel.rows * m_stride <= kCopied &&
                   panel.inStride != panel.columns) {}

    /// Where the elements from `column` of `row` on stand, column a multiple of a chunk.
    HWY_INLINE const float* source(const Panel&, std::int64_t row, std::int64_t column) const {
        return m_copied ? m_copy.data() + column * m_panel.rows + row * kChunk
                        : m_panel.in + row * m_panel.inStride + column;
    }

    HWY_INLINE Look set(const Chunk&, std::int64_t row, std::int64_t column, Chunk& grid,
                        Chunk&) const {
        const std::int64_t sub = m_format.subBlock > 0 ? row / m_subRows : 0;
        grid = loadChunk(m_grids.data() + sub * m_stride + column);
        return {true, true};
    }

    /// Looks at all elements; false where vectors are not exact.
    HWY_INLINE bool find() {
        if (m_down) {
            findMaximaDown();
            foldMaxima();
        }
        const bool ordinary = m_panel.blockColumns == 1 ? eachColumn() : eachBlock();
        for (std::int64_t fold = 1; fold < m_panel.folded; ++fold) {
            std::copy_n(m_grids.data(), m_span, m_grids.data() + fold * m_span);
        }
        return ordinary;
    }

private:
    std::int64_t subBlocks() const { return (m_panel.rows + m_subRows - 1) / m_subRows; }

    HWY_INLINE void findMaximaDown() {
        forEachChunk(m_panel.columns, [&](std::int64_t column, std::int64_t count) MANTISSA_INLINE {
            for (std::int64_t sub = 0; sub < subBlocks(); ++sub) {
                Chunk largest;
                forEachVector([&](auto v) MANTISSA_INLINE { largest[v] = hn::Zero(kF); });
                const std::int64_t end = HWY_MIN(m_panel.rows, (sub + 1) * m_subRows);
                for (std::int64_t row = sub * m_subRows; row < end; ++row) {
                    const Chunk x = loadChunk(m_panel.in + row * m_panel.inStride + column, count);
                    forEachVector([&](auto v) MANTISSA_INLINE {
                        largest[v] = hn::BitCast(
                            kF, hn::Max(hn::BitCast(kI, largest[v]), magnitudeBits(x[v])));
                    });
                    if (m_copied) {
                        storeChunk(x, m_copy.data() + column * m_panel.rows + row * kChunk);
                    }
                }
                storeChunk(largest, m_maxima.data() + sub * m_stride + column);
            }
        });
    }

    /// Rows that stand side by side have the maxima of all of them.
    HWY_INLINE void foldMaxima() {
        for (std::int64_t fold = 1; fold < m_panel.folded; ++fold) {
            for (std::int64_t i = 0; i < m_span; ++i) {
                float& to = m_maxima[static_cast<std::size_t>(i)];
                const float from = m_maxima[static_cast<std::size_t>(fold * m_span + i)];
                if (std::bit_cast<std::uint32_t>(from) > std::bit_cast<std::uint32_t>(to)) {
                    to = from;
                }
            }
        }
    }

    HWY_INLINE bool eachColumn() {
        bool ordinary = true;
        const float* const maxima = m_down ? m_maxima.data() : m_panel.in;
        const auto shift = hn::Set(kI, m_format.largestShift * kOneField);
        for (std::int64_t c = 0; c < m_stride; c += kLanes) {
            const std::int64_t count = HWY_MAX(0, HWY_MIN(kLanes, m_span - c));
            auto largest = hn::Zero(kI);
            for (std::int64_t sub = 0; sub < subBlocks(); ++sub) {
                const auto own = load(maxima + sub * m_stride + c, count);
                largest = hn::Max(largest, magnitudeBits(own));
            }
            ordinary = ordinary && m_step.ordinary(largest);
            const auto grid = m_step.gridOf(largest);
            if (m_format.subBlock == 0) {
                hn::StoreU(grid, kF, m_grids.data() + c);
                continue;
            }
            const auto least = m_step.leastOf(grid, shift);
            for (std::int64_t sub = 0; sub < subBlocks(); ++sub) {
                const auto own = load(maxima + sub * m_stride + c, count);
                hn::StoreU(m_step.gridOfSub(magnitudeBits(own), least), kF,
                           m_grids.data() + sub * m_stride + c);
            }
        }
        return ordinary;
    }

    HWY_INLINE bool eachBlock() {
        bool ordinary = true;
        const float* const maxima = m_down ? m_maxima.data() : m_panel.in;
        for (std::int64_t c = 0; c < m_span; c += m_panel.blockColumns) {
            const std::int64_t count = HWY_MIN(m_panel.blockColumns, m_span - c);
            const auto largest = largestInGroups<kLanes>(largestOfRow(maxima + c, count));
            ordinary = ordinary && m_step.ordinary(largest);
            const auto grid = m_step.gridOf(largest);
            for (std::int64_t i = 0; i < count; i += kLanes) {
                hn::StoreU(grid, kF, m_grids.data() + c + i);  // what is beyond is set later
            }
        }
        // What a last chunk lacks: of no element, but not left to chance.
        std::fill(m_grids.begin() + m_span, m_grids.begin() + m_stride,
                  m_grids[static_cast<std::size_t>(m_span - 1)]);
        return ordinary;
    }

    static constexpr std::size_t kSize = static_cast<std::size_t>(kPanelElements + kChunk);
    const KernelFormat& m_format;
    const Panel& m_panel;
    BlockStep m_step;
    std::int64_t m_stride;
    std::int64_t m_span;  ///< columns of one row of the tensor
    std::int64_t m_subRows;
    bool m_down;
    bool m_copied;
    // Left as they are until they are written: clearing them would take as long as the work.
    HWY_ALIGN std::array<float, kSize> m_maxima;
    HWY_ALIGN std::array<float, kSize> m_grids;
    HWY_ALIGN std::array<float, static_cast<std::size_t>(kCopied)> m_copy;
};

#endif

}  // namespace mantissa::numerics::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
