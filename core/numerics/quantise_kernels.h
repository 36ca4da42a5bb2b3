// SPDX-License-Identifier: GPL-3.0-or-later
// What an instruction set offers quantise(): inner loops over one panel of memory. Every function
// gives the bytes of the scalar norm; what a vector cannot (Inf, NaN, steps near the ends of
// binary32) it hands to the scalar functions below.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/numerics/format.h"
#include "core/numerics/quantise.h"

namespace mantissa::numerics {

/// A format as the vector loops need it. Exponents are binary32 fields F: a number of exponent
/// F - 127 has p magnitude bits, so its step is 2^(F - 127 + 1 - p). The ceil rule is the floor
/// rule with F one lower, and a minifloat is a block of one element with p = M + 1.
struct KernelFormat {
    Rounding rounding = Rounding::NearestEven;
    BlockFloat block = {};     ///< for the scalar functions, where the format is a BlockFloat
    Minifloat minifloat = {};  ///< the same for a Minifloat
    std::int32_t magnitudeBits = 1;
    std::int32_t lowestField = 0;   ///< of those whose step is a normal number
    std::int32_t highestField = 0;  ///< of those whose step's reciprocal is a normal number
    /// Binary32 bits of a largest magnitude: what is not zero and below, or is above, may need a
    /// field outside these ends and is the scalar norm's.
    std::int32_t tinyBelow = 0;
    std::int32_t hugeAbove = 0;
    bool ceil = false;
    float epsilon = 0;
    float largestCode = 0;    ///< BlockFloat: 2^p - 1
    float flushBelow = 0;     ///< Minifloat: the smallest normal number; 0 with subnormals
    float largest = 0;        ///< Minifloat
    float beyondLargest = 0;  ///< Minifloat: what overflow becomes
};
KernelFormat kernelFormat(const BlockFloat& format, Rounding rounding);
KernelFormat kernelFormat(const Minifloat& format, Rounding rounding);

/// `rows` x `columns` elements, `stride` apart from row to row, cut along the columns into blocks
/// of all rows and `blockColumns` columns (the last may be short). `words` (stochastic rounding
/// only) holds each element's random word, `wordStride` apart from row to row.
struct Panel {
    const float* in = nullptr;
    float* out = nullptr;
    const std::uint32_t* words = nullptr;
    std::int64_t rows = 1;
    std::int64_t columns = 0;
    std::int64_t stride = 0;
    std::int64_t wordStride = 0;
    std::int64_t blockColumns = 1;

    const std::uint32_t* wordsFrom(std::int64_t row, std::int64_t column) const {
        return words == nullptr ? nullptr : words + row * wordStride + column;
    }
};

struct QuantiseKernels {
    std::string_view name;
    void (*blocks)(const KernelFormat& format, const Panel& panel);
    /// A panel's blocks do not matter here: one row, each element alone.
    void (*minifloat)(const KernelFormat& format, const Panel& row);
    /// Binary32 bits of the largest magnitude of a row, Inf and NaN included.
    std::uint32_t (*largestBits)(const float* in, std::int64_t count);
    /// One row of a block whose step 2^stepExponent is given; needs |stepExponent| <= 126.
    void (*inBlock)(const KernelFormat& format, int stepExponent, const Panel& row);
    /// The random words of the elements [64 firstGroup, 64 (firstGroup + groups)).
    void (*randomWords)(const RandomKey& key, std::int64_t firstGroup, std::int64_t groups,
                        std::uint32_t* words);
};

/// The best this machine has; null where only the scalar norm runs.
const QuantiseKernels* fastKernels();

/// The scalar norm on one block, `block.blockColumns` being ignored.
void quantiseBlockScalar(const KernelFormat& format, const Panel& block);
void quantiseMinifloatScalar(const KernelFormat& format, const Panel& row);

/// Names of the instruction sets with kernels on this machine, best first; may be empty.
std::span<const std::string_view> vectorPaths();
/// For tests: makes quantise() take the named one of vectorPaths(), or the best where `name` is
/// empty. Not while another thread quantises.
void useVectorPath(std::string_view name);

}  // namespace mantissa::numerics
