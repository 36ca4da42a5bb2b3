// SPDX-License-Identifier: GPL-3.0-or-later
// Formats whose blocks are small integers times a power of two: what bit-true integer dot products
// can take.
#pragma once

#include <cstdint>
#include <optional>

#include "core/numerics/format.h"
#include "core/shape.h"

namespace mantissa::numerics {

struct IntegerBlocks {
    int magnitudeBits = 0;  ///< of the integers, the sign apart
    /// Along the block axis so many consecutive elements, counted from its beginning, share a power
    /// of two; at least its extent where all do.
    std::int64_t run = 0;
};

/// Block floating point (but not the exempt rule), MX, fixed point and minifloats, all of whose
/// finite numbers in a block are integers times one power of two; empty for the other formats.
std::optional<IntegerBlocks> integerBlocks(const Format& format, const Shape& shape, int axis);

}  // namespace mantissa::numerics
