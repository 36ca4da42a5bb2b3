// SPDX-License-Identifier: GPL-3.0-or-later
// EIE (Han et al., ISCA 2016, arXiv 1602.01528v2), TSMC 45 nm, 800 MHz: the processing element as
// published, and what follows from it.
#pragma once

#include <span>
#include <string_view>
#include <vector>

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
/// Stored entries for each non-zero: a run of more than 15 zeros takes a padding zero.
/// Of non-zeros spread at random, one in so many elements.
double entriesPerNonzero(double density);

/// A column in EIE's relative index (section III.B): each entry a value and how many zeros, at most
/// 15, stand before it; padding entries are zeros themselves. Zeros behind the last entry are left
/// out.
struct Entry {
    float value = 0;
    int zeros = 0;
    bool operator==(const Entry&) const = default;
};
std::vector<Entry> encodeColumn(std::span<const float> column);
/// The column of `length` elements again.
std::vector<float> decodeColumn(std::span<const Entry> entries, std::size_t length);

}  // namespace mantissa::hw::eie
