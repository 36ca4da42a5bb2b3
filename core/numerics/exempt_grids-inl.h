// SPDX-License-Identifier: GPL-3.0-or-later
// LightNorm's exempt rule: grids that follow from the second largest magnitude of a block, beside
// the exponent of the largest. Included once for each instruction set.
#include <hwy/highway.h>

#include "core/numerics/chunk-inl.h"
#include "core/numerics/grids-inl.h"

#if defined(MANTISSA_EXEMPT_GRIDS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef MANTISSA_EXEMPT_GRIDS_INL
#undef MANTISSA_EXEMPT_GRIDS_INL
#else
#define MANTISSA_EXEMPT_GRIDS_INL
#endif

HWY_BEFORE_NAMESPACE();
namespace mantissa::numerics::HWY_NAMESPACE {

#if MANTISSA_VECTOR_QUANTISE

/// The two largest magnitudes of some elements in each lane, as binary32 bits; one that two
/// elements have counts twice.
struct TopTwo {
    VI first, second;
};

HWY_INLINE TopTwo noTopTwo() {
    return {hn::Zero(kI), hn::Zero(kI)};
}

HWY_INLINE TopTwo joined(TopTwo a, TopTwo b) {
    return {hn::Max(a.first, b.first),
            hn::Max(hn::Min(a.first, b.first), hn::Max(a.second, b.second))};
}

HWY_INLINE TopTwo withOne(TopTwo top, VI magnitude) {
    return {hn::Max(top.first, magnitude), hn::Max(top.second, hn::Min(top.first, magnitude))};
}

/// Of each group of so many neighbouring lanes, a power of two, in all lanes of the group; what
/// exceeds the lanes too.
HWY_INLINE TopTwo topTwoInGroups(TopTwo top, std::int64_t group) {
    if (group >= 2) {
        top = joined(top, {hn::Shuffle2301(top.first), hn::Shuffle2301(top.second)});
    }
    if (group >= 4) {
        top = joined(top, {hn::Shuffle1032(top.first), hn::Shuffle1032(top.second)});
    }
    if constexpr (kLanes >= 8) {
        if (group >= 8) {
            top = joined(top,
                         {hn::SwapAdjacentBlocks(top.first), hn::SwapAdjacentBlocks(top.second)});
        }
    }
    if constexpr (kLanes >= 16) {
        if (group >= 16) {
            top =
                joined(top, {hn::ReverseBlocks(kI, top.first), hn::ReverseBlocks(kI, top.second)});
        }
    }
    return top;
}

/// What follows from the two largest magnitudes.
class ExemptStep {
public:
    explicit HWY_INLINE ExemptStep(const KernelFormat& format) : m_step(format) {}

    HWY_INLINE bool exact(TopTwo top) const {
        return m_step.ordinary(top.first) && m_step.ordinary(top.second);
    }
    /// Of the elements that are not exempt. One number alone is, or its exponent is too low.
    HWY_INLINE VF gridOf(TopTwo top) const {
        return m_step.gridOf(
            hn::IfThenElse(hn::Eq(top.second, hn::Zero(kI)), top.first, top.second));
    }
    /// The least magnitude that is exempt: a power of two.
    HWY_INLINE VF leastExempt(TopTwo top) const {
        const auto field = hn::And(top.first, m_step.fieldMask);
        return hn::BitCast(kF, hn::Min(hn::Max(field, m_step.lowest), m_step.highest));
    }

private:
    BlockStep m_step;
};

/// As GridsInChunks.
class ExemptInChunks {
public:
    static constexpr bool kExempts = true;

    HWY_INLINE ExemptInChunks(const KernelFormat& format, std::int64_t block)
        : m_step(format), m_block(block) {}

    HWY_INLINE const float* source(const Panel& panel, std::int64_t row,
                                   std::int64_t column) const {
        return panel.in + row * panel.inStride + column;
    }

