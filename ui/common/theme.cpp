// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/theme.h"

#include <QApplication>
#include <QComboBox>
#include <QEvent>
#include <QObject>
#include <QStyle>
#include <QWidget>

namespace mantissa::ui {
namespace {

/// The hue of an error, Okabe and Ito's vermillion: distinct under every colour vision.
constexpr int kErrorHue = 26;

class WheelGuard : public QObject {
public:
    using QObject::QObject;
    bool eventFilter(QObject* watched, QEvent* event) override {
        const auto* widget = qobject_cast<QWidget*>(watched);
        if (event->type() == QEvent::Wheel && widget != nullptr && !widget->hasFocus()) {
            event->ignore();
            return true;
        }
        return QObject::eventFilter(watched, event);
    }
};

}  // namespace

bool isDark(const QPalette& palette) {
    return palette.window().color().lightness() < 128;
}

QColor mixed(const QColor& a, const QColor& b, double share) {
    const auto blend = [share](float x, float y) {
        return static_cast<float>(static_cast<double>(x) * (1 - share) +
                                  static_cast<double>(y) * share);
    };
    return QColor::fromRgbF(blend(a.redF(), b.redF()), blend(a.greenF(), b.greenF()),
                            blend(a.blueF(), b.blueF()));
}

QColor mutedText(const QPalette& palette) {
    return mixed(palette.text().color(), palette.base().color(), 0.38);
}

QColor errorColour(const QPalette& palette) {
    return QColor::fromHsl(kErrorHue, 255, isDark(palette) ? 165 : 85);
}

QColor errorGround(const QPalette& palette) {
    return mixed(palette.base().color(), QColor::fromHsl(kErrorHue, 255, 128), 0.13);
}

QColor cardGround(const QPalette& palette) {
    return isDark(palette) ? mixed(palette.window().color(), palette.text().color(), 0.06)
                           : palette.base().color();
}

QColor frameColour(const QPalette& palette) {
    return mixed(palette.window().color(), palette.windowText().color(), 0.22);
}

QIcon errorIcon(const QWidget* widget) {
    const QStyle* style = widget != nullptr ? widget->style() : QApplication::style();
    return style->standardIcon(QStyle::SP_MessageBoxCritical, nullptr, widget);
}

QIcon warningIcon(const QWidget* widget) {
    return widget->style()->standardIcon(QStyle::SP_MessageBoxWarning, nullptr, widget);
}

void ignoreWheelUnlessFocused(QWidget* widget) {
    if (widget->focusPolicy() == Qt::WheelFocus) {
        widget->setFocusPolicy(Qt::StrongFocus);  // else the wheel itself would take the focus
    }
    widget->installEventFilter(new WheelGuard(widget));
}

void letShrink(QComboBox* combo, int letters) {
    combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    combo->setMinimumContentsLength(letters);
    combo->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

}  // namespace mantissa::ui
