// SPDX-License-Identifier: GPL-3.0-or-later
// Finding the values of a codebook.
#pragma once

#include <vector>

#include "core/numerics/formats/value_sets.h"

namespace mantissa::numerics {

/// 2^bits values in ascending order for finite numbers in ascending order: Lloyd's algorithm in
/// double precision from values evenly spaced over the range, at most `iterations` rounds; a number
/// in the middle between two values counts for the lower, and a value without numbers stays. Zeros
/// for no numbers.
std::vector<float> fitCodebook(const std::vector<float>& numbers, int bits, int iterations);

}  // namespace mantissa::numerics
