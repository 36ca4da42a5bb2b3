// SPDX-License-Identifier: GPL-3.0-or-later
// k winners take all: the largest numbers of each column stay, the others become zero.
#pragma once

#include <cstdint>

namespace mantissa::nn {

/// Columns that are worked on side by side.
inline constexpr std::int64_t kWinnerColumns = 16;

/// Element i of column c stands at i * elementStride + c * columnStride.
struct Columns {
    std::int64_t count = 0;  ///< 1 to kWinnerColumns
    std::int64_t elements = 0;
    std::int64_t elementStride = 1;
    std::int64_t columnStride = 1;
};

/// to = from where x is among the `winners` (1 to elements) largest of its column, else +0. Of
/// equal numbers the first win; NaN is larger than any number. `to` may be `from`; `scratch` holds
/// elements * kWinnerColumns floats.
void keepWinners(const Columns& columns, std::int64_t winners, const float* x, const float* from,
                 float* to, float* scratch);

/// The norm: sorts each column.
void keepWinnersRef(const Columns& columns, std::int64_t winners, const float* x, const float* from,
                    float* to);

}  // namespace mantissa::nn
