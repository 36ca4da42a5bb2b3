// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/units.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace mantissa::app {
namespace {

constexpr int kSignificantDigits = 4;

/// Decimals that leave four significant digits of a magnitude in [1, 1000).
int decimalsFor(double magnitude) {
    return kSignificantDigits - (magnitude < 10 ? 1 : magnitude < 100 ? 2 : 3);
}

}  // namespace

std::string fixedText(double value, int decimals) {
    std::array<char, 400> buffer{};  // the largest double has 309 digits before the point
    const auto [end, problem] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                              std::chars_format::fixed, decimals);
    return {buffer.data(), problem == std::errc{} ? end : buffer.data()};
}

std::string significantText(double value, int digits) {
    std::array<char, 64> buffer{};
    const auto [end, problem] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                              std::chars_format::general, digits);
    return {buffer.data(), problem == std::errc{} ? end : buffer.data()};
}

std::string exactText(double value) {
    std::array<char, 64> buffer{};
    const auto [end, problem] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return {buffer.data(), problem == std::errc{} ? end : buffer.data()};
}

std::string siText(double value, std::string_view unit) {
    static constexpr std::array<std::string_view, 13> kPrefixes{"a", "f", "p", "n", "µ", "m", "",
                                                                "k", "M", "G", "T", "P", "E"};
    constexpr int kNone = 6;
    constexpr double kRoundsToThousand = 999.95;
    int prefix = kNone;
    double scaled = value;
    if (value != 0 && std::isfinite(value)) {
        while (std::abs(scaled) < 1 && prefix > 0) {
            scaled *= 1000;
            --prefix;
        }
        while (std::abs(scaled) >= kRoundsToThousand &&
               prefix + 1 < static_cast<int>(kPrefixes.size())) {
            scaled /= 1000;
            ++prefix;
        }
    }
    std::string text = value == 0 ? "0" : fixedText(scaled, decimalsFor(std::abs(scaled)));
    const std::string_view name = kPrefixes[static_cast<std::size_t>(prefix)];
    if (!name.empty() || !unit.empty()) {
        text += ' ';
    }
    return text.append(name).append(unit);
}

std::string areaText(double area_um2) {
    constexpr double kUm2PerMm2 = 1e6;
    const bool large = area_um2 >= 0.1 * kUm2PerMm2;
    return fixedText(large ? area_um2 / kUm2PerMm2 : area_um2, large ? 3 : 1) +
           (large ? " mm²" : " µm²");
}

std::string energyText(double energy_pj) {
    return siText(energy_pj * 1e-12, "J");
}
std::string powerText(double power_mw) {
    return siText(power_mw * 1e-3, "W");
}
std::string timeText(double milliseconds) {
    return siText(milliseconds * 1e-3, "s");
}

std::string cyclesText(double cycles) {
    std::string text = fixedText(cycles, 0);
    if (!std::isfinite(cycles)) {
        return text;
    }
    for (std::size_t i = text.size(); i > 3 + (cycles < 0 ? 1U : 0U);) {
        i -= 3;
        text.insert(i, ",");
    }
    return text;
}

std::string shareText(double share) {
    return fixedText(share * 100, 2) + " %";
}

std::string durationText(double seconds) {
    const auto whole = static_cast<std::int64_t>(std::ceil(std::fmin(seconds, 1e12)));
    constexpr std::int64_t kMinute = 60;
    constexpr std::int64_t kHour = 60 * kMinute;
    constexpr std::int64_t kDay = 24 * kHour;
    if (whole < 2 * kMinute) {
        return std::to_string(whole) + " s";
    }
    if (whole < 2 * kHour) {
        return std::to_string((whole + kMinute / 2) / kMinute) + " min";
    }
    if (whole < 2 * kDay) {
        const auto minutes = (whole + kMinute / 2) / kMinute;
        return std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
    }
    return std::to_string((whole + kHour / 2) / kHour / 24) + " d";
}

}  // namespace mantissa::app
