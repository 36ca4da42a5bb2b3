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

#include "core/numerics/chunk-inl.h"
#include "core/numerics/measure-inl.h"
#include "core/numerics/philox-inl.h"
#include "core/numerics/rounding-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mantissa::numerics::HWY_NAMESPACE {

#if MANTISSA_VECTOR_QUANTISE

/// One row whose elements or short blocks each lie in one chunk: `chunk(x, words, y, limit)`
/// quantises a chunk and tells the largest magnitudes, unless it says false: then `scalar(panel)`
/// does it.
template <Rounding R, typename ChunkStep, typename Scalar>
HWY_INLINE void alongRow(const Panel& row, const ChunkStep& chunk, const Scalar& scalar) {
    WordsOfChunks<R> words(row);
    ClipCounter clipped(row);
    forEachChunk(row.columns, [&](std::int64_t column, auto count) MANTISSA_INLINE {
        prefetchChunk(row.in + column);
        const Chunk x = loadChunk(row.in + column, count);
        Chunk y;
        Chunk limit;
        if (chunk(x, words.next(row, 0, column, kChunk), y, limit)) {
            storeChunk(y, row.out + column, count, row.stream);
            clipped.add(x, limit);
        } else {
            scalar(row.part(column, count));
        }
    });
    clipped.finish();
}

template <Rounding R>
struct Minifloats {
    static void run(const KernelFormat& format, const Panel& row) {
        const MinifloatStep step(format);
        const auto hugeAbove = hn::Set(kI, format.hugeAbove);
        const auto tinyBelow = hn::Set(kI, format.tinyBelow);
        const auto chunk = [&](const Chunk& x, const ChunkWords& words, Chunk& y,
                               Chunk& limit) MANTISSA_INLINE {
            auto other = hn::Gt(largestOf(x), hugeAbove);
            if (format.tinyBelow > 0) {
                forEachVector([&](auto v) MANTISSA_INLINE {
                    const auto magnitude = magnitudeBits(x[v]);
                    other = hn::Or(other, hn::And(hn::Lt(magnitude, tinyBelow),
                                                  hn::Gt(magnitude, hn::Zero(kI))));
                });
            }
            if (!hn::AllFalse(kI, other)) {
                return false;
            }
            forEachVector(
                [&](auto v) MANTISSA_INLINE { y[v] = step.quantised<R>(x[v], words[v], format); });
            forEachVector([&](auto v) MANTISSA_INLINE { limit[v] = step.largest; });
            return true;
        };
        alongRow<R>(row, chunk, [&](const Panel& part) { quantiseMinifloatScalar(format, part); });
    }
};

/// One row of blocks of 1, 2, 4, ... elements, up to a chunk.
template <Rounding R, std::int64_t Block>
void blocksInChunks(const KernelFormat& format, const Panel& row) {
    const BlockStep step(format);
    const auto chunk = [&](const Chunk& x, const ChunkWords& words, Chunk& y,
                           Chunk& limit) MANTISSA_INLINE {
        Chunk grid;
        if (!gridsOf<Block>(step, x, grid)) {
            return false;
        }
        forEachVector([&](auto v) MANTISSA_INLINE {
            limit[v] = step.limitOf(grid[v]);
            y[v] = quantisedInBlock<R>(x[v], grid[v], limit[v], words[v], format);
        });
        return true;
    };
    alongRow<R>(row, chunk, [&](const Panel& part) {
        for (std::int64_t c = 0; c < part.columns; c += Block) {
            quantiseBlockScalar(format, part.part(c, HWY_MIN(Block, part.columns - c)));
        }
    });
}

template <Rounding R>
struct InBlock {
    static void run(const KernelFormat& format, int stepExponent, const Panel& row) {
        const auto grid = hn::BitCast(kF, hn::Set(kI, (127 + 23 + stepExponent) * kOneField));
        const auto ofBlock = hn::Mul(grid, hn::Set(kF, format.limitPerGrid));
        const auto chunk = [&](const Chunk& x, const ChunkWords& words, Chunk& y,
                               Chunk& limit) MANTISSA_INLINE {
            if (!hn::AllFalse(kI, hn::Gt(largestOf(x), hn::Set(kI, kLargestFinite)))) {
                return false;
            }
            forEachVector([&](auto v) MANTISSA_INLINE {
                y[v] = quantisedInBlock<R>(x[v], grid, ofBlock, words[v], format);
            });
            forEachVector([&](auto v) MANTISSA_INLINE { limit[v] = ofBlock; });
            return true;
        };
        alongRow<R>(row, chunk,
                    [&](const Panel& part) { quantiseInBlockScalar(format, stepExponent, part); });
    }
};

