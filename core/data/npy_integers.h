// SPDX-License-Identifier: GPL-3.0-or-later
// NumPy's .npy files of whole numbers from 0 on: pixels and labels.
#pragma once

#include <cstdint>
#include <vector>

#include "core/data/byte_stream.h"
#include "core/label.h"
#include "core/shape.h"

namespace mantissa::data {

using Pixel = std::uint8_t;

template <typename Value>
struct NpyIntegers {
    Shape shape;
    std::vector<Value> values;  ///< in C order
};

/// Reads one array of integers or booleans of 1 to 8 bytes, of either byte order, in C or Fortran
/// order. Memory grows with what the stream holds. Errors: as readNpy; Unsupported for any other
/// element type, and for more than 2^32 elements; InvalidInput for a number that `Value`, Pixel
/// or Label, cannot hold; Cancelled.
template <typename Value>
Result<NpyIntegers<Value>> readNpyIntegers(ByteStream& stream, const JobContext& context = {});

extern template Result<NpyIntegers<Pixel>> readNpyIntegers(ByteStream&, const JobContext&);
extern template Result<NpyIntegers<Label>> readNpyIntegers(ByteStream&, const JobContext&);

}  // namespace mantissa::data
