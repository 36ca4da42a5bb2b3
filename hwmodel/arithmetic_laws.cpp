// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/arithmetic_laws.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace mantissa::hw::laws {
namespace {

/// ceil(log2(n + 1)): bits that hold n, so the stages of a shifter over n positions.
int bitsFor(int n) {
    return static_cast<int>(std::bit_width(static_cast<unsigned>(std::max(n, 0))));
}

double log2Of(double value) {
    return std::log2(std::max(value, 1.0));
}

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

double adderNand2(int width) {
    return 5.022 * width + 0.442 * width * log2Of(width);
}

double adderTreeNand2(int elements, int width) {
    return 7.013 * (elements - 1) * width;
}

double multiplierNand2(int widthA, int widthB) {
    const auto [low, high] = std::minmax(widthA, widthB);
    if (low == 1) {
        return 1.33 * high;  // a row of AND gates: the law holds from 2 bits
    }
    return 8.987 * low * high - 8.835 * (low + high) + 12.586;
}

double maximumNand2(int width) {
    return 6.038 * width;
}

double exactFloatMultiplierNand2(int significandA, int significandB, int exponentBitsOut) {
    return 7.836 * significandA * significandB + 9.606 * 0.5 * (significandA + significandB) +
           3.804 * exponentBitsOut - 12.361;
}

double roundedFloatMultiplierNand2(int significandA, int significandB, int exponentBits) {
    return 7.693 * significandA * significandB + 28.262 * 0.5 * (significandA + significandB) +
           12.639 * exponentBits - 78.729;
}

double floatAdderNand2(FloatShape shape) {
    const int width = shape.fractionBits + 4;  // significand with guard bits
    return 6.354 * width * bitsFor(width) + 22.708 * width + 16.683 * shape.exponentBits;
}

double floatRangeNand2(FloatShape shape) {
    return 17.806 * (1 + shape.exponentBits + shape.fractionBits);
}

double floatDividerNand2(FloatShape shape) {
    return 43.191 * shape.fractionBits + 33.288 * shape.exponentBits + 125.507;
}

double floatRootNand2(FloatShape shape) {
    return 41.461 * shape.fractionBits + 20.485 * shape.exponentBits + 119.909;
}

double blockDotNand2(int elements, int bitsA, int bitsB) {
    const double product = static_cast<double>(bitsA) * bitsB;
    const double mean = 0.5 * (bitsA + bitsB);
    return 7.936 * elements * product + 14.786 * elements * mean -
           8.557 * (bitsA + bitsB + log2Of(elements));
}

double integerToFloatNand2(int width, FloatShape to) {
    const double rounding = width > to.fractionBits + 1 ? 10.265 * to.fractionBits : 0.0;
    return 0.652 * width * bitsFor(width) + 16.526 * width + 7.01 * to.exponentBits + rounding;
}

double blockQuantiserNand2(int elements, int signedBits, int exponentBits) {
    return elements *
           (3.375 * signedBits * bitsFor(signedBits) + 5.546 * signedBits + 11.533 * exponentBits);
}

double floatConverterNand2(int exponentBitsFrom, int fractionBitsTo) {
    return 6.7 * exponentBitsFrom + 4.043 * fractionBitsTo;
}

double leadingZerosNand2(int width) {
    return std::max(2.649 * width - 5.993, 0.5 * width);  // the law is negative below 3 bits
}

double shifterNand2(int width, int stages) {
    return 1.998 * width * stages + 0.045 * width;
}

double gateRowNand2(int exclusiveOrs, int ands) {
    return 2.0 * exclusiveOrs + 1.33 * ands;  // XOR2_X1 and AND2_X1 of NanGate45
}

double adderDelay_ps(int width) {
    return 31.68 * width + 19.36 * log2Of(width) - 25.18;
}

double adderTreeDelay_ps(int elements, int width) {
    // Fitted on 4 to 32 elements of 8 and 16 bits: mean 4 %, largest 9 %.
    const double law = 32.06 * width + 227.7 * log2Of(elements) - 124.0;
    return elements > 1 ? std::max(law, 60.0) : 0.0;
}

double shifterDelay_ps(int width) {
    return 10.0 * width + 128.0;  // 8 to 32 bits, as many positions: within 2 %
}

double gateDelay_ps() {
    return 60.0;
}

double multiplierDelay_ps(int widthA, int widthB) {
    const double law =
        26.52 * (widthA + widthB) + 137.21 * log2Of(static_cast<double>(widthA) * widthB) - 369.6;
    return std::max(law, 40.0);  // one AND gate
}

double maximumDelay_ps(int width) {
    return 22.02 * width + 141.67;
}

double exactFloatMultiplierDelay_ps(double significand) {
    return 174.37 * significand + 63.92;
}

double roundedFloatMultiplierDelay_ps(double significand, int exponentBits) {
    return 169.32 * significand + 19.19 * exponentBits + 297.8;
}

double floatAdderDelay_ps(FloatShape shape) {
    return 155.66 * (shape.fractionBits + 4) + 116.63 * shape.exponentBits + 12.93;
}

double floatRangeDelay_ps(FloatShape shape) {
    return 30.06 * (1 + shape.exponentBits + shape.fractionBits) + 280.45;
}

double floatDividerDelay_ps(FloatShape shape) {
    return 49.35 * shape.fractionBits + 452.46;
}

double floatRootDelay_ps(FloatShape shape) {
    return 39.29 * shape.fractionBits + 280.47;
}

double blockDotDelay_ps(int elements, double magnitudeBits) {
    const double law = 42.694 * (2 * magnitudeBits + log2Of(elements)) +
                       249.83 * log2Of(elements * magnitudeBits) - 424.15;
    return std::max(law, 80.0);
}

double integerToFloatDelay_ps(int width) {
    return 67.3 * width + 521.63;
}

double blockQuantiserDelay_ps(int elements, int signedBits, int exponentBits) {
    const double law = 205.72 * log2Of(elements) * log2Of(exponentBits) + 54.1 * signedBits - 32.17;
    return std::max(law, 200.0);  // fitted on 4 and 16 elements
}

double floatConverterDelay_ps(int exponentBitsFrom, int fractionBitsTo) {
    return 33.22 * exponentBitsFrom + 38.32 * fractionBitsTo + 4.15;
}

double horowitzAddEnergy_pj(double width) {
    if (width <= 8) {
        return 0.03 * width / 8;
    }
    return width <= 16 ? line(width, 8, 0.03, 16, 0.05) : line(width, 16, 0.05, 32, 0.1);
}

double horowitzMultiplyEnergy_pj(double widthSquared) {
    return quadratic(widthSquared, std::sqrt(widthSquared), 8, 0.2, 32, 3.1);
}

double horowitzFloatAddEnergy_pj(double significand) {
    return std::max(line(significand, 11, 0.4, 24, 0.9), horowitzAddEnergy_pj(significand));
}

double horowitzFloatMultiplyEnergy_pj(int significandA, int significandB) {
    return quadratic(static_cast<double>(significandA) * significandB,
                     0.5 * (significandA + significandB), 11, 1.1, 24, 3.7);
}

double horowitzAddArea_um2(double width) {
    if (width <= 8) {
        return 36 * width / 8;
    }
    return width <= 16 ? line(width, 8, 36, 16, 67) : line(width, 16, 67, 32, 137);
}

double horowitzMultiplyArea_um2(double widthSquared) {
    return quadratic(widthSquared, std::sqrt(widthSquared), 8, 282, 32, 3495);
}

double horowitzFloatAddArea_um2(double significand) {
    return quadratic(significand * significand, significand, 11, 1360, 24, 4184);
}

double horowitzFloatMultiplyArea_um2(int significandA, int significandB) {
    return quadratic(static_cast<double>(significandA) * significandB,
                     0.5 * (significandA + significandB), 11, 1640, 24, 7700);
}

}  // namespace mantissa::hw::laws
