// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/transform/small_matrix.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mantissa::train {
namespace {

/// A share of the mean of the diagonal keeps what is singular solvable.
constexpr double kRidge = 1e-9;

/// X of `a` X = `b`, by Gauss and Jordan with the largest pivot of each column. A pivot of zero
/// leaves its row zero.
SmallMatrix solved(SmallMatrix a, SmallMatrix b) {
    const auto size = a.size;
    for (std::size_t column = 0; column < size; ++column) {
        std::size_t pivot = column;
        for (std::size_t row = column + 1; row < size; ++row) {
            pivot = std::abs(a.at(row, column)) > std::abs(a.at(pivot, column)) ? row : pivot;
        }
        for (std::size_t i = 0; i < size; ++i) {
            std::swap(a.at(column, i), a.at(pivot, i));
            std::swap(b.at(column, i), b.at(pivot, i));
        }
        const double head = a.at(column, column);
        const double factor = head != 0 ? 1 / head : 0;
        for (std::size_t i = 0; i < size; ++i) {
            a.at(column, i) *= factor;
            b.at(column, i) *= factor;
        }
        for (std::size_t row = 0; row < size; ++row) {
            const double share = a.at(row, column);
            for (std::size_t i = 0; row != column && i < size; ++i) {
                a.at(row, i) -= share * a.at(column, i);
                b.at(row, i) -= share * b.at(column, i);
            }
        }
    }
    return b;
}

void addRidge(SmallMatrix& matrix) {
    double trace = 0;
    for (std::size_t i = 0; i < matrix.size; ++i) {
        trace += matrix.at(i, i);
    }
    for (std::size_t i = 0; i < matrix.size; ++i) {
        matrix.at(i, i) += kRidge * trace / static_cast<double>(matrix.size);
    }
}

/// Sum over the rows of a^T b.
SmallMatrix gram(const Vectors& a, const Vectors& b) {
    const auto size = a.empty() ? 0 : a.front().size();
    SmallMatrix sums{size, std::vector<double>(size * size)};
    for (std::size_t row = 0; row < a.size(); ++row) {
        for (std::size_t i = 0; i < size; ++i) {
            for (std::size_t j = 0; j < size; ++j) {
                sums.at(i, j) += a[row][i] * b[row][j];
            }
        }
    }
    return sums;
}

}  // namespace

SmallMatrix SmallMatrix::unit(std::size_t size) {
    SmallMatrix matrix{size, std::vector<double>(size * size)};
    for (std::size_t i = 0; i < size; ++i) {
        matrix.at(i, i) = 1;
    }
    return matrix;
}

std::vector<double> product(const std::vector<double>& vector, const SmallMatrix& matrix) {
    std::vector<double> result(matrix.size);
    for (std::size_t i = 0; i < matrix.size; ++i) {
        for (std::size_t j = 0; j < matrix.size; ++j) {
            result[j] += vector[i] * matrix.at(i, j);
        }
    }
    return result;
}

SmallMatrix inverseOf(const SmallMatrix& matrix) {
    // Through M M^T, which a ridge keeps solvable: M^-1 = M^T (M M^T)^-1.
    const auto size = matrix.size;
    SmallMatrix squared{size, std::vector<double>(size * size)};
    SmallMatrix transposed{size, std::vector<double>(size * size)};
    for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = 0; j < size; ++j) {
            transposed.at(j, i) = matrix.at(i, j);
            for (std::size_t k = 0; k < size; ++k) {
                squared.at(i, j) += matrix.at(i, k) * matrix.at(j, k);
            }
        }
    }
    addRidge(squared);
    const auto middle = solved(squared, SmallMatrix::unit(size));
    SmallMatrix inverse{size, std::vector<double>(size * size)};
    for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = 0; j < size; ++j) {
            for (std::size_t k = 0; k < size; ++k) {
                inverse.at(i, j) += transposed.at(i, k) * middle.at(k, j);
            }
        }
    }
    return inverse;
}

SmallMatrix leastSquares(const Vectors& a, const Vectors& targets) {
    auto squared = gram(a, a);
    addRidge(squared);
    return solved(squared, gram(a, targets));
}

}  // namespace mantissa::train
