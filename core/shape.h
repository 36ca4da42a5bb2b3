// SPDX-License-Identifier: GPL-3.0-or-later
// The extents of a tensor, row-major, any rank.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mantissa {

using Shape = std::vector<std::int64_t>;

/// Product of the extents; 1 for rank 0.
inline std::int64_t elementCount(const Shape& shape) {
    std::int64_t count = 1;
    for (const auto extent : shape) {
        count *= extent;
    }
    return count;
}

/// "128 x 6 x 28 x 28".
inline std::string shapeText(const Shape& shape) {
    std::string text;
    for (const auto extent : shape) {
        text += (text.empty() ? "" : " x ") + std::to_string(extent);
    }
    return text.empty() ? "scalar" : text;
}

}  // namespace mantissa