    HWY_INLINE Look set(const Chunk& x, std::int64_t, std::int64_t, Chunk& grid,
                        Chunk& least) const {
        std::array<TopTwo, kVectors> tops;
        forEachVector([&](auto v) MANTISSA_INLINE {
            tops[v] = topTwoInGroups({magnitudeBits(x[v]), hn::Zero(kI)}, m_block);
        });
        joinVectors<1>(tops);
        joinVectors<2>(tops);
        joinVectors<4>(tops);
        Look look{true, true};
        forEachVector([&](auto v) MANTISSA_INLINE {
            look.exact = look.exact && m_step.exact(tops[v]);
            grid[v] = m_step.gridOf(tops[v]);
            least[v] = m_step.leastExempt(tops[v]);
        });
        return look;
    }

private:
    template <std::size_t Apart>
    HWY_INLINE void joinVectors(std::array<TopTwo, kVectors>& tops) const {
        if constexpr (Apart < kVectors) {
            if (m_block > static_cast<std::int64_t>(Apart) * kLanes) {
                std::array<TopTwo, kVectors> all;
                forEachVector([&](auto v)
                                  MANTISSA_INLINE { all[v] = joined(tops[v], tops[v ^ Apart]); });
                tops = all;
            }
        }
    }

    ExemptStep m_step;
    std::int64_t m_block;
};

/// As GridsOfColumns.
class ExemptOfColumns {
public:
    static constexpr bool kExempts = true;

    HWY_INLINE ExemptOfColumns(const KernelFormat& format, const Panel& panel)
        : m_panel(panel), m_step(format) {}

    HWY_INLINE const float* source(const Panel& panel, std::int64_t row,
                                   std::int64_t column) const {
        return panel.in + row * panel.inStride + column;
    }

    HWY_INLINE Look set(const Chunk&, std::int64_t, std::int64_t column, Chunk& grid,
                        Chunk& least) const {
        grid = loadChunk(m_grids.data() + column);
        least = loadChunk(m_least.data() + column);
        return {true, true};
    }

    /// Looks at all elements; false where vectors are not exact.
    HWY_INLINE bool find() {
        bool exact = true;
        for (std::int64_t c = 0; c < m_panel.columns; c += m_panel.blockColumns) {
            // Blocks of one column are found a vector at a time.
            const bool alone = m_panel.blockColumns == 1;
            const std::int64_t count =
                HWY_MIN(alone ? kLanes : m_panel.blockColumns, m_panel.columns - c);
            auto top = noTopTwo();
            for (std::int64_t row = 0; row < m_panel.rows; ++row) {
                const float* const from = m_panel.in + row * m_panel.inStride + c;
                forEachVectorOfRow(count, [&](std::int64_t i, std::int64_t lanes) MANTISSA_INLINE {
                    top = withOne(top, magnitudeBits(load(from + i, lanes)));
                });
            }
            top = topTwoInGroups(top, alone ? 1 : kLanes);
            exact = exact && m_step.exact(top);
            const auto grid = m_step.gridOf(top);
            const auto least = m_step.leastExempt(top);
            for (std::int64_t i = 0; i < count; i += kLanes) {
                hn::StoreU(grid, kF, m_grids.data() + c + i);  // what is beyond is set later
                hn::StoreU(least, kF, m_least.data() + c + i);
            }
            c += alone ? count - 1 : 0;
        }
        // What a last chunk lacks: of no element, but not left to chance.
        const auto end = static_cast<std::ptrdiff_t>(m_panel.columns);
        std::fill_n(m_grids.begin() + end, kChunk, 1.0F);
        std::fill_n(m_least.begin() + end, kChunk, 1.0F);
        return exact;
    }

private:
    static constexpr std::size_t kSize = static_cast<std::size_t>(kPanelElements + kChunk);
    const Panel& m_panel;
    ExemptStep m_step;
    HWY_ALIGN std::array<float, kSize> m_grids;
    HWY_ALIGN std::array<float, kSize> m_least;
};

#endif

}  // namespace mantissa::numerics::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
