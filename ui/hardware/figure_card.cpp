// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/figure_card.h"

#include <QEvent>
#include <QLabel>
#include <QPainter>
#include <QResizeEvent>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/common/theme.h"

namespace mantissa::ui {
namespace {

constexpr double kValueScale = 1.45;  // of the headline figure against the text around it

void setTextIfNew(QLabel* label, const QString& text) {
    if (label->text() != text) {
        label->setText(text);  // an equal text would lay out again, 60 times a second
    }
}

}  // namespace

FigureCard::FigureCard(const QString& title, QWidget* parent)
    : QFrame(parent),
      m_title(title),
      m_heading(new QLabel(title, this)),
      m_value(new QLabel(this)),
      m_ratio(new QLabel(this)),
      m_note(new QLabel(this)) {
    auto* column = new QVBoxLayout(this);
    const int margin = fontMetrics().height() / 4;
    column->setContentsMargins(margin, margin, margin, margin);
    column->setSpacing(0);
    for (QLabel* label : {m_heading, m_value, m_ratio, m_note}) {
        // A longer figure shall not push the neighbours about during a drag.
        label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
        column->addWidget(label);
    }
    m_value->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_note->setForegroundRole(QPalette::PlaceholderText);
    applyFont();
    setFigure(QStringLiteral("–"), {}, {});
}

void FigureCard::setFigure(const QString& value, const QString& ratio, const QString& note) {
    setTextIfNew(m_value, value);
    setTextIfNew(m_ratio, ratio);
    setTextIfNew(m_note, note);
    setAccessibleName(QStringLiteral("%1: %2 %3 %4").arg(m_title, value, ratio, note).trimmed());
}

QString FigureCard::value() const {
    return m_value->text();
}

QString FigureCard::ratio() const {
    return m_ratio->text();
}

void FigureCard::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(cardGround(palette()));
    painter.setPen(frameColour(palette()));
    const double radius = fontMetrics().height() / 4.0;
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
}

void FigureCard::changeEvent(QEvent* event) {
    QFrame::changeEvent(event);
    if (event->type() == QEvent::FontChange) {
        applyFont();
    }
}

void FigureCard::applyFont() {
    QFont large = font();
    large.setPointSizeF(font().pointSizeF() * kValueScale);
    large.setBold(true);
    m_value->setFont(large);
    QFont small = font();
    small.setPointSizeF(font().pointSizeF() * 0.85);
    m_note->setFont(small);
}

void CardRow::addCard(FigureCard* card) {
    card->setParent(this);
    m_cards.push_back(card);
    updateGeometry();
}

CardRow::Grid CardRow::gridFor(int width) const {
    Grid grid;
    grid.gap = fontMetrics().height() / 3;
    const int narrowest = fontMetrics().averageCharWidth() * 25;
    const int count = std::max(1, static_cast<int>(m_cards.size()));
    grid.columns = std::clamp((width + grid.gap) / (narrowest + grid.gap), 1, count);
    grid.rows = (count + grid.columns - 1) / grid.columns;
    grid.columns =
        (count + grid.rows - 1) / grid.rows;  // no lone card in the last row if avoidable
    for (const FigureCard* card : m_cards) {
        grid.cardHeight = std::max(grid.cardHeight, card->sizeHint().height());
    }
    return grid;
}

int CardRow::heightForWidth(int width) const {
    const Grid grid = gridFor(width);
    return grid.rows * grid.cardHeight + (grid.rows - 1) * grid.gap;
}

QSize CardRow::sizeHint() const {
    const int width = fontMetrics().averageCharWidth() * 64;
    return {width, heightForWidth(width)};
}

QSize CardRow::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 20, gridFor(0).cardHeight};
}

void CardRow::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const Grid grid = gridFor(width());
    for (int i = 0; i < static_cast<int>(m_cards.size()); ++i) {
        const int row = i / grid.columns;
        const int inRow =
            std::min(grid.columns, static_cast<int>(m_cards.size()) - row * grid.columns);
        const int cardWidth = (width() - (inRow - 1) * grid.gap) / inRow;
        const int column = i % grid.columns;
        m_cards[static_cast<std::size_t>(i)]->setGeometry(column * (cardWidth + grid.gap),
                                                          row * (grid.cardHeight + grid.gap),
                                                          cardWidth, grid.cardHeight);
    }
}

}  // namespace mantissa::ui
