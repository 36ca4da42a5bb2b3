// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/param_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <algorithm>

#include "ui/common/bit_width_control.h"
#include "ui/common/design_edit.h"
#include "ui/common/number_box.h"
#include "ui/common/text.h"
#include "ui/common/theme.h"

namespace mantissa::ui {
namespace {

void setFormLook(QFormLayout* layout) {
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    layout->setRowWrapPolicy(QFormLayout::DontWrapRows);
    layout->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
}

/// Whole numbers with at most this many values get a slider in a form of sliders.
constexpr double kSliderValues = 80;

bool wantsSlider(const ParamSpec& spec, ParamFormStyle style) {
    return style == ParamFormStyle::Sliders && spec.kind == ParamKind::Integer &&
           (spec.powersOfTwo || spec.maximum - spec.minimum <= kSliderValues);
}

QString paramHelp(const ParamSpec& spec) {
    QString text = toQt(spec.help);
    if (spec.kind == ParamKind::Integer || spec.kind == ParamKind::Real) {
        text += (text.isEmpty() ? QString() : QStringLiteral("\n")) +
                ParamFormBase::tr("%1; default %2")
                    .arg(QString::fromStdString(rangeText(spec)),
                         QString::fromStdString(paramText(spec, spec.defaultValue)));
    }
    return text;
}

}  // namespace

ParamFormBase::ParamFormBase(std::vector<ParamSpec> specs, ParamFormStyle style, QWidget* parent)
    : QWidget(parent), m_layout(new QFormLayout(this)) {
    setFormLook(m_layout);
    m_rows.resize(specs.size());
    for (std::size_t i = 0; i < specs.size(); ++i) {
        m_rows[i].spec = specs[i];
        m_rows[i].value = specs[i].defaultValue;
        addRow(i, style);
    }
}

const ParamSpec& ParamFormBase::spec(int index) const {
    return m_rows[static_cast<std::size_t>(index)].spec;
}

double ParamFormBase::value(int index) const {
    return m_rows[static_cast<std::size_t>(index)].value;
}

void ParamFormBase::setValue(int index, double value) {
    Row& row = m_rows[static_cast<std::size_t>(index)];
    if (row.value == value) {
        return;  // the answer to our own edit: leave text, cursor and gesture alone
    }
    row.value = value;
    row.gesture = 0;
    if (auto* control = qobject_cast<BitWidthControl*>(row.field)) {
        control->setValue(value);
    } else if (auto* box = qobject_cast<NumberBox*>(row.field)) {
        const QSignalBlocker blocker(box);
        box->setValue(value);
    } else if (auto* combo = qobject_cast<QComboBox*>(row.field)) {
        const QSignalBlocker blocker(combo);
        combo->setCurrentIndex(static_cast<int>(value));
    } else if (auto* check = qobject_cast<QCheckBox*>(row.field)) {
        const QSignalBlocker blocker(check);
        check->setChecked(value != 0);
    }
}

void ParamFormBase::setReset(int index, double value, const QString& text) {
    if (auto* control =
            qobject_cast<BitWidthControl*>(m_rows[static_cast<std::size_t>(index)].field)) {
        control->setReset(value, text);
    }
}

void ParamFormBase::setLegalRange(int index, double minimum, double maximum) {
    if (auto* control =
            qobject_cast<BitWidthControl*>(m_rows[static_cast<std::size_t>(index)].field)) {
        control->setLegalRange(minimum, maximum);
    }
}

void ParamFormBase::setRowVisible(int index, bool visible) {
    const Row& row = m_rows[static_cast<std::size_t>(index)];
    if (row.layout == nullptr) {
        row.field->setVisible(visible);
        row.label->setVisible(visible && qobject_cast<BitWidthControl*>(row.field) == nullptr);
    } else if (row.layout->isRowVisible(row.inLayout) != visible) {
        row.layout->setRowVisible(row.inLayout, visible);
    }
}

void ParamFormBase::setRowEnabled(int index, bool enabled) {
    const Row& row = m_rows[static_cast<std::size_t>(index)];
    row.field->setEnabled(enabled);
    if (row.label != nullptr) {
        row.label->setEnabled(enabled);
    }
}

void ParamFormBase::setMarked(int index, bool marked) {
    const Row& row = m_rows[static_cast<std::size_t>(index)];
    QWidget* marks = row.label != nullptr ? static_cast<QWidget*>(row.label) : row.field;
    if (marks->font().bold() != marked) {
        QFont changed = marks->font();
        changed.setBold(marked);
        marks->setFont(changed);
    }
}

void ParamFormBase::endGesture() {
    for (Row& row : m_rows) {
        row.gesture = 0;
        if (auto* control = qobject_cast<BitWidthControl*>(row.field)) {
            control->endGesture();
        }
    }
}

int ParamFormBase::labelWidth() const {
    int width = 0;
    for (const Row& row : m_rows) {
        const bool here = row.layout == m_layout && row.label != nullptr;
        width = std::max(width, here ? row.label->sizeHint().width() : 0);
    }
    return width;
}

void ParamFormBase::setLabelWidth(int width) {
    for (const Row& row : m_rows) {
        QWidget* label = row.layout != nullptr ? row.layout->labelForField(row.inLayout) : nullptr;
        if (label != nullptr) {
            label->setMinimumWidth(width);
        }
    }
}

void ParamFormBase::joinRow(int host, int index) {
    Row& to = m_rows[static_cast<std::size_t>(host)];
    Row& row = m_rows[static_cast<std::size_t>(index)];
    if (to.inLayout == to.field) {
        to.inLayout = new QWidget(this);
        auto* line = new QHBoxLayout(to.inLayout);
        line->setContentsMargins(0, 0, 0, 0);
        int place = 0;
        QFormLayout::ItemRole role{};
        to.layout->getWidgetPosition(to.field, &place, &role);
        to.layout->removeWidget(to.field);
        line->addWidget(to.field, 2);
        to.layout->setWidget(place, QFormLayout::FieldRole, to.inLayout);
    }
    const QFormLayout::TakeRowResult taken = row.layout->takeRow(row.inLayout);
    delete taken.labelItem;  // the items alone: the widgets stay
    delete taken.fieldItem;
    row.layout = nullptr;
    auto* line = static_cast<QHBoxLayout*>(to.inLayout->layout());
    line->addWidget(row.label);
    line->addWidget(row.field, 5);
    row.label->setVisible(qobject_cast<BitWidthControl*>(row.field) == nullptr);
}

QWidget* ParamFormBase::takeOut(const std::vector<int>& indices) {
    auto* page = new QWidget(this);
    auto* layout = new QFormLayout(page);
    setFormLook(layout);
    for (const int index : indices) {
        Row& row = m_rows[static_cast<std::size_t>(index)];
        const QFormLayout::TakeRowResult taken = row.layout->takeRow(row.inLayout);
        layout->addRow(row.label, row.inLayout);  // a switch has no label
        delete taken.labelItem;
        delete taken.fieldItem;
        row.layout = layout;
    }
    return page;
}

QWidget* ParamFormBase::editor(int index) const {
    const Row& row = m_rows[static_cast<std::size_t>(index)];
    return row.field->focusProxy() != nullptr ? row.field->focusProxy() : row.field;
}

bool ParamFormBase::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::FocusOut) {
        for (Row& row : m_rows) {
            if (row.field == watched) {
                row.gesture = 0;
            }
        }
    }
    return QWidget::eventFilter(watched, event);
}

