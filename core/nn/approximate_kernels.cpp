// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <bit>

#include "core/nn/approximate_products.h"

// Highway re-includes this file once for each instruction set; byte permutations are in the
// largest.
#define HWY_WANT_AVX3_DL
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/nn/approximate_kernels.cpp"
#include <hwy/foreach_target.h>
// approximate_tile-inl.h needs the target that foreach_target.h has set.
#include "core/nn/approximate_tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

#if MANTISSA_VECTOR_FMA

/// The least and the largest exponent fields, in place, of numbers that are not zero.
struct FieldRange {
    VBits least, most;

    HWY_INLINE FieldRange()
        : least(hn::Set(BitsTag(), kExponentField)), most(hn::Zero(BitsTag())) {}

    HWY_INLINE void add(VBits field) {
        const auto zero = hn::Eq(field, hn::Zero(BitsTag()));
        most = hn::Max(most, field);
        least = hn::Min(least, hn::IfThenElse(zero, hn::Set(BitsTag(), kExponentField), field));
    }
    std::int64_t leastField() const { return hn::GetLane(hn::MinOfLanes(BitsTag(), least)) >> 23; }
    std::int64_t mostField() const { return hn::GetLane(hn::MaxOfLanes(BitsTag(), most)) >> 23; }
};

/// Whether every product of such numbers is normal and finite on its way.
bool areModerate(const FieldRange& a, const FieldRange& b) {
    return a.leastField() + b.leastField() > 127 + 1 && a.mostField() + b.mostField() < 254 + 126 &&
           b.leastField() > 2 && a.mostField() < 252 && b.mostField() < 252;
}

/// Numbers to codes and scales.
class Splitter {
public:
    HWY_INLINE Splitter(const ApproximateMultiplication& m, bool isRow) : m_rule(m.rule()) {
        const BitsTag i32;
        const std::int32_t below = 1 << (23 - m.mantissaBits());
        m_keep = hn::Set(i32, kMantissaBits & -below);
        m_lowest = hn::Set(i32, m.setsLowestBit() ? below : 0);
        const bool adds = m_rule == SignificandRule::Mitchell || m_rule == SignificandRule::Biased;
        const bool looksUp =
            m_rule == SignificandRule::SmallTable || m_rule == SignificandRule::ByteTable;
        m_one = hn::Set(i32, looksUp || (adds && !isRow) ? 0 : kBitsOfOne);
        m_shift = looksUp ? 23 - m.mantissaBits() : 0;
        std::int32_t entries = 1;
        if (looksUp && isRow) {
            entries = static_cast<std::int32_t>(
                usesBytes(m_rule) ? ApproximateMultiplication::kRowBytes : m.rowEntries());
        }
        m_entries = hn::Set(i32, entries);
        // Entries of bytes are halved products.
        m_scale = hn::Set(FloatTag(), isRow && usesBytes(m_rule) ? 2.0F : 1.0F);
    }

    static bool usesBytes(SignificandRule rule) {
        return HWY_TARGET == HWY_AVX3_DL && rule == SignificandRule::ByteTable;
    }

    HWY_INLINE void split(VNumber x, VBits& code, VNumber& scale, FieldRange& range) const {
        const BitsTag i32;
        const auto bits = hn::BitCast(i32, x);
        const auto field = hn::And(bits, hn::Set(i32, kExponentField));
        const auto mantissa = hn::Or(hn::And(bits, m_keep), m_lowest);
        code = hn::Mul(hn::Shr(mantissa, hn::Set(i32, m_shift)), m_entries);
        code = hn::Add(code, m_one);
        // Subnormal numbers count as zeros.
        const auto isZero = hn::Eq(field, hn::Zero(i32));
        const auto signAndField = hn::IfThenZeroElse(
            isZero, hn::And(bits, hn::Set(i32, static_cast<std::int32_t>(0xFF800000U))));
        if (codesAreNumbers(m_rule)) {
            code = hn::IfThenZeroElse(isZero, hn::Or(signAndField, mantissa));
        }
        scale = hn::Mul(hn::BitCast(FloatTag(), signAndField), m_scale);
        range.add(field);
    }

private:
    SignificandRule m_rule;
    VBits m_keep, m_lowest, m_one, m_entries;
    VNumber m_scale;
    std::int32_t m_shift = 0;
};

