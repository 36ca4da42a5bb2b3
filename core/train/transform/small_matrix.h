// SPDX-License-Identifier: GPL-3.0-or-later
// Square matrices of a few rows in binary64, and the least squares that lead to them.
#pragma once

#include <cstddef>
#include <vector>

namespace mantissa::train {

struct SmallMatrix {
    std::size_t size = 0;
    std::vector<double> values;  ///< row by row

    static SmallMatrix unit(std::size_t size);
    double& at(std::size_t row, std::size_t column) { return values[row * size + column]; }
    double at(std::size_t row, std::size_t column) const { return values[row * size + column]; }
};

using Vectors = std::vector<std::vector<double>>;  ///< of one width

/// vector x matrix.
std::vector<double> product(const std::vector<double>& vector, const SmallMatrix& matrix);

/// The inverse; of a singular matrix that of one a little beside it.
SmallMatrix inverseOf(const SmallMatrix& matrix);

/// The B with the smallest |a B - targets|^2 over all rows; a row of `a` is as wide as its target.
/// Directions that `a` does not reach come out (almost) zero.
SmallMatrix leastSquares(const Vectors& a, const Vectors& targets);

}  // namespace mantissa::train
