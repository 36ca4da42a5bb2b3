// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/horowitz.h"

#include <algorithm>
#include <cmath>

namespace mantissa::hw::horowitz {
namespace {

/// A straight line through two points of a table.
double line(double x, double x0, double y0, double x1, double y1) {
    return y0 + (x - x0) * (y1 - y0) / (x1 - x0);
}

/// y = a x^2 + b x through (x0, y0) and (x1, y1), with the square and the width apart so that
/// operands of different widths fit in: x^2 becomes a product, x a mean.
double quadratic(double square, double width, double x0, double y0, double x1, double y1) {
    const double a = (y1 / x1 - y0 / x0) / (x1 - x0);
    const double b = y0 / x0 - a * x0;
    return a * square + b * width;
}

}  // namespace

double addEnergy_pj(double width) {
    if (width <= 8) {
        return 0.03 * width / 8;
    }
    return width <= 16 ? line(width, 8, 0.03, 16, 0.05) : line(width, 16, 0.05, 32, 0.1);
}

double multiplyEnergy_pj(double widthSquared) {
    return quadratic(widthSquared, std::sqrt(widthSquared), 8, 0.2, 32, 3.1);
}

double floatAddEnergy_pj(double significand) {
    return std::max(line(significand, 11, 0.4, 24, 0.9), addEnergy_pj(significand));
}

double floatMultiplyEnergy_pj(int significandA, int significandB) {
    return quadratic(static_cast<double>(significandA) * significandB,
                     0.5 * (significandA + significandB), 11, 1.1, 24, 3.7);
}

double addArea_um2(double width) {
    if (width <= 8) {
        return 36 * width / 8;
    }
    return width <= 16 ? line(width, 8, 36, 16, 67) : line(width, 16, 67, 32, 137);
}

double multiplyArea_um2(double widthSquared) {
    return quadratic(widthSquared, std::sqrt(widthSquared), 8, 282, 32, 3495);
}

double floatAddArea_um2(double significand) {
    return quadratic(significand * significand, significand, 11, 1360, 24, 4184);
}

double floatMultiplyArea_um2(int significandA, int significandB) {
    return quadratic(static_cast<double>(significandA) * significandB,
                     0.5 * (significandA + significandB), 11, 1640, 24, 7700);
}

}  // namespace mantissa::hw::horowitz
