// SPDX-License-Identifier: GPL-3.0-or-later
// What an instruction set offers quantise(): inner loops over one panel of memory. Every function
// gives the bytes of the scalar norm; what a vector cannot (Inf, NaN, steps near the ends of
// binary32) it hands to the scalar functions below.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/numerics/format.h"
#include "core/numerics/lane_sums.h"
#include "core/numerics/quantise.h"
#include "core/numerics/scalar_rounding.h"

namespace mantissa::numerics {

/// A format as the vector loops need it. Exponents are binary32 fields F: a number of exponent
/// F - 127 has p magnitude bits, so its step is 2^(F - 126 - p). The ceil rule is the floor rule
/// with F one lower, and a minifloat is a block of one element with p = M + 1. Vectors know a step
/// by its grid, 2^23 steps, whose field is F + 24 - p: binary32 numbers from one to two grids are
/// the multiples of the step.
struct KernelFormat {
    Rounding rounding = Rounding::NearestEven;
    int randomBits = kFullRandomBits;  ///< of each word, for stochastic rounding: 1..24
    BlockFloat block = {};     ///< for the scalar functions, where the format is a BlockFloat
    Minifloat minifloat = {};  ///< the same for a Minifloat
    std::int32_t magnitudeBits = 1;
    std::int32_t lowestField = 0;   ///< of those that the vectors' arithmetic is exact for
    std::int32_t highestField = 0;  ///< the same
    /// Binary32 bits of a largest magnitude: what is not zero and below, or is above, may need a
    /// field outside these ends and is the scalar norm's.
    std::int32_t tinyBelow = 0;
    std::int32_t hugeAbove = 0;
    bool ceil = false;
    float epsilon = 0;
    float limitPerGrid = 0;  ///< BlockFloat: the largest magnitude, 2^p - 1 steps, over the grid
    float flushBelow = 0;    ///< Minifloat: the smallest normal number; 0 with subnormals
    float largest = 0;       ///< Minifloat
    float overflow = 0;      ///< Minifloat: the power of two above `largest`, or binary32's end
    bool saturate = true;    ///< Minifloat: off, overflow becomes Inf
};
KernelFormat kernelFormat(const BlockFloat& format, Rounding rounding, int randomBits);
KernelFormat kernelFormat(const Minifloat& format, Rounding rounding, int randomBits);

/// `rows` x `columns` elements, cut along the columns into blocks of all rows and `blockColumns`
/// columns (the last may be short). Strides lead from row to row.
struct Panel {
    const float* in = nullptr;
    float* out = nullptr;
    /// Stochastic rounding only: each element's random word; a chunk may be read past a row's end.
    /// Null where rows begin with a group of the generator and the kernel works in chunks: it then
    /// makes them itself, from `key` and `index`, the first element's.
    const std::uint32_t* words = nullptr;
    RandomKey key = {};
    std::int64_t index = 0;
    std::int64_t rows = 1;
    std::int64_t columns = 0;
    std::int64_t inStride = 0;
    std::int64_t outStride = 0;
    std::int64_t wordStride = 0;
    std::int64_t blockColumns = 1;
    /// Write past the caches; `out`, its stride and its blocks are multiples of 64 bytes.
    bool stream = false;
    std::int64_t* clipped = nullptr;  ///< if set, counts finite magnitudes above the limit

    std::int64_t indexOf(std::int64_t row, std::int64_t column) const {
        return index + row * inStride + column;
    }
    const std::uint32_t* wordsFrom(std::int64_t row, std::int64_t column) const {
        return words == nullptr ? nullptr : words + row * wordStride + column;
    }
    Panel part(std::int64_t column, std::int64_t count) const {
        Panel result = *this;
        result.in += column;
        result.out += column;
        result.words = wordsFrom(0, column);
        result.index += column;
        result.columns = count;
        return result;
    }
};

/// Elements that kernels take at once where they can, and that one call of the generator serves.
inline constexpr std::int64_t kChunk = 64;

/// Whether blocks of such panels lie in chunks, or each in one column: other shapes are slower.
inline bool inChunks(const Panel& panel) {
    return panel.blockColumns == 1 || (panel.rows == 1 && kChunk % panel.blockColumns == 0);
}

struct QuantiseKernels {
    std::string_view name;
    void (*blocks)(const KernelFormat& format, const Panel& panel);
    /// A panel's blocks do not matter here: one row, each element alone.
    void (*minifloat)(const KernelFormat& format, const Panel& row);
    /// Binary32 bits of the largest magnitude of a row, Inf and NaN included.
    std::uint32_t (*largestBits)(const float* in, std::int64_t count);
    /// One row of a block whose step 2^stepExponent is given, which inBlockIsExact().
    void (*inBlock)(const KernelFormat& format, int stepExponent, const Panel& row);
    /// The random words of the elements [64 firstGroup, 64 (firstGroup + groups)), and perhaps of
    /// the group after them.
    void (*randomWords)(const RandomKey& key, std::int64_t firstGroup, std::int64_t groups,
                        std::uint32_t* words);
    /// Adds what became of one row (see LaneSums) and copies `quantised` to `out`, past the caches
    /// if `stream`, which needs `out` at a multiple of 64 bytes.
    void (*measureRow)(const MeasuredRow& row, LaneSums& sums);
};

/// The best this machine has; null where only the scalar norm runs.
const QuantiseKernels* fastKernels();

/// Whether the vectors' arithmetic is exact for blocks of step 2^stepExponent.
bool inBlockIsExact(const KernelFormat& format, int stepExponent);

/// The scalar norm on one block, `block.blockColumns` being ignored.
void quantiseBlockScalar(const KernelFormat& format, const Panel& block);
void quantiseMinifloatScalar(const KernelFormat& format, const Panel& row);
void quantiseInBlockScalar(const KernelFormat& format, int stepExponent, const Panel& block);

/// Names of the instruction sets with kernels on this machine, best first; may be empty.
std::span<const std::string_view> vectorPaths();
/// For tests: makes quantise() take the named one of vectorPaths(), or the best where `name` is
/// empty. Not while another thread quantises.
void useVectorPath(std::string_view name);

}  // namespace mantissa::numerics
