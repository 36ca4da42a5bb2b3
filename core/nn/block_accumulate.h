// SPDX-License-Identifier: GPL-3.0-or-later
// Bit-true products whose partial sums are kept in other numbers than binary32.
#pragma once

#include <cstdint>
#include <optional>

#include "core/error.h"
#include "core/numerics/accumulator.h"

namespace mantissa::nn {

/// A sum as it goes on: `term` is added, and the sum rounded once as `between` says.
float addTerm(float sum, float term, const numerics::PartialSum& between);

/// Whether training emulates it: it does not round partial sums stochastically.
Result<void> checkAccumulator(const numerics::Accumulator& accumulator);

/// What partial sums are kept in; empty where that is FP32 from block to block, as kernels have it.
std::optional<numerics::PartialSum> partialSumOf(const numerics::Accumulator& accumulator);

/// Whether every product is added to the partial sum by itself: it is a segment of its own then.
bool roundsEveryProduct(const numerics::Accumulator& accumulator);

/// Two's complement bits that hold every sum of `length` products of integers of so many magnitude
/// bits, and every sum on the way to it.
int sumBits(int magnitudeBitsA, int magnitudeBitsB, std::int64_t length);

}  // namespace mantissa::nn
