// SPDX-License-Identifier: GPL-3.0-or-later
// What an instruction set offers quantise(): inner loops over one panel of memory. Every function
// gives the bytes of the scalar norm; what a vector cannot (Inf, NaN, steps near the ends of
// binary32) it hands to the scalar functions below.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/numerics/format.h"
#include "core/numerics/formats/power_steps.h"
#include "core/numerics/lane_sums.h"
#include "core/numerics/panels.h"
#include "core/numerics/quantise.h"
#include "core/numerics/scalar_rounding.h"

namespace mantissa::numerics {

/// A format as the vector loops need it (see PowerSteps). Exponents are binary32 fields, E + 127.
/// Vectors know a step by its grid, 2^23 steps: binary32 numbers from one to two grids are the
/// multiples of the step, so that adding a grid to a magnitude and taking it away again rounds it.
struct KernelFormat {
    Format norm = {};  ///< for what vectors leave over; its blocks are as large as a tensor
    Rounding rounding = Rounding::NearestEven;
    int randomBits = kFullRandomBits;  ///< of each word, for stochastic rounding: 1..24
    bool shared = false;               ///< off: every element's smallest grid is the same
    bool floating = false;
    bool infects = false;
    std::int32_t magnitudeBits = 1;
    float epsilon = 0;
    std::int32_t carry = 0;
    std::int32_t lowestField = 0;   ///< of those that the vectors' arithmetic is exact for
    std::int32_t highestField = 0;  ///< the same
    std::int32_t gridOffset = 0;    ///< from the block's field to that of its smallest grid
    /// Binary32 bits of a largest magnitude: what is not zero and below, or is above, may need a
    /// field outside these ends and is the scalar norm's. Of each element where none is shared.
    std::int32_t tinyBelow = 0;
    std::int32_t hugeAbove = 0;
    float limitPerGrid = 0;     ///< what is larger clamps, over the smallest grid
    float negativePerGrid = 0;  ///< the same of negative numbers; 0: as limitPerGrid
    float flushBelow = 0;
    float largest = 0;  ///< where overflow becomes Inf: the largest number
    bool saturate = true;
    bool wide = false;  ///< steps may be finer than those of binary32
    bool oneZero = false;
    bool logMiddle = false;
    std::int64_t subBlock = 0;
    std::int32_t largestShift = 0;
    /// Stochastic rounding by adding to the bits of a number (ElementStep::drawn): so many of them
    /// lie below its step once a grid is added to what has no exponent of its own. The grid is then
    /// 2^(23 - drawnBits) steps. 0: not so.
    int drawnBits = 0;
    bool drawnApart = false;  ///< the bits of what lies above a multiple of the step
    /// LightNorm's rule: elements at the block's largest exponent keep these bits of their
    /// fraction, and the others share the second largest exponent.
    std::int32_t untouchedMask = 0;
    bool exempts = false;
    /// Elements are clamped and rounded, by adding if stochastically, and that is all: nothing is
    /// flushed, becomes Inf or loses a zero's sign, and both signs have the same limit.
    bool plain = false;
};
KernelFormat kernelFormat(const TensorFormat& format, const PowerSteps& steps);

/// The smallest grid's field for elements that share this largest magnitude (binary32 bits); absent
/// where vectors are not exact.
std::optional<std::int32_t> gridField(const KernelFormat& format, std::uint32_t largestBits);

/// `rows` x `columns` elements, cut along the columns into blocks of all rows and `blockColumns`
/// columns (the last may be short). Strides lead from row to row.
struct Panel {
    const float* in = nullptr;
    float* out = nullptr;
    /// What statistics hold `out` against, where `in` was rounded before; null: `in`.
    const float* original = nullptr;
    /// Stochastic rounding only: each element's random word; a chunk may be read past a row's end.
    /// Null where rows begin with a group of the generator: the kernel then makes them itself, from
    /// `key` and `index`, the first element's.
    const std::uint32_t* words = nullptr;
    RandomKey key = {};
    std::int64_t index = 0;
    std::int64_t rows = 1;
    std::int64_t columns = 0;
    std::int64_t inStride = 0;
    std::int64_t outStride = 0;
    std::int64_t originalStride = 0;
    std::int64_t wordStride = 0;
    std::int64_t blockColumns = 1;
    /// So many rows stand side by side, and what they have in common is theirs together.
    std::int64_t folded = 1;
    /// Part of a block with this largest magnitude; 0: whole blocks.
    float largest = 0;
    /// Write past the caches; `out` and its stride are multiples of 64 bytes.
    bool stream = false;
    LaneSums* sums = nullptr;  ///< if set, adds what became of each element

