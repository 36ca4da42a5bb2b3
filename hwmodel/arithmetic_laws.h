// SPDX-License-Identifier: GPL-3.0-or-later
// The fitted laws as bare functions: NAND2 equivalents, picoseconds and Horowitz' figures.
#pragma once

#include "hwmodel/arithmetic.h"

namespace mantissa::hw::laws {

// NAND2 equivalents; NanGate45, nominal flow of the synthesis. Widths in bits.
double adderNand2(int width);
double adderTreeNand2(int elements, int width);
double multiplierNand2(int widthA, int widthB);
double maximumNand2(int width);
double exactFloatMultiplierNand2(int significandA, int significandB, int exponentBitsOut);
double roundedFloatMultiplierNand2(int significandA, int significandB, int exponentBits);
double floatAdderNand2(FloatShape shape);
double floatRangeNand2(FloatShape shape);
double floatDividerNand2(FloatShape shape);
double floatRootNand2(FloatShape shape);
double blockDotNand2(int elements, int bitsA, int bitsB);
double integerToFloatNand2(int width, FloatShape to);
double blockQuantiserNand2(int elements, int signedBits, int exponentBits);
double floatConverterNand2(int exponentBitsFrom, int fractionBitsTo);
double leadingZerosNand2(int width);
double shifterNand2(int width, int stages);
double gateRowNand2(int exclusiveOrs, int ands);

// Picoseconds, same flow.
double adderDelay_ps(int width);
double adderTreeDelay_ps(int elements, int width);
double shifterDelay_ps(int width);
double gateDelay_ps();
double multiplierDelay_ps(int widthA, int widthB);
double maximumDelay_ps(int width);
double exactFloatMultiplierDelay_ps(double significand);
double roundedFloatMultiplierDelay_ps(double significand, int exponentBits);
double floatAdderDelay_ps(FloatShape shape);
double floatRangeDelay_ps(FloatShape shape);
double floatDividerDelay_ps(FloatShape shape);
double floatRootDelay_ps(FloatShape shape);
double blockDotDelay_ps(int elements, double magnitudeBits);
double integerToFloatDelay_ps(int width);
double blockQuantiserDelay_ps(int elements, int signedBits, int exponentBits);
double floatConverterDelay_ps(int exponentBitsFrom, int fractionBitsTo);

// Horowitz, ISSCC 2014, 45 nm, 0.9 V: exact at the table's widths.
double horowitzAddEnergy_pj(double width);
double horowitzMultiplyEnergy_pj(double widthSquared);
double horowitzFloatAddEnergy_pj(double significand);
double horowitzFloatMultiplyEnergy_pj(int significandA, int significandB);
double horowitzAddArea_um2(double width);
double horowitzMultiplyArea_um2(double widthSquared);
double horowitzFloatAddArea_um2(double significand);
double horowitzFloatMultiplyArea_um2(int significandA, int significandB);

}  // namespace mantissa::hw::laws
