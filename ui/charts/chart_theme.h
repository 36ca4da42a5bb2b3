// SPDX-License-Identifier: GPL-3.0-or-later
// Colours and markers of charts: taken from the widget palette on screen, fixed and light in files.
#pragma once

#include <QColor>
#include <QFont>
#include <QPalette>

namespace mantissa::ui {

struct ChartTheme {
    bool dark = false;
    QColor background;
    QColor text;
    QColor axis;
    QColor grid;
    QColor highlight;  ///< rings around hovered and selected points
    QFont font;
};

ChartTheme themeOf(const QPalette& palette, const QFont& font);
/// Of exported files, whatever the screen shows: black on white, sizes in px.
ChartTheme lightTheme();

/// Seven colours of Okabe and Ito and a grey, safe for colour-blind readers, repeated beyond the
/// eighth; the dark set keeps the hue order but takes the brighter member where one is too dim.
QColor seriesColour(int index, const ChartTheme& theme);

/// `colour` mixed with the background, for raw data behind a smoothed curve.
QColor faint(const QColor& colour, const ChartTheme& theme);

/// `colour` for the parts of what it stands for: each step paler than the one before, from the
/// fourth on again.
QColor shaded(const QColor& colour, int shade, const ChartTheme& theme);

}  // namespace mantissa::ui