/// `count` numbers, up to the lanes, `step` apart; zeros after them.
HWY_INLINE VNumber loadApart(const float* from, std::int64_t count, std::int64_t step) {
    const FloatTag d;
    if (step == 1) {
        return count >= kLanes
                   ? hn::LoadU(d, from)
                   : hn::MaskedLoad(hn::FirstN(d, static_cast<std::size_t>(count)), d, from);
    }
    HWY_ALIGN std::array<float, static_cast<std::size_t>(kLanes)> lanes{};
    for (std::int64_t i = 0; i < std::min(count, kLanes); ++i) {
        lanes[static_cast<std::size_t>(i)] = from[i * step];
    }
    return hn::Load(d, lanes.data());
}

struct PanelMemory {
    std::int32_t* columnCodes;
    float* columnScales;
    std::int32_t* rowCodes;
    float* rowScales;

    explicit PanelMemory(float* scratch)
        : columnCodes(reinterpret_cast<std::int32_t*>(scratch)),
          columnScales(scratch + kPanelDepth * kSomeColumns),
          rowCodes(reinterpret_cast<std::int32_t*>(scratch + 2 * kPanelDepth * kSomeColumns)),
          rowScales(scratch + (2 * kSomeColumns + kPanelRows) * kPanelDepth) {}
};

/// Columns [first, first + kSomeColumns) of B for k in [k0, k0 + depth).
FieldRange splitColumns(const Splitter& splitter, bool bytes, const ApproximateProduct& x,
                        std::int64_t first, std::int64_t k0, std::int64_t depth,
                        const PanelMemory& to) {
    const BitsTag i32;
    FieldRange range;
    for (std::int64_t k = 0; k < depth; ++k) {
        const float* const from = x.b + x.bRows.at(k0 + k) + first * x.bStep;
        auto joined = hn::Zero(i32);
        const std::int64_t columns = std::min(kSomeColumns, x.columns - first);
        for (std::int64_t v = 0; v * kLanes < columns; ++v) {
            const std::int64_t left = columns - v * kLanes;
            VBits code;
            VNumber scale;
            splitter.split(loadApart(from + v * kLanes * x.bStep, left, x.bStep), code, scale,
                           range);
            if (bytes) {
                joined =
                    hn::Or(joined, hn::Shl(code, hn::Set(i32, static_cast<std::int32_t>(8 * v))));
            } else {
                hn::StoreU(code, i32, to.columnCodes + k * kSomeColumns + v * kLanes);
            }
            hn::StoreU(scale, FloatTag(), to.columnScales + k * kSomeColumns + v * kLanes);
        }
        if (bytes) {
            hn::StoreU(joined, i32, to.columnCodes + k * kSomeColumns);
        }
    }
    return range;
}

/// Up to kPanelRows rows of A from `row` on.
SomeRows splitRows(const Splitter& splitter, const ApproximateProduct& x, std::int64_t row,
                   std::int64_t k0, std::int64_t depth, const PanelMemory& to, FieldRange& range) {
    const BitsTag i32;
    const std::int64_t rows = std::min(kPanelRows, x.rows - row);
    const bool along = x.aStep == 1;
    const std::int64_t lines = along ? rows : depth;
    const std::int64_t count = along ? depth : rows;
    const std::int64_t pitch = along ? kPanelDepth : kPanelRows;
    const bool even = x.aRows.table == nullptr;
    HWY_ALIGN std::array<float, static_cast<std::size_t>(kPanelRows)> apart;
    for (std::int64_t line = 0; line < lines; ++line) {
        const float* from = nullptr;
        std::int64_t step = 1;
        if (along) {
            from = x.a + x.aRows.at(row + line) + k0;
        } else if (even) {
            from = x.a + x.aRows.at(row) + (k0 + line) * x.aStep;
            step = x.aRows.stride;
        } else {
            for (std::int64_t r = 0; r < rows; ++r) {
                apart[static_cast<std::size_t>(r)] =
                    x.a[x.aRows.at(row + r) + (k0 + line) * x.aStep];
            }
            from = apart.data();
        }
        for (std::int64_t i = 0; i < count; i += kLanes) {
            VBits code;
            VNumber scale;
            splitter.split(loadApart(from + i * step, count - i, step), code, scale, range);
            hn::StoreU(code, i32, to.rowCodes + line * pitch + i);
            hn::StoreU(scale, FloatTag(), to.rowScales + line * pitch + i);
        }
    }
    return {to.rowCodes, to.rowScales, along ? kPanelDepth : 1, along ? 1 : kPanelRows};
}

