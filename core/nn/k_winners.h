// SPDX-License-Identifier: GPL-3.0-or-later
// k winners take all: the largest numbers of each column stay, the others become zero.
#pragma once

#include <array>
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

/// What tells the winners of each column from the others: integers in the order of the numbers.
struct Winners {
    std::array<std::int32_t, kWinnerColumns> smallest;  ///< of the winners
    std::array<std::int32_t, kWinnerColumns> equals;    ///< how many that are equal to it win
};

/// The `winners` (1 to elements) largest of each column. Of equal numbers the first win; NaN is
/// larger than any number. `scratch` holds elements * kWinnerColumns floats.
void findWinners(const Columns& columns, std::int64_t winners, const float* x, Winners& found,
                 float* scratch);

/// to = from where x wins, else +0. `to` may be `from`.
void keepWinners(const Columns& columns, const Winners& winners, const float* x, const float* from,
                 float* to);

/// The norm of both: sorts each column.
void keepWinnersRef(const Columns& columns, std::int64_t winners, const float* x, const float* from,
                    float* to);

}  // namespace mantissa::nn
