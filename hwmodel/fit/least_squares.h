// SPDX-License-Identifier: GPL-3.0-or-later
// Least squares of relative errors, small and deterministic.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace mantissa::hw::fit {

/// One observation: the value of each term, and the figure that their sum should be.
struct Point {
    std::string name;
    std::vector<double> terms;
    double value = 0;
};

/// Coefficients that minimise the sum over points of (prediction / value - 1)^2, by Householder
/// reflections. Values must be positive; there must be as many points as terms. Terms that the
/// points cannot tell apart give a coefficient of 0 to the later one.
std::vector<double> solve(const std::vector<Point>& points);

double predict(const std::vector<double>& coefficients, const Point& point);

struct Errors {
    double mean_percent = 0;
    double max_percent = 0;
    std::string worst;
};

struct Fitted {
    std::vector<double> coefficients;
    Errors errors;
    Errors leftOut;                       ///< each point predicted by a fit on all others
    std::vector<double> leftOut_percent;  ///< signed, a point; NaN where the others are too few
};
Fitted fitPoints(const std::vector<Point>& points);

}  // namespace mantissa::hw::fit
