// SPDX-License-Identifier: GPL-3.0-or-later
// NumPy's .npy files of floating-point values (NEP 1; format versions 1.0 to 3.0), as binary32.
#pragma once

#include <cstdint>
#include <filesystem>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/shape.h"

namespace mantissa::data {

/// Values in C order (the last axis runs fastest), whatever the order in the file.
struct NpyArray {
    Shape shape;  ///< rank 0 to 32
    std::vector<float> values;
    std::string elementType = "<f4";  ///< in the file: '<' or '>', then f2, f4 or f8
    std::int64_t rounded = 0;     ///< float64 numbers that binary32 cannot hold, to nearest even
    std::int64_t overflowed = 0;  ///< of those, finite numbers that became Inf
};

inline constexpr int kNpyMaxRank = 32;

/// Reads one array of float16, float32 or float64 of either byte order, in C or Fortran order.
/// Nothing is allocated before the header's shape has been held against the bytes that are really
/// there. Errors: not an .npy file, unknown version, malformed header, another element type (says
/// how to convert), truncated, bytes after the array, more than 32 axes.
Result<NpyArray> readNpy(const std::filesystem::path& file);
/// The same from a stream that can seek; `sourceName` stands in errors.
Result<NpyArray> readNpy(std::istream& stream, std::string_view sourceName);

/// All that precedes the values in a file of version 1.0, C order, '<f4'; its length is a multiple
/// of 64 bytes. `shape` has at most 32 axes.
std::string npyHeader(const Shape& shape);

}  // namespace mantissa::data
