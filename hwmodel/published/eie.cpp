// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/published/eie.h"

#include <array>
#include <cmath>

namespace mantissa::hw::eie {
namespace {

constexpr std::array<Row, 5> kComponents{{{"memory", 5.416, 594786},
                                          {"clock", 1.874, 866},
                                          {"register", 1.026, 9465},
                                          {"combinational", 0.841, 8946},
                                          {"filler", 0, 23961}}};
constexpr std::array<Row, 6> kBlocks{{{"activation queue", 0.112, 758},
                                      {"pointer read", 1.807, 121849},
                                      {"sparse matrix read", 4.955, 469412},
                                      {"arithmetic", 1.162, 3110},
                                      {"activation read and write", 1.122, 18934},
                                      {"filler", 0, 23961}}};

constexpr std::array<Layer, 9> kLayers{
    {{"alex6", 9216, 4096, .09, .351, 28.1, 30.3, 541.5, 7516.2},
     {"alex7", 4096, 4096, .09, .353, 11.7, 12.2, 243.0, 6187.1},
     {"alex8", 4096, 1000, .25, .375, 8.9, 9.9, 80.5, 1134.9},
     {"vgg6", 25088, 4096, .04, .183, 28.1, 34.4, 1467.8, 35022.8},
     {"vgg7", 4096, 4096, .04, .375, 7.9, 8.7, 243.0, 5372.8},
     {"vgg8", 4096, 1000, .23, .411, 7.3, 8.4, 80.5, 774.2},
     {"nt_we", 4096, 600, .10, 1, 5.2, 8.0, 65, 605.0},
     {"nt_wd", 600, 8791, .11, 1, 13.0, 13.9, 90.1, 1361.4},
     {"nt_lstm", 1201, 2400, .10, 1, 6.5, 7.5, 51.9, 470.5}}};

}  // namespace

std::span<const Layer> layers() {
    return kLayers;
}

double paddedTime_us(const Layer& layer) {
    return idealTime_us(layer.in, layer.out, layer.weightDensity, layer.activationDensity) *
           entriesPerNonzero(layer.weightDensity);
}

std::span<const Row> byComponent() {
    return kComponents;
}

std::span<const Row> byBlock() {
    return kBlocks;
}

Row total(std::span<const Row> rows, std::string_view name) {
    Row sum{name, 0, 0};
    for (const auto& row : rows) {
        sum.power_mw += row.power_mw;
        sum.area_um2 += row.area_um2;
    }
    return sum;
}

double arrayArea_mm2(int elements) {
    return elements * total(kComponents, "element").area_um2 * 1e-6;
}

double arrayPower_mw(int elements) {
    return elements * total(kComponents, "element").power_mw;
}

double sramBitArea_um2() {
    return kComponents.front().area_um2 / (kSramKib * 8192);
}

double peakGops() {
    return kElements * 2 * kClockMhz * 1e-3;
}

double idealTime_us(double in, double out, double weightDensity, double activationDensity) {
    return in * out * weightDensity * activationDensity / kElements / kClockMhz;
}

double entriesPerNonzero(double density) {
    const double run = std::pow(1 - density, 16);
    return 1 + run / (1 - run);
}

}  // namespace mantissa::hw::eie