/// Blocks of any number of rows and columns, one after the other.
template <Rounding R>
void blocksAlong(const KernelFormat& format, const Panel& panel) {
    const BlockStep step(format);
    ClipCounter clipped(panel);
    for (std::int64_t column = 0; column < panel.columns; column += panel.blockColumns) {
        const Panel block = panel.part(column, HWY_MIN(panel.blockColumns, panel.columns - column));
        auto largest = hn::Zero(kI);
        for (std::int64_t row = 0; row < block.rows; ++row) {
            largest =
                hn::Max(largest, largestOfRow(block.in + row * block.inStride, block.columns));
        }
        largest = largestInGroups<kLanes>(largest);
        if (!step.ordinary(largest)) {
            quantiseBlockScalar(format, block);
            continue;
        }
        const auto grid = step.gridOf(largest);
        const auto limit = step.limitOf(grid);
        for (std::int64_t row = 0; row < block.rows; ++row) {
            forEachVectorOfRow(block.columns,
                               [&](std::int64_t c, std::int64_t count) MANTISSA_INLINE {
                                   const auto x = load(block.in + row * block.inStride + c, count);
                                   const auto word = loadWord<R>(block.wordsFrom(row, c));
                                   store(quantisedInBlock<R>(x, grid, limit, word, format),
                                         block.out + row * block.outStride + c, count);
                                   clipped.add(x, limit);
                               });
        }
    }
    clipped.finish();
}

/// Rows that one pass may copy while it looks for the maxima.
constexpr std::int64_t kCopiedRows = 64;
using Copy = std::array<float, static_cast<std::size_t>(kCopiedRows* kChunk)>;

/// The largest magnitudes of each column of a strip one chunk wide. Short blocks are copied on the
/// way: rows a power of two apart would push each other out of the first-level cache before they
/// are read again.
template <typename Count>
HWY_INLINE ChunkBits largestDown(const Panel& strip, Count count, Copy& copy) {
    ChunkBits largest;
    forEachVector([&](auto v) MANTISSA_INLINE { largest[v] = hn::Zero(kI); });
    for (std::int64_t row = 0; row < strip.rows; ++row) {
        const Chunk x = loadChunk(strip.in + row * strip.inStride, count);
        forEachVector(
            [&](auto v) MANTISSA_INLINE { largest[v] = hn::Max(largest[v], magnitudeBits(x[v])); });
        if (strip.rows <= kCopiedRows) {
            storeChunk(x, copy.data() + row * kChunk, WholeChunk{}, false);
        }
    }
    return largest;
}

template <Rounding R, typename Count>
HWY_INLINE void quantiseDown(const KernelFormat& format, const Panel& strip, Count count,
                             const Copy& copy, const Chunk& grid, const Chunk& limit,
                             ClipCounter& clipped) {
    WordsOfChunks<R> random(strip);
    for (std::int64_t row = 0; row < strip.rows; ++row) {
        const bool copied = strip.rows <= kCopiedRows;
        const float* const from =
            copied ? copy.data() + row * kChunk : strip.in + row * strip.inStride;
        const Chunk x = loadChunk(from, count);
        const ChunkWords words = random.next(strip, row, 0, strip.inStride);
        Chunk y;
        forEachVector([&](auto v) MANTISSA_INLINE {
            y[v] = quantisedInBlock<R>(x[v], grid[v], limit[v], words[v], format);
        });
        storeChunk(y, strip.out + row * strip.outStride, count, strip.stream);
        clipped.add(x, limit);
    }
}

/// Blocks of one column: each lane is a block of its own, which runs down the rows.
template <Rounding R>
void blocksDown(const KernelFormat& format, const Panel& panel) {
    const BlockStep step(format);
    ClipCounter clipped(panel);
    HWY_ALIGN Copy copy;
    forEachChunk(panel.columns, [&](std::int64_t column, auto count) MANTISSA_INLINE {
        const Panel strip = panel.part(column, count);
        const ChunkBits largest = largestDown(strip, count, copy);
        bool ordinary = true;
        Chunk grid;
        Chunk limit;
        forEachVector([&](auto v) MANTISSA_INLINE {
            ordinary = ordinary && step.ordinary(largest[v]);
            grid[v] = step.gridOf(largest[v]);
            limit[v] = step.limitOf(grid[v]);
        });
        if (ordinary) {
            quantiseDown<R>(format, strip, count, copy, grid, limit, clipped);
            return;
        }
        for (std::int64_t c = 0; c < count; ++c) {
            quantiseBlockScalar(format, strip.part(c, 1));
        }
    });
    clipped.finish();
}

template <Rounding R>
struct Blocks {
    static void run(const KernelFormat& format, const Panel& panel) {
        if (panel.rows > 1 || !inChunks(panel)) {
            return panel.blockColumns == 1 ? blocksDown<R>(format, panel)
                                           : blocksAlong<R>(format, panel);
        }
        switch (panel.blockColumns) {
            case 1:
                return blocksInChunks<R, 1>(format, panel);
            case 2:
                return blocksInChunks<R, 2>(format, panel);
            case 4:
                return blocksInChunks<R, 4>(format, panel);
            case 8:
                return blocksInChunks<R, 8>(format, panel);
            case 16:
                return blocksInChunks<R, 16>(format, panel);
            case 32:
                return blocksInChunks<R, 32>(format, panel);
            default:
                return blocksInChunks<R, kChunk>(format, panel);
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
        case Rounding::NearestDown:
            return Kernel<Rounding::NearestDown>::run(arguments...);
        case Rounding::TowardZero:
            return Kernel<Rounding::TowardZero>::run(arguments...);
        case Rounding::Floor:
            return Kernel<Rounding::Floor>::run(arguments...);
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
        randomWords,
        measureRow};
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
