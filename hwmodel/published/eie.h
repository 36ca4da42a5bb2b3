// SPDX-License-Identifier: GPL-3.0-or-later
// EIE (Han et al., ISCA 2016, arXiv 1602.01528v2), TSMC 45 nm, 800 MHz: the processing element as
// published, and what follows from it.
#pragma once

#include <span>
#include <string_view>

namespace mantissa::hw::eie {

struct Row {
    std::string_view name;
    double power_mw;
    double area_um2;
};
/// The element's memory, clock, registers, logic and filler (Table II).
std::span<const Row> byComponent();
/// The same element by block; the filler has no power.
std::span<const Row> byBlock();
Row total(std::span<const Row> rows, std::string_view name);

inline constexpr int kElements = 64;
inline constexpr double kClockMhz = 800;
/// SRAM of an element: sparse matrix 128, pointers 32, activations 2 KiB.
inline constexpr double kSramKib = 162;

double arrayArea_mm2(int elements);
double arrayPower_mw(int elements);
double sramBitArea_um2();
/// 10^9 operations a second, two a multiplication.
double peakGops();
/// Microseconds of a layer without padding and imbalance: in x out x densities over the array.
double idealTime_us(double in, double out, double weightDensity, double activationDensity);
/// A layer of Tables III and IV, of AlexNet, VGG-16 and NeuralTalk: densities, and microseconds of
/// one image.
struct Layer {
    std::string_view id;  ///< "alex6"
    double in, out;
    double weightDensity, activationDensity;
    double theoretical_us, actual_us;
    double gpu_us, cpu_us;  ///< dense, on a Titan X and an i7-5930k
};
std::span<const Layer> layers();
/// With padding zeros, of weights whose zeros are spread at random: idealTime_us by
/// entriesPerNonzero.
double paddedTime_us(const Layer& layer);
/// Stored entries for each non-zero: a run of more than 15 zeros takes a padding zero.
/// Of non-zeros spread at random, one in so many elements.
double entriesPerNonzero(double density);

}  // namespace mantissa::hw::eie
