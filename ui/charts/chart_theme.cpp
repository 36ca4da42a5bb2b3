// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_theme.h"

#include <array>
#include <cstddef>

namespace mantissa::ui {
namespace {

QColor mixed(const QColor& a, const QColor& b, double shareOfB) {
    const auto mix = [shareOfB](int x, int y) {
        return static_cast<int>(x + (y - x) * shareOfB + 0.5);
    };
    return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

ChartTheme completed(const QColor& background, const QColor& text, const QColor& highlight,
                     const QFont& font) {
    ChartTheme theme;
    theme.dark = background.lightness() < 128;
    theme.background = background;
    theme.text = text;
    theme.axis = mixed(text, background, 0.35);
    theme.grid = mixed(text, background, 0.86);
    theme.highlight = highlight;
    theme.font = font;
    return theme;
}

}  // namespace

ChartTheme themeOf(const QPalette& palette, const QFont& font) {
    return completed(palette.color(QPalette::Active, QPalette::Base),
                     palette.color(QPalette::Active, QPalette::Text),
                     palette.color(QPalette::Active, QPalette::Highlight), font);
}

ChartTheme lightTheme() {
    QFont font(QStringLiteral("sans-serif"));
    font.setPixelSize(12);
    return completed(Qt::white, Qt::black, QColor(0x30, 0x8c, 0xc6), font);
}

QColor seriesColour(int index, const ChartTheme& theme) {
    // M. Okabe and K. Ito, "Color Universal Design", 2008; a grey
    // stands for their black, which swallows what is drawn on it and vanishes on a dark ground.
    static constexpr std::array<QRgb, 8> kLight{0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7,
                                                0xE69F00, 0x56B4E9, 0x6B7580, 0xB8A800};
    static constexpr std::array<QRgb, 8> kDark{0x56B4E9, 0xE69F00, 0x00B887, 0xCC79A7,
                                               0xD55E00, 0x4A90D9, 0xB4BCC6, 0xF0E442};
    const auto slot = static_cast<std::size_t>(index < 0 ? 0 : index) % kLight.size();
    return QColor::fromRgb(theme.dark ? kDark[slot] : kLight[slot]);
}

QColor faint(const QColor& colour, const ChartTheme& theme) {
    return mixed(colour, theme.background, 0.62);
}

QColor shaded(const QColor& colour, int shade, const ChartTheme& theme) {
    constexpr int kShades = 4;
    constexpr double kStep = 0.19;  // the palest still stands out from the background
    return mixed(colour, theme.background, kStep * (shade % kShades));
}

}  // namespace mantissa::ui
