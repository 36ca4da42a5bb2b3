// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/published/qkeras.h"

#include <algorithm>
#include <cmath>

#include "hwmodel/horowitz.h"

namespace mantissa::hw::qkeras {

double integerAdd_pj(double bits) {
    return 0.003125 * bits;
}

double integerMultiply_pj(double bits) {
    return 0.002994791667 * bits * bits + 0.001041666667 * bits;
}

double floatAdd_pj(double significand) {
    return std::max(horowitz::floatAddEnergy_pj(significand), integerAdd_pj(significand));
}

double floatMultiply_pj(double significand) {
    return significand * significand / 240 + 13 * significand / 240;
}

double sramBit_pj(double sizeBits) {
    const double level = std::log2(sizeBits);
    return 9.02427321e-4 * level * level * level - 2.68847858e-2 * level * level +
           0.208900804 * level;
}

double dramBit_pj() {
    return 1300.0 / 64;
}

}  // namespace mantissa::hw::qkeras
