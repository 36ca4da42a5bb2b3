// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/number_text.h"

#include <array>
#include <cmath>

namespace mantissa::ui {
namespace {

constexpr QChar kNoBreakSpace(0x00A0);

QString infinityText(double value) {
    return std::isnan(value) ? QStringLiteral("NaN")
                             : (value > 0 ? QStringLiteral("∞") : QStringLiteral("-∞"));
}

/// Rounded to `digits` significant digits, so that 999.7 moves on to the next prefix.
double rounded(double value, int digits) {
    if (value == 0) {
        return 0;
    }
    const double scale = std::pow(10.0, digits - 1 - std::floor(std::log10(std::abs(value))));
    return std::isfinite(scale) && scale > 0 ? std::round(value * scale) / scale : value;
}

QString withUnit(const QString& number, const QString& unit) {
    return unit.isEmpty() ? number : number + kNoBreakSpace + unit;
}

}  // namespace

QString significantText(double value, int digits) {
    if (!std::isfinite(value)) {
        return infinityText(value);
    }
    const QLocale locale;
    const double shown = rounded(value, digits);
    const double magnitude = std::abs(shown);
    if (magnitude != 0 && (magnitude >= 1e6 || magnitude < 1e-4)) {
        return locale.toString(shown, 'g', digits);
    }
    const int before = magnitude == 0 ? 1 : static_cast<int>(std::floor(std::log10(magnitude))) + 1;
    return locale.toString(shown, 'f', magnitude == 0 ? 0 : std::max(0, digits - before));
}

QString siText(double value, const QString& unit, int digits) {
    if (!std::isfinite(value)) {
        return withUnit(infinityText(value), unit);
    }
    struct Prefix {
        double factor;
        const char16_t* text;
    };
    static constexpr std::array<Prefix, 11> kPrefixes{{{1e18, u"E"},
                                                       {1e15, u"P"},
                                                       {1e12, u"T"},
                                                       {1e9, u"G"},
                                                       {1e6, u"M"},
                                                       {1e3, u"k"},
                                                       {1, u""},
                                                       {1e-3, u"m"},
                                                       {1e-6, u"µ"},
                                                       {1e-9, u"n"},
                                                       {1e-12, u"p"}}};
    const double magnitude = std::abs(rounded(value, digits));
    const Prefix* chosen = magnitude == 0 ? &kPrefixes[6] : &kPrefixes.back();
    for (const Prefix& prefix : kPrefixes) {
        // The tolerance keeps 1000 pJ (1e-9 J in binary) from being written as 1000 p.
        if (magnitude != 0 && magnitude >= prefix.factor * (1 - 1e-12)) {
            chosen = &prefix;
            break;
        }
    }
    return withUnit(significantText(value / chosen->factor, digits),
                    QString::fromUtf16(chosen->text) + unit);
}

QString areaText(double area_um2) {
    return std::abs(area_um2) < 1e4
               ? withUnit(significantText(area_um2), QStringLiteral("µm²"))
               : withUnit(significantText(area_um2 * 1e-6), QStringLiteral("mm²"));
}

QString energyText(double energy_pj) {
    return siText(energy_pj * 1e-12, QStringLiteral("J"));
}

QString timeText(double milliseconds) {
    return siText(milliseconds * 1e-3, QStringLiteral("s"));
}

QString powerText(double power_mw) {
    return siText(power_mw * 1e-3, QStringLiteral("W"));
}

QString cyclesText(double cycles) {
    return siText(cycles, QString());
}

QString dataText(double bits) {
    return siText(bits / 8, QStringLiteral("B"));
}

QString countText(double count) {
    return std::abs(count) < 1e6 && std::isfinite(count) ? integerText(std::llround(count))
                                                         : siText(count, QString());
}

QString integerText(qint64 value) {
    return QLocale().toString(value);
}

QString percentText(double share) {
    const double percent = share * 100;
    if (!std::isfinite(percent)) {
        return withUnit(infinityText(percent), QStringLiteral("%"));
    }
    // One decimal, but what is above 0 is never written as 0.
    if (percent > 0 && percent < 0.05) {
        return withUnit(QStringLiteral("<") + QLocale().toString(0.1, 'f', 1), QStringLiteral("%"));
    }
    return withUnit(QLocale().toString(percent, 'f', 1), QStringLiteral("%"));
}

QString decibelText(double decibel) {
    if (std::isinf(decibel) && decibel > 0) {
        return QStringLiteral("exact");
    }
    return std::isfinite(decibel)
               ? withUnit(QLocale().toString(decibel, 'f', 1), QStringLiteral("dB"))
               : withUnit(infinityText(decibel), QStringLiteral("dB"));
}

QString bitsPerElementText(double bits) {
    return withUnit(significantText(bits), QStringLiteral("bit"));
}

QString magnitudeText(double value) {
    return std::isfinite(value) ? QLocale().toString(value, 'g', 4) : infinityText(value);
}

QString ratioText(double value, double baseline) {
    if (baseline == 0 || !std::isfinite(value / baseline)) {
        return {};
    }
    return significantText(value / baseline) + QStringLiteral("×");
}

}  // namespace mantissa::ui
