// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled once for each instruction set (Highway's foreach_target); the first caller picks.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/numerics/quantise_kernels.cpp"
// 128-bit x86 is left to the scalar norm.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)
#include "core/numerics/quantise_kernels.h"

#include <array>
#include <vector>

#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "core/numerics/philox-inl.h"
#include "core/numerics/rounding-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mantissa::numerics::HWY_NAMESPACE {

#if MANTISSA_VECTOR_QUANTISE

Panel subPanel(const Panel& panel, std::int64_t column, std::int64_t columns) {
    Panel part = panel;
    part.in += column;
    part.out += column;
    part.words = panel.wordsFrom(0, column);
    part.columns = columns;
    return part;
}

/// Calls `visit(column, count)` for each vector of a row, the last possibly short: `count` is a
/// constant in the others.
template <typename Visit>
HWY_INLINE void forEachVector(std::int64_t columns, const Visit& visit) {
    std::int64_t column = 0;
    for (; column + kLanes <= columns; column += kLanes) {
        visit(column, kLanes);
    }
    if (column < columns) {
        visit(column, columns - column);
    }
}

HWY_INLINE VF load(const float* from, std::int64_t count) {
    return count == kLanes
               ? hn::LoadU(kF, from)
               : hn::MaskedLoad(hn::FirstN(kF, static_cast<std::size_t>(count)), kF, from);
}

HWY_INLINE void store(VF v, float* to, std::int64_t count) {
    if (count == kLanes) {
        hn::StoreU(v, kF, to);
    } else {
        hn::BlendedStore(v, hn::FirstN(kF, static_cast<std::size_t>(count)), kF, to);
    }
}

template <Rounding R>
void quantiseRows(const Panel& part, const Steps& steps, VF largestCode) {
    for (std::int64_t row = 0; row < part.rows; ++row) {
        forEachVector(part.columns, [&](std::int64_t column, std::int64_t count) MANTISSA_INLINE {
            const auto at = row * part.stride + column;
            const auto x = load(part.in + at, count);
            store(codesInBlock<R>(x, steps, largestCode, part.wordsFrom(row, column), count),
                  part.out + at, count);
        });
    }
}

VI largestOfRow(const float* in, std::int64_t count) {
    auto largest = hn::Zero(kI);
    forEachVector(count, [&](std::int64_t i, std::int64_t lanes) MANTISSA_INLINE {
        largest = hn::Max(largest, magnitudeBits(load(in + i, lanes)));
    });
    return largest;
}

/// Blocks of `blockColumns` columns, any number: one after the other.
template <Rounding R>
void blocksAlong(const KernelFormat& format, const Panel& panel) {
    const Fields fields(format);
    const auto largestCode = hn::Set(kF, format.largestCode);
    for (std::int64_t column = 0; column < panel.columns; column += panel.blockColumns) {
        const Panel block =
            subPanel(panel, column, HWY_MIN(panel.blockColumns, panel.columns - column));
        auto largest = hn::Zero(kI);
        for (std::int64_t row = 0; row < block.rows; ++row) {
            largest = hn::Max(largest, largestOfRow(block.in + row * block.stride, block.columns));
        }
        largest = largestInGroups<kLanes>(largest);
        if (fields.ordinary(largest)) {
            quantiseRows<R>(block, Steps(format, fields.of(largest)), largestCode);
        } else {
            quantiseBlockScalar(format, block);
        }
    }
}

/// One row, blocks of 1, 2, 4, ... lanes: groups of lanes share.
template <Rounding R, std::int64_t Group>
void blocksOfLanes(const KernelFormat& format, const Panel& panel) {
    const Fields fields(format);
    const auto largestCode = hn::Set(kF, format.largestCode);
    forEachVector(panel.columns, [&](std::int64_t column, std::int64_t count) MANTISSA_INLINE {
        const auto x = load(panel.in + column, count);
        const auto largest = largestInGroups<Group>(magnitudeBits(x));
        if (fields.ordinary(largest)) {
            store(codesInBlock<R>(x, Steps(format, fields.of(largest)), largestCode,
                                  panel.wordsFrom(0, column), count),
                  panel.out + column, count);
            return;
        }
        for (std::int64_t c = 0; c < count; c += Group) {
            quantiseBlockScalar(format, subPanel(panel, column + c, HWY_MIN(Group, count - c)));
        }
    });
}

/// Rows that one pass may copy while it looks for the maxima.
constexpr std::int64_t kCopiedRows = 64;

/// Blocks of one column: each lane is a block of its own, which runs down the rows. Short blocks
/// are copied while their maxima are found: rows a power of two apart would push each other out of
/// the first-level cache before the second pass.
template <Rounding R>
void blocksDown(const KernelFormat& format, const Panel& panel) {
    const Fields fields(format);
    const auto largestCode = hn::Set(kF, format.largestCode);
    HWY_ALIGN std::array<float, kCopiedRows * kLanes> copy;
    const bool copied = panel.rows <= kCopiedRows;
    forEachVector(panel.columns, [&](std::int64_t column, std::int64_t count) MANTISSA_INLINE {
        auto largest = hn::Zero(kI);
        for (std::int64_t row = 0; row < panel.rows; ++row) {
            const auto x = load(panel.in + row * panel.stride + column, count);
            largest = hn::Max(largest, magnitudeBits(x));
            if (copied) {
                hn::Store(x, kF, copy.data() + row * kLanes);
            }
        }
        if (!fields.ordinary(largest)) {
            for (std::int64_t c = 0; c < count; ++c) {
                quantiseBlockScalar(format, subPanel(panel, column + c, 1));
            }
            return;
        }
        const Steps steps(format, fields.of(largest));
        for (std::int64_t row = 0; row < panel.rows; ++row) {
            const auto at = row * panel.stride + column;
            const auto x =
                copied ? hn::Load(kF, copy.data() + row * kLanes) : load(panel.in + at, count);
            store(codesInBlock<R>(x, steps, largestCode, panel.wordsFrom(row, column), count),
                  panel.out + at, count);
        }
    });
}

