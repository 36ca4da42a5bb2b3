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

}  // namespace

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

std::vector<Entry> encodeColumn(std::span<const float> column) {
    constexpr int kLongestRun = 15;
    std::vector<Entry> entries;
    int zeros = 0;
    std::size_t kept = 0;  // entries up to the last non-zero
    for (const float value : column) {
        if (value != 0 || zeros == kLongestRun) {
            entries.push_back({value, zeros});
            zeros = 0;
            kept = value != 0 ? entries.size() : kept;
        } else {
            ++zeros;
        }
    }
    entries.resize(kept);
    return entries;
}

std::vector<float> decodeColumn(std::span<const Entry> entries, std::size_t length) {
    std::vector<float> column;
    column.reserve(length);
    for (const auto& entry : entries) {
        column.insert(column.end(), static_cast<std::size_t>(entry.zeros), 0.0F);
        column.push_back(entry.value);
    }
    column.resize(length, 0.0F);
    return column;
}

}  // namespace mantissa::hw::eie
