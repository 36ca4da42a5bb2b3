// SPDX-License-Identifier: GPL-3.0-or-later
// Formats whose blocks are small integers times a power of two: what bit-true integer dot products
// can take.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>

#include "core/numerics/format.h"
#include "core/shape.h"
#include "core/thread_team.h"

namespace mantissa::numerics {

struct IntegerBlocks {
    /// The run where all numbers of the tensor share a power of two.
    static constexpr std::int64_t kWhole = std::numeric_limits<std::int64_t>::max();

    int magnitudeBits = 0;  ///< of the integers, the sign apart
    /// Along the block axis so many consecutive elements, counted from its beginning, share a power
    /// of two.
    std::int64_t run = 0;
};

/// Block floating point (but not the exempt rule), MX, fixed point and minifloats, all of whose
/// finite numbers in a block are integers times one power of two; empty for the other formats.
std::optional<IntegerBlocks> integerBlocks(const Format& format, const Shape& shape, int axis);

/// code 2^step.
struct IntegerNumber {
    /// The step of what is no number: NaN and Inf.
    static constexpr std::int16_t kNone = std::numeric_limits<std::int16_t>::max();

    std::int16_t code = 0;
    std::int16_t step = kNone;
    bool operator==(const IntegerNumber&) const = default;
};

/// Numbers of a format that has integerBlocks() of up to 15 bits, as quantise() returns them, and
/// the integers that pack() stores for them: in each block multiples of the smallest step at which
/// its largest magnitude has a code, though of none finer than binary32's own 2^-149.
void integerNumbers(std::span<const float> values, const Shape& shape, int axis,
                    const Format& format, std::span<IntegerNumber> numbers, ThreadTeam& team);

}  // namespace mantissa::numerics
