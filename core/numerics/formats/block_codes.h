// SPDX-License-Identifier: GPL-3.0-or-later
// How one block of each kind of format lies in memory, field by field. A format whose elements
// share nothing is one block as large as the tensor. Internal to numerics.
//
// Packing is given a block's numbers and must find what its elements share. Everywhere that is the
// smallest shared exponent (or scale) at which the largest magnitude fits: the one that quantised
// the block fits too, so it is not smaller; and each number on the grid of a larger exponent is
// also on the finer grid of a smaller one.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "core/numerics/bit_stream.h"
#include "core/numerics/format.h"

namespace mantissa::numerics {

/// Why an element of a block has no code, or a code no number.
struct CodeFault {
    std::size_t position = 0;  ///< in the block
    std::string reason;
};
using Fault = std::optional<CodeFault>;

/// The 32 bits of the number itself.
Fault packFp32(const Format& format, std::span<const float> block, BitWriter& to);
Fault unpackFp32(const Format& format, BitReader& from, std::span<float> block);

/// Fraction, exponent field, sign. Inf and NaN as the variant has them; a NaN is written with all
/// bits set.
Fault packMinifloat(const Format& format, std::span<const float> block, BitWriter& to);
Fault unpackMinifloat(const Format& format, BitReader& from, std::span<float> block);

/// Scale s + 2^(scaleBits-1) - 1, all ones for NaN (whose elements are zeros); elements as
/// minifloats or in two's complement.
Fault packMicroscaled(const Format& format, std::span<const float> block, BitWriter& to);
Fault unpackMicroscaled(const Format& format, BitReader& from, std::span<float> block);

/// Biased exponent; elements as magnitude (one bit more where codes do not clamp), sign. In chunks:
/// from the lowest, each chunk's bits and the sign; then the further bit. Exempt (our layout):
/// biased exponent of the steps, biased largest exponent; elements as a magnitude, sign, and
/// whether the magnitude is an untouched significand under the largest exponent.
Fault packBlockFloat(const Format& format, std::span<const float> block, BitWriter& to);
Fault unpackBlockFloat(const Format& format, BitReader& from, std::span<float> block);

/// log2 of the step that packing finds for a block with this largest finite magnitude: of a
/// BlockFloat's significands (not Exempt), and of the finest numbers of a Microscaled's elements.
int packedStep(const BlockFloat& format, float largestMagnitude);
int packedStep(const Microscaled& format, float largestMagnitude);

/// Biased exponent; the shift of each sub-block; elements as magnitude, sign.
Fault packMicroExponent(const Format& format, std::span<const float> block, BitWriter& to);
Fault unpackMicroExponent(const Format& format, BitReader& from, std::span<float> block);

/// Two's complement.
Fault packFixedPoint(const Format& format, std::span<const float> block, BitWriter& to);
Fault unpackFixedPoint(const Format& format, BitReader& from, std::span<float> block);

/// Scale and minimum in binary32; unsigned codes.
Fault packAffine(const Format& format, std::span<const float> block, BitWriter& to);
Fault unpackAffine(const Format& format, BitReader& from, std::span<float> block);

/// The step in binary32 where the bound is relative; elements as magnitude, sign.
Fault packBounded(const Format& format, std::span<const float> block, BitWriter& to);
Fault unpackBounded(const Format& format, BitReader& from, std::span<float> block);

/// The largest exponent + 149 in 9 bits where the data choose it; elements as 0 for zero or k for
/// the k-th power from below, sign.
Fault packPowerOfTwo(const Format& format, std::span<const float> block, BitWriter& to);
Fault unpackPowerOfTwo(const Format& format, BitReader& from, std::span<float> block);

/// The scale in binary32, unless it is one; a sign an element.
Fault packBinary(const Format& format, std::span<const float> block, BitWriter& to);
Fault unpackBinary(const Format& format, BitReader& from, std::span<float> block);

/// The scale in binary32, unless it is one; -1, 0, 1 in two's complement.
Fault packTernary(const Format& format, std::span<const float> block, BitWriter& to);
Fault unpackTernary(const Format& format, BitReader& from, std::span<float> block);

/// The values in binary32, ascending, the last repeated where the block has fewer; an index an
/// element.
Fault packCodebook(const Format& format, std::span<const float> block, BitWriter& to);
Fault unpackCodebook(const Format& format, BitReader& from, std::span<float> block);

}  // namespace mantissa::numerics