void ParamFormBase::addRow(std::size_t index, ParamFormStyle style) {
    Row& row = m_rows[index];
    const QString label = toQt(row.spec.label);
    switch (row.spec.kind) {
        case ParamKind::Boolean:
            row.field = makeSwitch(index);
            m_layout->addRow(QString(), row.field);
            break;
        case ParamKind::Choice:
            row.field = makeChoice(index);
            break;
        default:
            row.field = makeNumber(index, style);
    }
    if (row.spec.kind != ParamKind::Boolean) {
        row.label = new QLabel(label, this);
        row.label->setBuddy(editor(static_cast<int>(index)));
        row.label->setToolTip(paramHelp(row.spec));
        m_layout->addRow(row.label, row.field);
    }
    row.layout = m_layout;
    row.inLayout = row.field;
    row.field->setToolTip(paramHelp(row.spec));
    row.field->setObjectName(toQt(row.spec.id));
    if (row.field->accessibleName().isEmpty()) {
        row.field->setAccessibleName(label);
    }
    row.field->setAccessibleDescription(toQt(row.spec.help));
}

QWidget* ParamFormBase::makeNumber(std::size_t index, ParamFormStyle style) {
    const ParamSpec& spec = m_rows[index].spec;
    if (wantsSlider(spec, style)) {
        auto* control = new BitWidthControl(spec, this);
        connect(control, &BitWidthControl::edited, this,
                [this, index](double value, quint64 gesture) { edit(index, value, gesture); });
        return control;
    }
    auto* box = new NumberBox(spec, this);
    box->installEventFilter(this);
    connect(box, &QDoubleSpinBox::valueChanged, this, [this, index](double value) {
        quint64& gesture = m_rows[index].gesture;
        if (gesture == 0) {
            gesture = nextGesture();
        }
        edit(index, value, gesture);
    });
    connect(box, &QDoubleSpinBox::editingFinished, this,
            [this, index] { m_rows[index].gesture = 0; });
    return box;
}

QWidget* ParamFormBase::makeChoice(std::size_t index) {
    auto* combo = new QComboBox(this);
    for (const auto choice : m_rows[index].spec.choices) {
        combo->addItem(choiceText(choice));
    }
    combo->setCurrentIndex(static_cast<int>(m_rows[index].value));
    combo->setFocusPolicy(Qt::StrongFocus);
    letShrink(combo);
    ignoreWheelUnlessFocused(combo);
    connect(combo, &QComboBox::currentIndexChanged, this,
            [this, index](int choice) { edit(index, choice, nextGesture()); });
    return combo;
}

QWidget* ParamFormBase::makeSwitch(std::size_t index) {
    auto* check = new QCheckBox(toQt(m_rows[index].spec.label), this);
    check->setChecked(m_rows[index].value != 0);
    connect(check, &QCheckBox::toggled, this,
            [this, index](bool on) { edit(index, on ? 1 : 0, nextGesture()); });
    return check;
}

void ParamFormBase::edit(std::size_t index, double value, quint64 gesture) {
    if (m_rows[index].value == value) {
        return;
    }
    m_rows[index].value = value;
    emit valueEdited(static_cast<int>(index), value, gesture);
}

}  // namespace mantissa::ui