/// A part of the product by the norm.
HWY_NOINLINE void multiplyByNorm(const ApproximateMultiplication& multiplication,
                                 ApproximateProduct x, std::int64_t row, std::int64_t column,
                                 std::int64_t k0, std::int64_t depth, bool accumulate) {
    for (std::int64_t r = row; r < std::min(row + kPanelRows, x.rows); ++r) {
        for (std::int64_t j = column; j < std::min(column + kSomeColumns, x.columns); ++j) {
            float& c = x.c[r * x.cRow + j];
            float sum = accumulate ? c : 0.0F;
            for (std::int64_t k = k0; k < k0 + depth; ++k) {
                sum += multiplication.product(x.a[x.aRows.at(r) + k * x.aStep],
                                              x.b[x.bRows.at(k) + j * x.bStep]);
            }
            c = sum;
        }
    }
}

void multiply(const ApproximateMultiplication& multiplication, const ApproximateProduct& x,
              float* scratch, const ThreadTeam& team) {
    const PanelMemory memory(scratch);
    const Splitter rowSplitter(multiplication, true);
    const Splitter columnSplitter(multiplication, false);
    const bool bytes = Splitter::usesBytes(multiplication.rule());
    for (std::int64_t column = 0; column < x.columns; column += kSomeColumns) {
        const std::int64_t columns = std::min(kSomeColumns, x.columns - column);
        const std::int64_t vectors = (columns + kLanes - 1) / kLanes;
        for (std::int64_t k = 0; k < x.depth && !team.stopped(); k += kPanelDepth) {
            const std::int64_t depth = std::min(kPanelDepth, x.depth - k);
            const bool accumulate = x.accumulate || k > 0;
            const FieldRange columnRange =
                splitColumns(columnSplitter, bytes, x, column, k, depth, memory);
            const SomeColumns panel{memory.columnCodes, memory.columnScales, depth, columns};
            for (std::int64_t row = 0; row < x.rows; row += kPanelRows) {
                FieldRange rowRange;
                const SomeRows rows = splitRows(rowSplitter, x, row, k, depth, memory, rowRange);
                if (!areModerate(rowRange, columnRange)) {
                    multiplyByNorm(multiplication, x, row, column, k, depth, accumulate);
                    continue;
                }
                for (std::int64_t r = row; r < std::min(row + kPanelRows, x.rows); r += kSomeRows) {
                    const std::int64_t count =
                        std::min({kSomeRows, x.rows - r, row + kPanelRows - r});
                    someFunction(multiplication.rule(), count, vectors)(
                        multiplication, rows.from(r - row), panel, x.c + r * x.cRow + column,
                        x.cRow, accumulate);
                }
            }
        }
    }
}

std::int64_t scratchFloats() {
    return 2 * kPanelDepth * (kSomeColumns + kPanelRows);
}

#else

void multiply(const ApproximateMultiplication& multiplication, const ApproximateProduct& x, float*,
              const ThreadTeam& team) {
    ApproximateProduct row = x;
    row.rows = 1;
    for (std::int64_t r = 0; r < x.rows && !team.stopped(); ++r) {
        row.a = x.a + x.aRows.at(r) - x.aRows.at(0);
        row.c = x.c + r * x.cRow;
        multiplyApproximatelyRef(multiplication, row);
    }
}

std::int64_t scratchFloats() {
    return 0;
}

#endif  // MANTISSA_VECTOR_FMA

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mantissa::nn {

HWY_EXPORT(multiply);
HWY_EXPORT(scratchFloats);

std::int64_t approximateScratchFloats() {
    return HWY_DYNAMIC_DISPATCH(scratchFloats)();
}

void multiplyApproximately(const ApproximateMultiplication& multiplication,
                           const ApproximateProduct& product, float* scratch,
                           const ThreadTeam& team) {
    HWY_DYNAMIC_DISPATCH(multiply)(multiplication, product, scratch, team);
}

}  // namespace mantissa::nn
#endif
