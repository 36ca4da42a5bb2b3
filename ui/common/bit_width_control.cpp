// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/bit_width_control.h"

#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QSignalBlocker>
#include <QSlider>
#include <algorithm>
#include <cmath>

#include "ui/common/design_edit.h"
#include "ui/common/number_box.h"
#include "ui/common/text.h"
#include "ui/common/theme.h"

namespace mantissa::ui {
BitWidthControl::BitWidthControl(const ParamSpec& spec, QWidget* parent)
    : QWidget(parent),
      m_spec(spec),
      m_slider(new QSlider(Qt::Horizontal, this)),
      m_box(new NumberBox(spec, this)),
      m_value(spec.defaultValue) {
    m_slider->setRange(positionOf(spec.minimum), positionOf(spec.maximum));
    m_slider->setSingleStep(1);
    m_slider->setPageStep(spec.powersOfTwo ? 2 : coarseStep(spec));
    // One tick a legal value, as long as ticks stay apart.
    m_slider->setTickInterval(m_slider->maximum() - m_slider->minimum() <= 32 ? 1 : 0);
    m_slider->setTickPosition(QSlider::TicksBelow);
    m_slider->setFocusPolicy(Qt::StrongFocus);
    // The style's own height cuts the handle where there are ticks.
    m_slider->setMinimumHeight(m_slider->sizeHint().height() + fontMetrics().height() / 3);
    m_slider->setMinimumWidth(fontMetrics().averageCharWidth() * 10);
    ignoreWheelUnlessFocused(m_slider);
    const QString name = toQt(spec.label);
    m_slider->setAccessibleName(tr("%1, slider").arg(name));
    m_box->setAccessibleName(name);
    m_slider->installEventFilter(this);
    m_box->installEventFilter(this);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_slider, 1);
    row->addWidget(m_box);
    setFocusProxy(m_box);
    connect(m_slider, &QSlider::sliderPressed, this, &BitWidthControl::endGesture);
    connect(m_slider, &QSlider::sliderReleased, this, &BitWidthControl::endGesture);
    connect(m_slider, &QSlider::valueChanged, this, &BitWidthControl::onSliderMoved);
    connect(m_box, &QDoubleSpinBox::valueChanged, this, &BitWidthControl::onBoxChanged);
    connect(m_box, &QDoubleSpinBox::editingFinished, this, &BitWidthControl::endGesture);
    setReset(spec.defaultValue,
             tr("Reset to default (%1)").arg(m_box->textFromValue(spec.defaultValue)));
    const QSignalBlocker sliderBlocker(m_slider);
    m_slider->setValue(positionOf(m_value));
}

double BitWidthControl::value() const {
    return m_value;
}

void BitWidthControl::setValue(double value) {
    if (value == m_value) {
        return;  // the answer to our own edit: leave text and cursor alone
    }
    m_value = value;
    endGesture();
    const QSignalBlocker sliderBlocker(m_slider);
    const QSignalBlocker boxBlocker(m_box);
    m_slider->setValue(positionOf(value));
    m_box->setValue(value);
}

void BitWidthControl::setLegalRange(double minimum, double maximum) {
    m_spec.minimum = minimum;
    m_spec.maximum = maximum;
    const QSignalBlocker sliderBlocker(m_slider);
    const QSignalBlocker boxBlocker(m_box);
    m_slider->setRange(positionOf(minimum), positionOf(maximum));
    m_box->setRange(minimum, maximum);
}

void BitWidthControl::setReset(double value, const QString& text) {
    m_reset = value;
    m_resetText = text;
}

void BitWidthControl::endGesture() {
    m_gesture = 0;
}

bool BitWidthControl::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::FocusOut) {
        endGesture();
    } else if (event->type() == QEvent::MouseButtonDblClick && watched == m_slider) {
        resetValue();
        return true;
    } else if (event->type() == QEvent::ContextMenu) {
        showMenu(static_cast<QContextMenuEvent*>(event)->globalPos(), watched == m_box);
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

/// Of powers of two the exponent; a 0 that stands for something else comes before the first.
int BitWidthControl::positionOf(double value) const {
    if (!m_spec.powersOfTwo) {
        return static_cast<int>(std::lround(value));
    }
    return value < 1 ? -1 : static_cast<int>(std::lround(std::log2(value)));
}

double BitWidthControl::valueAt(int position) const {
    const double value = !m_spec.powersOfTwo ? position : position < 0 ? 0 : std::exp2(position);
    return std::clamp(value, m_spec.minimum, m_spec.maximum);
}

void BitWidthControl::onSliderMoved(int position) {
    const QSignalBlocker blocker(m_box);
    m_box->setValue(valueAt(position));
    edit(valueAt(position));
}

void BitWidthControl::onBoxChanged(double value) {
    const QSignalBlocker blocker(m_slider);
    m_slider->setValue(positionOf(value));
    edit(value);
}

void BitWidthControl::edit(double value) {
    if (value == m_value) {
        return;
    }
    m_value = value;
    if (m_gesture == 0) {
        m_gesture = nextGesture();
    }
    emit edited(value, m_gesture);
}

void BitWidthControl::resetValue() {
    if (m_reset == m_value) {
        return;
    }
    setValue(m_reset);
    emit edited(m_reset, nextGesture());
}

void BitWidthControl::showMenu(const QPoint& globalPosition, bool onBox) {
    // Over the box the usual text actions stay available below the reset.
    auto* menu =
        onBox ? m_box->findChild<QLineEdit*>()->createStandardContextMenu() : new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    auto* reset = new QAction(m_resetText, menu);
    connect(reset, &QAction::triggered, this, &BitWidthControl::resetValue);
    reset->setEnabled(m_reset != m_value);
    menu->insertAction(menu->actions().value(0), reset);
    menu->popup(globalPosition);
}

}  // namespace mantissa::ui
