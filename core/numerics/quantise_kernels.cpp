// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled once for each instruction set (Highway's foreach_target); the first caller picks.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/numerics/quantise_kernels.cpp"
// 128-bit x86 is left to the scalar norm.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)
#include "core/numerics/quantise_kernels.h"

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

template <Rounding R>
void quantiseRows(const Panel& part, const Steps& steps, VF largestCode) {
    for (std::int64_t row = 0; row < part.rows; ++row) {
        const float* const in = part.in + row * part.stride;
        float* const out = part.out + row * part.stride;
        std::int64_t column = 0;
        for (; column + kLanes <= part.columns; column += kLanes) {
            const auto x = hn::LoadU(kF, in + column);
            hn::StoreU(codesInBlock<R>(x, steps, largestCode, part.wordsFrom(row, column), kLanes),
                       kF, out + column);
        }
        if (const auto rest = part.columns - column; rest > 0) {
            const auto mask = hn::FirstN(kF, static_cast<std::size_t>(rest));
            const auto x = hn::MaskedLoad(mask, kF, in + column);
            hn::BlendedStore(
                codesInBlock<R>(x, steps, largestCode, part.wordsFrom(row, column), rest), mask, kF,
                out + column);
        }
    }
}

VI largestOfRow(const float* in, std::int64_t count) {
    auto largest = hn::Zero(kI);
    std::int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
        largest = hn::Max(largest, magnitudeBits(hn::LoadU(kF, in + i)));
    }
    if (i < count) {
        const auto mask = hn::FirstN(kF, static_cast<std::size_t>(count - i));
        largest = hn::Max(largest, magnitudeBits(hn::MaskedLoad(mask, kF, in + i)));
    }
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
        const auto field = fields.of(largestInGroups(largest, kLanes));
        if (field.ordinary) {
            quantiseRows<R>(block, Steps(format, field.value), largestCode);
        } else {
            quantiseBlockScalar(format, block);
        }
    }
}

/// One row, blocks of 1, 2, 4, ... lanes: groups of lanes share.
template <Rounding R>
void blocksOfLanes(const KernelFormat& format, const Panel& panel) {
    const Fields fields(format);
    const auto largestCode = hn::Set(kF, format.largestCode);
    for (std::int64_t column = 0; column < panel.columns; column += kLanes) {
        const auto count = HWY_MIN(kLanes, panel.columns - column);
        const bool full = count == kLanes;
        const auto mask = hn::FirstN(kF, static_cast<std::size_t>(count));
        const auto x =
            full ? hn::LoadU(kF, panel.in + column) : hn::MaskedLoad(mask, kF, panel.in + column);
        const auto field = fields.of(largestInGroups(magnitudeBits(x), panel.blockColumns));
        if (!field.ordinary) {
            for (std::int64_t c = 0; c < count; c += panel.blockColumns) {
                quantiseBlockScalar(
                    format, subPanel(panel, column + c, HWY_MIN(panel.blockColumns, count - c)));
            }
            continue;
        }
        const auto result = codesInBlock<R>(x, Steps(format, field.value), largestCode,
                                            panel.wordsFrom(0, column), count);
        if (full) {
            hn::StoreU(result, kF, panel.out + column);
        } else {
            hn::BlendedStore(result, mask, kF, panel.out + column);
        }
    }
}

/// Blocks of one column: each lane is a block of its own, which runs down the rows.
template <Rounding R>
void blocksDown(const KernelFormat& format, const Panel& panel) {
    const Fields fields(format);
    const auto largestCode = hn::Set(kF, format.largestCode);
    for (std::int64_t column = 0; column < panel.columns; column += kLanes) {
        const Panel part = subPanel(panel, column, HWY_MIN(kLanes, panel.columns - column));
        auto largest = hn::Zero(kI);
        for (std::int64_t row = 0; row < part.rows; ++row) {
            largest = hn::Max(largest, largestOfRow(part.in + row * part.stride, part.columns));
        }
        const auto field = fields.of(largest);
        if (field.ordinary) {
            quantiseRows<R>(part, Steps(format, field.value), largestCode);
            continue;
        }
        for (std::int64_t c = 0; c < part.columns; ++c) {
            quantiseBlockScalar(format, subPanel(part, c, 1));
        }
    }
}

template <Rounding R>
struct Blocks {
    static void run(const KernelFormat& format, const Panel& panel) {
        const auto width = panel.blockColumns;
        if (panel.rows == 1 && width <= kLanes && (width & (width - 1)) == 0) {
            blocksOfLanes<R>(format, panel);
        } else if (width == 1) {
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
        for (std::int64_t i = 0; i < row.columns; i += kLanes) {
            const auto count = HWY_MIN(kLanes, row.columns - i);
            const bool full = count == kLanes;
            const auto mask = hn::FirstN(kF, static_cast<std::size_t>(count));
            const auto x = full ? hn::LoadU(kF, row.in + i) : hn::MaskedLoad(mask, kF, row.in + i);
            const auto field = lanes.fields.of(magnitudeBits(x));
            if (!field.ordinary) {
                quantiseMinifloatScalar(format, subPanel(row, i, count));
                continue;
            }
            const auto result =
                lanes.quantised<R>(x, Steps(format, field.value), row.wordsFrom(0, i), count);
            if (full) {
                hn::StoreU(result, kF, row.out + i);
            } else {
                hn::BlendedStore(result, mask, kF, row.out + i);
            }
        }
    }
};

template <Rounding R>
struct InBlock {
    static void run(const KernelFormat& format, int stepExponent, const Panel& row) {
        const Steps steps(stepExponent);
        const auto largestCode = hn::Set(kF, format.largestCode);
        for (std::int64_t i = 0; i < row.columns; i += kLanes) {
            const auto count = HWY_MIN(kLanes, row.columns - i);
            const auto mask = hn::FirstN(kF, static_cast<std::size_t>(count));
            const auto x = hn::MaskedLoad(mask, kF, row.in + i);
            const auto code = codesInBlock<R>(x, steps, largestCode, row.wordsFrom(0, i), count);
            hn::BlendedStore(hn::IfThenElse(isFinite(x), code, x), mask, kF, row.out + i);
        }
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
        hn::GetLane(largestInGroups(largestOfRow(in, count), kLanes)));
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
