// SPDX-License-Identifier: GPL-3.0-or-later
// The arithmetic of one microscaled block: what the norm does and each fast path reproduces.
#pragma once

#include <cstdint>
#include <optional>

#include "core/numerics/format.h"

namespace mantissa::numerics {

/// log2 of the scale of a block with this largest magnitude; one that is too small for the scale's
/// bits, or all zero, takes the smallest. Nothing where it would have to be larger than the scale
/// can say: the scale is then NaN, as in microxcaling.
std::optional<int> scaleExponent(const Microscaled& format, float largestMagnitude);

/// One finite element of a block whose scale is 2^scale.
float quantiseScaled(float x, const Microscaled& format, int scale, Rounding rounding,
                     std::uint32_t word, int randomBits);

}  // namespace mantissa::numerics
