// SPDX-License-Identifier: GPL-3.0-or-later
// NumPy's .npy files of whole numbers from 0 to 255: pixels and labels.
#pragma once

#include <cstdint>
#include <vector>

#include "core/data/byte_stream.h"
#include "core/shape.h"

namespace mantissa::data {

struct NpyBytes {
    Shape shape;
    std::vector<std::uint8_t> values;  ///< in C order
};

/// Reads one array of integers or booleans of 1 to 8 bytes, of either byte order, in C or Fortran
/// order. Memory grows with what the stream holds. Errors: as readNpy; Unsupported for any other
/// element type, and for more than 2^32 elements; InvalidInput for a number below 0 or above 255;
/// Cancelled.
Result<NpyBytes> readNpyBytes(ByteStream& stream, const JobContext& context = {});

}  // namespace mantissa::data
