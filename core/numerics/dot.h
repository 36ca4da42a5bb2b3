// SPDX-License-Identifier: GPL-3.0-or-later
// Dot products under an emulated multiplier and accumulator: the scalar norms of every fast path.
#pragma once

#include <cstdint>
#include <span>

#include "core/numerics/accumulator.h"
#include "core/numerics/multiply.h"
#include "core/numerics/quantise.h"

namespace mantissa::numerics {

/// The partial sum after a term: sum + term as if exact (both finite terms have a binary64 value
/// each), then rounded once as `format` says; overflow is judged after rounding, whatever its
/// direction. `word` decides stochastic rounding, see roundMagnitude. NaN and Inf as in IEEE 754.
float addRounded(float sum, double term, const PartialSum& format, std::uint32_t word = 0);

/// sum + term in two's complement of `bits` bits, for `sum` inside its ends and |term| <= 2^62.
std::int64_t addInteger(std::int64_t sum, std::int64_t term, int bits, IntegerOverflow overflow);

/// The dot product of two vectors of equal length n. Products are taken and added in ascending k,
/// to a partial sum that starts at +0:
///   EveryAdd: sum = round(sum + a[k] b[k]) for each k; blockSize has no effect.
///   EveryBlock: for each blockSize >= 1 successive k (the last block may be short) block is the
///   sum of a[k] b[k] in binary64, exact while the products are whole multiples of a common step
///   and their sums stay below 2^53 of them, as with operands that share exponents; then sum =
///   round(sum + block).
/// a[k] b[k] is multiply()'s binary32 number, but exact and unrounded under ExactMultiplier: with
/// the accumulator fp32 that is the chain of fused multiply-adds of the program's matrix products.
/// Stochastic: with R the roundings of one dot product (n, or the number of blocks), rounding r of
/// output `element` >= 0 takes randomWord(key, element R + r).
float dot(std::span<const float> a, std::span<const float> b, std::int64_t blockSize,
          const LoadedMultiplier& multiplier, const FloatAccumulator& accumulator,
          const RandomKey& key = {}, std::int64_t element = 0);

/// A vector in blocks that share exponents: element k has the value
/// mantissas[k] 2^stepExponents[k / blockSize]. Step exponents lie in -400..400, one for each
/// block, a short one at the end included.
struct BlockVector {
    std::span<const std::int32_t> mantissas;
    std::span<const int> stepExponents;
};

/// The dot product of two vectors of equal length and blocks. For each block integer = 0, then in
/// ascending k integer = integer + mantissaA[k] mantissaB[k], each product exact and the sum
/// brought into the accumulator's bits after every addition; then sum = round(sum + number
/// 2^(stepA + stepB)), number being the integer rounded to binary32, to a partial sum that starts
/// at +0 and is rounded once a block. Random words as for dot() with EveryBlock.
float blockDot(const BlockVector& a, const BlockVector& b, std::int64_t blockSize,
               const IntegerAccumulator& accumulator, const RandomKey& key = {},
               std::int64_t element = 0);

}  // namespace mantissa::numerics