template <Rounding R>
struct Blocks {
    static void run(const KernelFormat& format, const Panel& panel) {
        if (panel.rows == 1 && panel.blockColumns <= kLanes) {
            switch (panel.blockColumns) {
                case 1:
                    return blocksOfLanes<R, 1>(format, panel);
                case 2:
                    return blocksOfLanes<R, 2>(format, panel);
                case 4:
                    return blocksOfLanes<R, 4>(format, panel);
                case 8:
                    return blocksOfLanes<R, HWY_MIN(kLanes, 8)>(format, panel);
                case 16:
                    return blocksOfLanes<R, HWY_MIN(kLanes, 16)>(format, panel);
                default:
                    break;
            }
        }
        if (panel.blockColumns == 1) {
            blocksDown<R>(format, panel);
        } else {
            blocksAlong<R>(format, panel);
        }
    }
};

template <Rounding R>
struct Minifloats {
    static void run(const KernelFormat& format, const Panel& row) {
        const MinifloatLanes lanes(format);
        forEachVector(row.columns, [&](std::int64_t i, std::int64_t count) MANTISSA_INLINE {
            const auto x = load(row.in + i, count);
            const auto magnitudes = magnitudeBits(x);
            if (lanes.fields.ordinary(magnitudes)) {
                store(lanes.quantised<R>(x, Steps(format, lanes.fields.of(magnitudes)),
                                         row.wordsFrom(0, i), count),
                      row.out + i, count);
            } else {
                quantiseMinifloatScalar(format, subPanel(row, i, count));
            }
        });
    }
};

template <Rounding R>
struct InBlock {
    static void run(const KernelFormat& format, int stepExponent, const Panel& row) {
        const Steps steps(stepExponent);
        const auto largestCode = hn::Set(kF, format.largestCode);
        forEachVector(row.columns, [&](std::int64_t i, std::int64_t count) MANTISSA_INLINE {
            const auto x = load(row.in + i, count);
            const auto code = codesInBlock<R>(x, steps, largestCode, row.wordsFrom(0, i), count);
            store(hn::IfThenElse(isFinite(x), code, x), row.out + i, count);
        });
    }
};

template <template <Rounding> typename Kernel, typename... Arguments>
void withRounding(Rounding rounding, const Arguments&... arguments) {
    switch (rounding) {
        case Rounding::NearestEven:
            return Kernel<Rounding::NearestEven>::run(arguments...);
        case Rounding::NearestAway:
            return Kernel<Rounding::NearestAway>::run(arguments...);
        case Rounding::NearestUp:
            return Kernel<Rounding::NearestUp>::run(arguments...);
        case Rounding::TowardZero:
            return Kernel<Rounding::TowardZero>::run(arguments...);
        case Rounding::Stochastic:
            return Kernel<Rounding::Stochastic>::run(arguments...);
    }
}

void blocks(const KernelFormat& format, const Panel& panel) {
    withRounding<Blocks>(format.rounding, format, panel);
}

void minifloat(const KernelFormat& format, const Panel& row) {
    withRounding<Minifloats>(format.rounding, format, row);
}

void inBlock(const KernelFormat& format, int stepExponent, const Panel& row) {
    withRounding<InBlock>(format.rounding, format, stepExponent, row);
}

std::uint32_t largestBits(const float* in, std::int64_t count) {
    return static_cast<std::uint32_t>(
        hn::GetLane(largestInGroups<kLanes>(largestOfRow(in, count))));
}

const QuantiseKernels* kernels() {
    static constexpr QuantiseKernels table{
        HWY_TARGET == HWY_AVX2 ? "AVX2" : (HWY_TARGET == HWY_AVX3 ? "AVX3" : "vector"),
        blocks,
        minifloat,
        largestBits,
        inBlock,
        randomWords};
    return &table;
}

#else

const QuantiseKernels* kernels() {
    return nullptr;
}

#endif

}  // namespace mantissa::numerics::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mantissa::numerics {

HWY_EXPORT(kernels);

const QuantiseKernels* fastKernels() {
    return HWY_DYNAMIC_DISPATCH(kernels)();
}

namespace {

struct Paths {
    std::vector<std::int64_t> targets;
    std::vector<std::string_view> names;
};

/// Asked once, before any test narrows the choice: each supported target, best (lowest bit) first.
const Paths& paths() {
    static const Paths found = [] {
        Paths result;
        const std::int64_t supported = hwy::SupportedTargets() & HWY_TARGETS;
        for (int bit = 0; bit < 62; ++bit) {
            const std::int64_t target = std::int64_t{1} << bit;
            if ((supported & target) == 0) {
                continue;
            }
            hwy::SetSupportedTargetsForTest(target);
            if (const auto* table = fastKernels()) {
                result.targets.push_back(target);
                result.names.push_back(table->name);
            }
        }
        hwy::SetSupportedTargetsForTest(0);
        return result;
    }();
    return found;
}

}  // namespace

std::span<const std::string_view> vectorPaths() {
    return paths().names;
}

void useVectorPath(std::string_view name) {
    const auto& [targets, names] = paths();
    hwy::SetSupportedTargetsForTest(0);
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) {
            hwy::SetSupportedTargetsForTest(targets[i]);
        }
    }
}

}  // namespace mantissa::numerics
#endif
