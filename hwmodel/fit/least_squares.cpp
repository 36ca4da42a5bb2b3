// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/fit/least_squares.h"

#include <cmath>
#include <limits>

namespace mantissa::hw::fit {
namespace {

using Matrix = std::vector<std::vector<double>>;  ///< rows; the last column is the right-hand side

constexpr double kNegligible = 1e-9;

/// Reflects column `pivot` below the diagonal to zero.
void reflect(Matrix& rows, std::size_t pivot, std::size_t columns) {
    double norm = 0;
    for (std::size_t r = pivot; r < rows.size(); ++r) {
        norm += rows[r][pivot] * rows[r][pivot];
    }
    norm = std::sqrt(norm);
    if (norm == 0) {
        return;
    }
    const double alpha = rows[pivot][pivot] > 0 ? -norm : norm;
    std::vector<double> v(rows.size(), 0.0);
    double length = 0;
    for (std::size_t r = pivot; r < rows.size(); ++r) {
        v[r] = rows[r][pivot] - (r == pivot ? alpha : 0.0);
        length += v[r] * v[r];
    }
    if (length == 0) {
        return;
    }
    for (std::size_t c = pivot; c <= columns; ++c) {
        double dot = 0;
        for (std::size_t r = pivot; r < rows.size(); ++r) {
            dot += v[r] * rows[r][c];
        }
        for (std::size_t r = pivot; r < rows.size(); ++r) {
            rows[r][c] -= 2 * dot / length * v[r];
        }
    }
}

Errors errorsOf(const std::vector<Point>& points, const std::vector<double>& errors_percent) {
    Errors errors;
    std::size_t counted = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const double error = std::abs(errors_percent[i]);
        if (std::isnan(error)) {
            continue;
        }
        ++counted;
        errors.mean_percent += error;
        if (error >= errors.max_percent) {
            errors.max_percent = error;
            errors.worst = points[i].name;
        }
    }
    errors.mean_percent /= counted > 0 ? static_cast<double>(counted) : 1.0;
    return errors;
}

double errorOf(const std::vector<double>& coefficients, const Point& point) {
    return 100 * (predict(coefficients, point) / point.value - 1);
}

}  // namespace

std::vector<double> solve(const std::vector<Point>& points) {
    const std::size_t columns = points.front().terms.size();
    Matrix rows;
    for (const auto& point : points) {
        std::vector<double> row;
        for (const double term : point.terms) {
            row.push_back(term / point.value);
        }
        row.push_back(1);
        rows.push_back(std::move(row));
    }
    std::vector<double> scale(columns, 0.0);
    for (std::size_t c = 0; c < columns; ++c) {
        for (const auto& row : rows) {
            scale[c] += row[c] * row[c];
        }
        scale[c] = std::sqrt(scale[c]);
        reflect(rows, c, columns);
    }
    std::vector<double> coefficients(columns, 0.0);
    for (std::size_t c = columns; c-- > 0;) {
        double rest = rows[c][columns];
        for (std::size_t k = c + 1; k < columns; ++k) {
            rest -= rows[c][k] * coefficients[k];
        }
        const bool dependent = std::abs(rows[c][c]) <= kNegligible * scale[c];
        coefficients[c] = dependent ? 0.0 : rest / rows[c][c];
    }
    return coefficients;
}

double predict(const std::vector<double>& coefficients, const Point& point) {
    double sum = 0;
    for (std::size_t i = 0; i < coefficients.size(); ++i) {
        sum += coefficients[i] * point.terms[i];
    }
    return sum;
}

Fitted fitPoints(const std::vector<Point>& points) {
    Fitted fitted;
    fitted.coefficients = solve(points);
    std::vector<double> errors;
    for (std::size_t i = 0; i < points.size(); ++i) {
        errors.push_back(errorOf(fitted.coefficients, points[i]));
        auto others = points;
        others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
        const bool enough = others.size() >= points[i].terms.size();
        fitted.leftOut_percent.push_back(enough ? errorOf(solve(others), points[i])
                                                : std::numeric_limits<double>::quiet_NaN());
    }
    fitted.errors = errorsOf(points, errors);
    fitted.leftOut = errorsOf(points, fitted.leftOut_percent);
    return fitted;
}

}  // namespace mantissa::hw::fit
