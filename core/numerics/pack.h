// SPDX-License-Identifier: GPL-3.0-or-later
// A tensor of a format as the bits that memory holds: what the hardware model charges for.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/numerics/format.h"
#include "core/shape.h"

namespace mantissa::numerics {

/// Blocks in row-major order, each with its shared fields before its elements, which are row-major
/// too; formats/block_codes.h says what the fields are. Bit k of the tensor is bit k % 8 of byte
/// k / 8, and the lowest bit of a field comes first; nothing is aligned.
struct PackedTensor {
    std::vector<std::uint8_t> bytes;  ///< zeros behind the last bit
    std::int64_t bits = 0;            ///< storageBits() of the format, shape and axis
    bool operator==(const PackedTensor&) const = default;
};

/// Encodes numbers of the format, as quantise() returns them; what blocks share is found again from
/// the numbers alone. Errors name the first element that has no code (NaN in fixed point, a number
/// between two of the format, one too large or too small beside its block), its number and the
/// format, or say what is wrong with the format, shape or axis.
Result<PackedTensor> pack(std::span<const float> values, const Shape& shape, int axis,
                          const Format& format);

/// The numbers that pack() was given, bit for bit except for the payload of a NaN. Errors: more or
/// fewer bits than the shape takes, codes that the format leaves unused.
Result<std::vector<float>> unpack(const PackedTensor& packed, const Shape& shape, int axis,
                                  const Format& format);

}  // namespace mantissa::numerics