    std::int64_t indexOf(std::int64_t row, std::int64_t column) const {
        return index + row * inStride + column;
    }
    const std::uint32_t* wordsFrom(std::int64_t row, std::int64_t column) const {
        return words == nullptr ? nullptr : words + row * wordStride + column;
    }
    const float* originalFrom(std::int64_t row, std::int64_t column) const {
        return original == nullptr ? in + row * inStride + column
                                   : original + row * originalStride + column;
    }
    /// `count` elements of one row.
    Panel part(std::int64_t row, std::int64_t column, std::int64_t count) const {
        Panel result = *this;
        result.in += row * inStride + column;
        result.out += row * outStride + column;
        result.original = original == nullptr ? nullptr : originalFrom(row, column);
        result.words = wordsFrom(row, column);
        result.index = indexOf(row, column);
        result.rows = 1;
        result.columns = count;
        result.folded = 1;
        return result;
    }
    /// The same elements as longer rows, as many as a chunk holds, where they lie one after the
    /// other and nobody asks for sums, which depend on rows.
    Panel folding() const {
        const std::int64_t fold = kChunk / columns;
        const bool dense = inStride == columns && outStride == columns &&
                           (words == nullptr || wordStride == columns);
        if (sums != nullptr || !dense || rows == 1 || kChunk % columns != 0 || rows % fold != 0) {
            return *this;
        }
        Panel result = *this;
        result.folded = fold;
        result.rows /= fold;
        result.columns = result.inStride = result.outStride = result.wordStride = kChunk;
        return result;
    }
    Panel unfolded() const {
        Panel result = *this;
        if (folded > 1) {
            result.folded = 1;
            result.rows *= folded;
            result.columns /= folded;
            result.inStride = result.outStride = result.wordStride = result.columns;
        }
        return result;
    }
};

/// Whether blocks of such panels lie in chunks.
inline bool inChunks(const Panel& panel) {
    return panel.rows == 1 && panel.folded == 1 && kChunk % panel.blockColumns == 0;
}

struct QuantiseKernels {
    std::string_view name;
    /// Whole blocks, each of a largest magnitude of its own.
    void (*blocks)(const KernelFormat& format, const Panel& panel);
    /// Elements whose smallest grid is given by its field; blocks do not matter here.
    void (*given)(const KernelFormat& format, std::int32_t gridField, const Panel& panel);
    /// Binary32 bits of the largest magnitude of a row, Inf and NaN included.
    std::uint32_t (*largestBits)(const float* in, std::int64_t count);
    /// The random words of the elements [64 firstGroup, 64 (firstGroup + groups)).
    void (*randomWords)(const RandomKey& key, std::int64_t firstGroup, std::int64_t groups,
                        std::uint32_t* words);
    /// Copies past the caches; `to` is a multiple of 64 bytes and `count` of 16.
    void (*copyPast)(const float* from, std::int64_t count, float* to);
};

/// The best this machine has; null where only the scalar norm runs.
const QuantiseKernels* fastKernels();

/// The scalar norm on the blocks of a panel; of the statistics it counts only what clips.
void quantiseByNorm(const KernelFormat& format, const Panel& panel);
/// The same, all statistics included.
void quantisePanelByNorm(const KernelFormat& format, const Panel& panel);

/// Names of the instruction sets with kernels on this machine, best first; may be empty.
std::span<const std::string_view> vectorPaths();
/// For tests: makes quantise() take the named one of vectorPaths(), or the best where `name` is
/// empty. Not while another thread quantises.
void useVectorPath(std::string_view name);

}  // namespace mantissa::numerics
