// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/theme.h"

#include <QApplication>
#include <QPainter>
#include <QPalette>
#include <QProxyStyle>
#include <QStyle>
#include <QStyleFactory>
#include <QStyleOption>

namespace mantissa::app {
namespace {

struct Colours {
    QColor window, base, alternate, button, text, dim, highlight, highlightedText, link;
};

QPalette paletteOf(const Colours& c) {
    QPalette palette;
    palette.setColor(QPalette::Window, c.window);
    palette.setColor(QPalette::WindowText, c.text);
    palette.setColor(QPalette::Base, c.base);
    palette.setColor(QPalette::AlternateBase, c.alternate);
    palette.setColor(QPalette::ToolTipBase, c.alternate);
    palette.setColor(QPalette::ToolTipText, c.text);
    palette.setColor(QPalette::Text, c.text);
    palette.setColor(QPalette::PlaceholderText, c.dim);
    palette.setColor(QPalette::Button, c.button);
    palette.setColor(QPalette::ButtonText, c.text);
    palette.setColor(QPalette::BrightText, Qt::white);
    palette.setColor(QPalette::Highlight, c.highlight);
    palette.setColor(QPalette::HighlightedText, c.highlightedText);
    palette.setColor(QPalette::Link, c.link);
    palette.setColor(QPalette::Light, c.button.lighter(130));
    palette.setColor(QPalette::Midlight, c.button.lighter(112));
    palette.setColor(QPalette::Mid, c.button.darker(125));
    palette.setColor(QPalette::Dark, c.button.darker(150));
    palette.setColor(QPalette::Shadow, c.button.darker(220));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, c.dim);
    }
    palette.setColor(QPalette::Disabled, QPalette::Highlight, c.button.darker(115));
    palette.setColor(QPalette::Disabled, QPalette::HighlightedText, c.dim);
    return palette;
}

/// Fusion draws the frame of a check box darker than the window, which nobody sees on a dark one.
class FusionWithFrames : public QProxyStyle {
public:
    FusionWithFrames() : QProxyStyle(QStringLiteral("Fusion")) {}

    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override {
        QProxyStyle::drawPrimitive(element, option, painter, widget);
        if (element == PE_IndicatorCheckBox) {
            painter->save();
            painter->setPen(option->palette.color(QPalette::PlaceholderText));
            painter->setBrush(Qt::NoBrush);
            painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
            painter->restore();
        }
    }
};

QPalette lightPalette() {
    return paletteOf({.window = {0xf3, 0xf4, 0xf6},
                      .base = {0xff, 0xff, 0xff},
                      .alternate = {0xf0, 0xf2, 0xf5},
                      .button = {0xe9, 0xeb, 0xee},
                      .text = {0x1c, 0x20, 0x26},
                      .dim = {0x6c, 0x74, 0x80},
                      .highlight = {0x1f, 0x6f, 0xb5},
                      .highlightedText = {0xff, 0xff, 0xff},
                      .link = {0x0b, 0x5c, 0xa8}});
}

QPalette darkPalette() {
    return paletteOf({.window = {0x22, 0x25, 0x2a},
                      .base = {0x1a, 0x1c, 0x20},
                      .alternate = {0x26, 0x2a, 0x30},
                      .button = {0x31, 0x36, 0x3d},
                      .text = {0xe4, 0xe7, 0xeb},
                      .dim = {0x93, 0x9b, 0xa6},
                      .highlight = {0x2f, 0x7f, 0xc4},
                      .highlightedText = {0xff, 0xff, 0xff},
                      .link = {0x6c, 0xb4, 0xf2}});
}

}  // namespace

void applyTheme(Theme theme) {
    // The desktop's style and palette as they were at start, to come back to.
    static const QString systemStyle = QApplication::style()->objectName();
    static const QPalette systemPalette = QApplication::palette();
    if (theme == Theme::System) {
        QApplication::setStyle(QStyleFactory::create(systemStyle));
        QApplication::setPalette(systemPalette);
        return;
    }
    QApplication::setStyle(new FusionWithFrames);  // the application deletes it
    QApplication::setPalette(theme == Theme::Dark ? darkPalette() : lightPalette());
}

}  // namespace mantissa::app
