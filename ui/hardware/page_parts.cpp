// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/page_parts.h"

#include <QComboBox>
#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <algorithm>

#include "ui/common/theme.h"

namespace mantissa::ui {

ChoiceRow::ChoiceRow(QWidget* parent) : QWidget(parent), m_grid(new QGridLayout(this)) {
    m_grid->setContentsMargins(0, 0, 0, 0);
}

QComboBox* ChoiceRow::add(const QString& label, const QString& objectName, const QString& help) {
    auto* text = new QLabel(label, this);
    auto* combo = new QComboBox(this);
    combo->setObjectName(objectName);
    combo->setAccessibleName(help);
    combo->setToolTip(help);
    combo->setFocusPolicy(Qt::StrongFocus);
    letShrink(combo, 12);
    ignoreWheelUnlessFocused(combo);
    text->setBuddy(combo);
    m_choices.append({text, combo});
    arrange();
    return combo;
}

void ChoiceRow::setChoiceVisible(QComboBox* choice, bool visible) {
    for (auto& each : m_choices) {
        if (each.combo == choice && each.visible != visible) {
            each.visible = visible;
            arrange();
        }
    }
}

QSize ChoiceRow::minimumSizeHint() const {
    return {choiceWidth(), QWidget::minimumSizeHint().height()};
}

void ChoiceRow::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (std::max(1, width() / std::max(1, choiceWidth())) != m_columns) {
        arrange();
    }
}

void ChoiceRow::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange) {
        arrange();
    }
}

int ChoiceRow::choiceWidth() const {
    int widest = 0;
    for (const auto& choice : m_choices) {
        widest = std::max(widest, choice.label->sizeHint().width() +
                                      choice.combo->minimumSizeHint().width() +
                                      2 * m_grid->horizontalSpacing());
    }
    return widest;
}

void ChoiceRow::arrange() {
    m_columns = std::max(1, width() / std::max(1, choiceWidth()));
    int place = 0;
    for (const auto& choice : m_choices) {
        m_grid->removeWidget(choice.label);
        m_grid->removeWidget(choice.combo);
        choice.label->setVisible(choice.visible);
        choice.combo->setVisible(choice.visible);
        if (choice.visible) {
            m_grid->addWidget(choice.label, place / m_columns, 2 * (place % m_columns));
            m_grid->addWidget(choice.combo, place / m_columns, 2 * (place % m_columns) + 1);
            ++place;
        }
    }
    for (int i = 0; i < m_grid->columnCount(); ++i) {
        m_grid->setColumnStretch(i, i % 2 == 1 && i / 2 < m_columns ? 1 : 0);
    }
    updateGeometry();
}

}  // namespace mantissa::ui
