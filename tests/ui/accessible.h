// SPDX-License-Identifier: GPL-3.0-or-later
// What every panel's test asks: whatever takes the focus has a name for a screen reader.
#pragma once

#include <QAbstractButton>
#include <QAbstractScrollArea>
#include <QAccessible>
#include <QComboBox>
#include <QLineEdit>
#include <QStringList>
#include <QWidget>

namespace mantissa::ui::test {

/// Class and object name of every widget that takes the focus with Tab but has no accessible name.
inline QStringList unnamedControls(const QWidget& panel) {
    QStringList unnamed;
    for (const auto* widget : panel.findChildren<QWidget*>()) {
        // Line editors of boxes and lists of closed combo boxes are parts of a named control.
        const bool ofItsOwn = widget->window() == panel.window() &&
                              qobject_cast<const QLineEdit*>(widget) == nullptr &&
                              !widget->objectName().startsWith(QLatin1String("qt_"));
        if (!ofItsOwn || (widget->focusPolicy() & Qt::TabFocus) == 0 ||
            widget->focusProxy() != nullptr) {
            continue;
        }
        auto* face = QAccessible::queryAccessibleInterface(const_cast<QWidget*>(widget));
        if (face == nullptr || face->text(QAccessible::Name).isEmpty()) {
            unnamed.append(QLatin1String(widget->metaObject()->className()) + QLatin1Char(' ') +
                           widget->objectName());
        }
    }
    return unnamed;
}

}  // namespace mantissa::ui::test
