// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/published/epfl.h"

#include <array>
#include <cmath>
#include <cstddef>

namespace mantissa::hw::epfl {
namespace {

constexpr int kLeastBits = 2;
// Widths 2 to 10, 12, 14, 16.
constexpr std::array<int, 12> kWidths{2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16};
constexpr std::array<double, 12> kMultiplier{3.04,   13.24,  30.86,  53.22,  69.50,  111.78,
                                             122.72, 164.15, 189.42, 275.93, 377.62, 493.41};
constexpr std::array<double, 12> kAdder{2.79,  5.22,  7.53,  9.84,  12.15, 14.46,
                                        16.77, 19.08, 21.38, 26.00, 30.62, 35.24};

struct FloatAreas {
    double multiplier, adder, accumulator, relu;
};
constexpr FloatAreas kBinary32{1009.06, 485.27, 864.84, 15.31};
constexpr FloatAreas kBinary16{234.25, 201.81, 396.94, 7.53};  // its ReLU is not listed: bfloat16's
constexpr FloatAreas kBfloat16{135.84, 173.14, 365.59, 7.53};

const FloatAreas& areasOf(Float format) {
    return format == Float::Binary32   ? kBinary32
           : format == Float::Binary16 ? kBinary16
                                       : kBfloat16;
}

double tableAt(const std::array<double, 12>& table, int width) {
    for (std::size_t i = 0; i < kWidths.size(); ++i) {
        if (kWidths[i] == width) {
            return table[i];
        }
    }
    return -1;
}

constexpr int kExponentBits = 10;
constexpr int kSystolicBlock = 16;

/// Block to bfloat16, product width 2m, mantissas of 2 to 8 bits.
double toBfloat16_um2(int signedBits) {
    constexpr std::array<double, 7> kArea{70.2, 80.8, 91.4, 102.3, 113.5, 121.7, 136.9};
    return kArea.at(static_cast<std::size_t>(signedBits - kLeastBits));
}

/// bfloat16 to a block of n: straight lines through the table's n = 2, 4, 6, 32.
double fromBfloat16_um2(int signedBits, int elements) {
    switch (signedBits) {
        case 4:
            return 35.814 * elements + 136.326;
        case 6:
            return 41.700 * elements + 156.946;
        default:
            return 47.762 * elements + 167.767;
    }
}

}  // namespace

double multiplierArea_um2(int signedBits) {
    const double listed = tableAt(kMultiplier, signedBits);
    if (listed >= 0) {
        return listed;
    }
    return 0.5 * (multiplierArea_um2(signedBits - 1) + multiplierArea_um2(signedBits + 1));
}

double adderArea_um2(int width) {
    const double listed = tableAt(kAdder, width);
    return listed >= 0 ? listed : 2.3085 * width - 1.701;
}

double floatMacArea_um2(Float format) {
    return areasOf(format).multiplier + areasOf(format).adder;
}

double systolicArea_um2(int signedBits) {
    const int sumBits = 2 * signedBits + static_cast<int>(std::ceil(std::log2(kSystolicBlock))) + 1;
    return multiplierArea_um2(signedBits) + adderArea_um2(sumBits) +
           kBfloat16.adder / kSystolicBlock +
           adderArea_um2(kExponentBits) / (kSystolicBlock * kSystolicBlock);
}

double dotArea_um2(int signedBits, int elements) {
    return elements * multiplierArea_um2(signedBits) +
           (elements - 1) * adderArea_um2(2 * signedBits) + adderArea_um2(kExponentBits) +
           toBfloat16_um2(signedBits) + kBfloat16.accumulator + kBfloat16.relu +
           fromBfloat16_um2(signedBits, elements);
}

double floatDotArea_um2(Float format, int elements) {
    const auto& areas = areasOf(format);
    return elements * areas.multiplier + (elements - 1) * areas.adder + areas.accumulator +
           areas.relu;
}

}  // namespace mantissa::hw::epfl
