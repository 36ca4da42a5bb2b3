// SPDX-License-Identifier: GPL-3.0-or-later
// The one place that turns figures into text on screen: three significant digits, SI prefixes,
// units, in the user's locale. Files never come from here.
#pragma once

#include <QLocale>
#include <QString>

namespace mantissa::ui {

/// `value` with `digits` significant digits, without exponent below 1e6: "0.0123", "1,230".
QString significantText(double value, int digits = 3);
/// `value` in `unit` with the prefix that leaves 1 to 999 before it: siText(1.2e-9, "J") is
/// "1.2 nJ". NaN and infinities are written as they are.
QString siText(double value, const QString& unit, int digits = 3);

QString areaText(double area_um2);                 ///< "820 µm²", "1.24 mm²"
QString energyText(double energy_pj);              ///< "1.2 pJ" ... "3.4 mJ"
QString timeText(double milliseconds);             ///< "12.3 µs", "4.56 ms"
QString powerText(double power_mw);                ///< "812 mW"
QString cyclesText(double cycles);                 ///< "1.23 M"
QString dataText(double bits);                     ///< bits in bytes: "1.54 MB"
QString countText(double count);                   ///< "61,706"; from a million on "1.23 M"
QString integerText(qint64 value);                 ///< with the locale's group separators
QString percentText(double share);                 ///< 0.123 is "12.3 %"
QString decibelText(double decibel);               ///< "31.2 dB"; infinite: "exact"
QString bitsPerElementText(double bits);           ///< "8.5 bit"
QString magnitudeText(double value);               ///< "448", "3.4e+38"
QString ratioText(double value, double baseline);  ///< "0.23x"; empty where baseline is 0

}  // namespace mantissa::ui
