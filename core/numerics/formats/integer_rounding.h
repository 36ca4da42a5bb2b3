// SPDX-License-Identifier: GPL-3.0-or-later
// The arithmetic of scales and steps in binary32: what the norm does and what unpacking reproduces.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/numerics/formats/integer_formats.h"

namespace mantissa::numerics {

/// +0 for zero: two's complement and unsigned codes have one.
inline float withOneZero(double value) {
    return value == 0 ? 0.0F : static_cast<float>(value);
}

/// The number of an affine code. A scale that was rounded up may lead past the end of binary32.
inline float affineValue(double code, float scale, float lowest) {
    constexpr double kLargest = std::numeric_limits<float>::max();
    return withOneZero(
        std::fmin(code * static_cast<double>(scale) + static_cast<double>(lowest), kLargest));
}

/// The step in binary32, as it travels: rounding it down keeps the bound, and at the smallest step
/// every number is a multiple.
inline float storedStep(double step) {
    auto stored = static_cast<float>(std::fmin(step, std::numeric_limits<float>::max()));
    if (static_cast<double>(stored) > step) {
        stored = std::nextafter(stored, 0.0F);
    }
    return std::max(stored, std::numeric_limits<float>::denorm_min());
}

}  // namespace mantissa::numerics
