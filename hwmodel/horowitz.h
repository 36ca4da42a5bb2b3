// SPDX-License-Identifier: GPL-3.0-or-later
// Horowitz, ISSCC 2014, 45 nm, 0.9 V: energies and the areas attributed to him (unverified), exact
// at the table's widths and interpolated between them.
#pragma once

namespace mantissa::hw::horowitz {

double addEnergy_pj(double width);
/// Products of different widths enter as the product of both.
double multiplyEnergy_pj(double widthSquared);
double floatAddEnergy_pj(double significand);
double floatMultiplyEnergy_pj(int significandA, int significandB);
double addArea_um2(double width);
double multiplyArea_um2(double widthSquared);
double floatAddArea_um2(double significand);
double floatMultiplyArea_um2(int significandA, int significandB);

}  // namespace mantissa::hw::horowitz
