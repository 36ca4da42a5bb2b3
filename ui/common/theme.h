// SPDX-License-Identifier: GPL-3.0-or-later
// Colours with a meaning, derived from the palette so that light and dark themes both read well.
#pragma once

#include <QColor>
#include <QIcon>
#include <QPalette>

class QWidget;

class QComboBox;

namespace mantissa::ui {

bool isDark(const QPalette& palette);
/// `share` of `b` in `a`.
QColor mixed(const QColor& a, const QColor& b, double share);
QColor mutedText(const QPalette& palette);    ///< for what is inherited or explained
QColor errorColour(const QPalette& palette);  ///< never alone: text and icon say it too
QColor errorGround(const QPalette& palette);  ///< background of an error message
QColor cardGround(const QPalette& palette);   ///< background of a figure's card
QColor frameColour(const QPalette& palette);  ///< hairlines

QIcon errorIcon(const QWidget* widget);    ///< from its style; null: the program's
QIcon warningIcon(const QWidget* widget);  ///< from the style

/// Lets the wheel scroll the page unless `widget` has the focus, so that scrolling past a control
/// never changes it.
void ignoreWheelUnlessFocused(QWidget* widget);
/// Lets a box be narrower than its longest choice, down to so many letters.
void letShrink(QComboBox* combo, int letters = 10);

}  // namespace mantissa::ui
