// SPDX-License-Identifier: GPL-3.0-or-later
// Figures as people read them: four significant digits, an SI prefix, the unit.
#pragma once

#include <string>
#include <string_view>

namespace mantissa::app {

/// "0.1234" with so many decimals, whatever the locale; "inf", "nan".
std::string fixedText(double value, int decimals);
/// So many significant digits, plain or with an exponent, whichever is shorter: "448", "1.18e-38".
std::string significantText(double value, int digits);
/// The shortest decimal that reads back as the same value; "inf", "nan".
std::string exactText(double value);

/// "1.234 mJ": a prefix from atto to exa so that the number lies in [1, 1000).
std::string siText(double value, std::string_view unit);

std::string areaText(double area_um2);      ///< "2.345 mm²", below 0.1 mm² "µm²"
std::string energyText(double energy_pj);   ///< "12.34 µJ"
std::string powerText(double power_mw);     ///< "845.1 mW"
std::string timeText(double milliseconds);  ///< "1.234 ms"
std::string cyclesText(double cycles);      ///< "1,234,567"
std::string shareText(double share);        ///< 0.8731 as "87.31 %"
std::string durationText(double seconds);   ///< for waiting people: "5 s", "4 min", "2 h 10 min"

}  // namespace mantissa::app
