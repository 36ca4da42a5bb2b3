// SPDX-License-Identifier: GPL-3.0-or-later
// The header of NumPy's .npy files (NEP 1; format versions 1.0 to 3.0); private to core/data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/shape.h"

namespace mantissa::data {

struct NpyHeader {
    std::string elementType;  ///< "<f4", "|u1", "a structured type"
    bool fortranOrder = false;
    Shape shape;             ///< up to kNpyMaxRank extents
    std::int64_t count = 0;  ///< of elements
};

/// Fills all of the span with the next bytes; false where there are fewer.
using ReadExactly = std::function<bool(std::span<char>)>;

/// Reads up to the first value. Errors: Corrupt, Unsupported for a later version or more than 32
/// axes.
Result<NpyHeader> readNpyHeader(const ReadExactly& read, std::string_view where);

/// Values in Fortran order (the first axis runs fastest) in C order.
template <typename T>
std::vector<T> toCOrder(const std::vector<T>& fortran, const Shape& shape) {
    std::vector<std::size_t> strides(shape.size(), 1);
    for (std::size_t axis = 1; axis < shape.size(); ++axis) {
        strides[axis] = strides[axis - 1] * static_cast<std::size_t>(shape[axis - 1]);
    }
    std::vector<T> values(fortran.size());
    std::vector<std::int64_t> index(shape.size(), 0);
    std::size_t source = 0;
    for (auto& value : values) {
        value = fortran[source];
        for (std::size_t axis = shape.size(); axis-- > 0;) {
            source += strides[axis];
            if (++index[axis] < shape[axis]) {
                break;
            }
            source -= strides[axis] * static_cast<std::size_t>(shape[axis]);
            index[axis] = 0;
        }
    }
    return values;
}

/// The unsigned integer that `sizeof(Word)` bytes say in the file's order.
template <typename Word>
Word wordAt(const char* bytes, bool bigEndian) {
    Word word = 0;
    for (std::size_t i = 0; i < sizeof(Word); ++i) {
        const auto byte = static_cast<unsigned char>(bytes[bigEndian ? i : sizeof(Word) - 1 - i]);
        word = static_cast<Word>(static_cast<std::uint64_t>(word) << 8U | byte);
    }
    return word;
}

}  // namespace mantissa::data
