// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/precision/format_editor.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/common/design_edit.h"
#include "ui/common/param_form.h"
#include "ui/common/text.h"
#include "ui/common/theme.h"
#include "ui/precision/format_text.h"
#include "ui/precision/preset_list.h"

namespace mantissa::ui {
namespace {

constexpr int kTightSpacing = 4;  // px: the error table below stays in sight while a slider moves

constexpr std::array kRoundings{numerics::Rounding::NearestEven, numerics::Rounding::NearestAway,
                                numerics::Rounding::NearestUp,   numerics::Rounding::NearestDown,
                                numerics::Rounding::TowardZero,  numerics::Rounding::Floor,
                                numerics::Rounding::Stochastic};

constexpr std::array kRandomBits{Param<numerics::TensorFormat>{
    {.id = "random_bits",
     .label = "Random bits",
     .unit = "of 24",
     .help = "The remainder is compared with a random number of so many bits; 24 is full, hardware "
             "has few (FAST: 8).",
     .minimum = 1,
     .maximum = numerics::kFullRandomBits,
     .defaultValue = numerics::kFullRandomBits},
    [](const numerics::TensorFormat& f) { return static_cast<double>(f.randomBits); },
    [](numerics::TensorFormat& f, double v) { f.randomBits = static_cast<int>(v); }}};

QComboBox* makeCombo(const QString& name, const QString& help, QWidget* parent) {
    auto* combo = new QComboBox(parent);
    combo->setObjectName(name);
    combo->setToolTip(help);
    combo->setFocusPolicy(Qt::StrongFocus);
    letShrink(combo);
    ignoreWheelUnlessFocused(combo);
    return combo;
}

QLabel* addLabelled(QBoxLayout* line, const QString& text, QComboBox* combo) {
    auto* label = new QLabel(text, combo->parentWidget());
    label->setBuddy(combo);
    combo->setAccessibleName(QString(text).remove(QLatin1Char('&')));
    line->addWidget(label);
    line->addWidget(combo, 1);
    return label;
}

/// The row of a parameter in its family's form; -1: not in this family.
int rowOf(const ParamFormBase& form, std::string_view id) {
    for (int i = 0; i < form.count(); ++i) {
        if (form.spec(i).id == id) {
            return i;
        }
    }
    return -1;
}

/// Sliders of few values end where the format would be illegal beside its other parameters.
void showLegalRanges(ParamForm<numerics::Format>& form, const numerics::Format& format) {
    constexpr double kFewValues = 64;
    const auto& parameters = numerics::familyOf(format).parameters;
    for (int row = 0; row < form.count(); ++row) {
        const auto& param = parameters[static_cast<std::size_t>(row)];
        const auto& spec = param.spec;
        if (spec.kind != ParamKind::Integer || spec.powersOfTwo ||
            spec.maximum - spec.minimum > kFewValues) {
            continue;
        }
        const auto isLegal = [&](double value) {
            auto changed = format;
            param.set(changed, value);
            return value >= spec.minimum && value <= spec.maximum &&
                   numerics::validate(changed).has_value();
        };
        double low = param.get(format);
        double high = low;
        while (isLegal(low - 1)) {
            --low;
        }
        while (isLegal(high + 1)) {
            ++high;
        }
        form.setLegalRange(row, low, high);
    }
}

}  // namespace

FormatEditor::FormatEditor(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kTightSpacing);
    auto* top = new QHBoxLayout;
    auto* bottom = new QHBoxLayout;
    column->addLayout(top);
    addForms();
    for (Form* form : m_forms) {
        column->addWidget(form);
    }
    column->addLayout(bottom);
    addCombos(top, bottom);
    addRandomBits(bottom);
    addMore(bottom);
    column->addWidget(m_morePart);
    m_facts = new QLabel(this);
    m_facts->setWordWrap(true);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_facts->setAccessibleName(tr("Properties of the format"));
    column->addWidget(m_facts);
    alignLabels();
    orderTabs();
    setFormat(m_format, m_format);
}

void FormatEditor::addForms() {
    const auto families = numerics::formatFamilies();
    for (std::size_t i = 0; i < families.size(); ++i) {
        auto* form = new Form(families[i].parameters, ParamFormStyle::Sliders, this);
        form->layout()->setSpacing(kTightSpacing);
        form->hide();
        if (const int block = rowOf(*form, "block"); block >= 0) {
            for (const char* id : {"size", "rows", "columns"}) {
                if (const int extent = rowOf(*form, id); extent >= 0) {
                    form->joinRow(block, extent);
                }
            }
        }
        std::vector<int> rare;
        for (int row = 0; row < form->count(); ++row) {
            if (!isMainParameter(families[i], row)) {
                rare.push_back(row);
            }
        }
        m_pages.push_back(form->takeOut(rare));
        m_forms.push_back(form);
        connect(form, &ParamFormBase::valueEdited, this,
                [this, i](int index, double value, quint64 gesture) {
                    onParameter(static_cast<int>(i), index, value, gesture);
                });
    }
}

void FormatEditor::addCombos(QBoxLayout* top, QBoxLayout* bottom) {
    m_preset =
        makeCombo(QStringLiteral("preset"), tr("A published format with its convention"), this);
    fillPresets(*m_preset);
    m_family = makeCombo(QStringLiteral("family"), tr("Kind of number format"), this);
    for (const auto& family : numerics::formatFamilies()) {
        m_family->addItem(toQt(family.label));
        m_family->setItemData(m_family->count() - 1, toQt(family.help), Qt::ToolTipRole);
    }
    m_rounding =
        makeCombo(QStringLiteral("rounding"), tr("How values between two codes round"), this);
    for (const auto rounding : kRoundings) {
        m_rounding->addItem(roundingLabel(rounding));
    }
    m_presetLabel = addLabelled(top, tr("&Preset"), m_preset);
    addLabelled(top, tr("&Family"), m_family);
    m_roundingLabel = addLabelled(bottom, tr("&Rounding"), m_rounding);
    connect(m_preset, &QComboBox::activated, this, &FormatEditor::onPreset);
    connect(m_family, &QComboBox::currentIndexChanged, this, &FormatEditor::onFamily);
    connect(m_rounding, &QComboBox::currentIndexChanged, this, &FormatEditor::onRounding);
}

void FormatEditor::addRandomBits(QBoxLayout* line) {
    m_random = new RandomForm(kRandomBits, ParamFormStyle::Boxes, this);
    line->addWidget(m_random);
    connect(m_random, &ParamFormBase::valueEdited, this,
            [this](int, double value, quint64 gesture) {
                emit changed(randomBitsChange(static_cast<int>(value)), gesture);
            });
}

void FormatEditor::addMore(QBoxLayout* line) {
    m_more = new QToolButton(this);
    m_more->setObjectName(QStringLiteral("more"));
    m_more->setText(tr("&More"));
    m_more->setAccessibleName(tr("More"));
    m_more->setToolTip(tr("Parameters that formats rarely need, and where the format comes from"));
    m_more->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_more->setAutoRaise(true);
    m_more->setCheckable(true);
    m_more->setFocusPolicy(Qt::StrongFocus);
    line->addWidget(m_more);
    m_morePart = new QWidget(this);
    auto* column = new QVBoxLayout(m_morePart);
    column->setContentsMargins(0, 0, 0, 0);
    for (QWidget* page : m_pages) {
        page->layout()->setSpacing(kTightSpacing);
        column->addWidget(page);
    }
    m_source = new QLabel(m_morePart);
    m_source->setWordWrap(true);
    m_source->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_source->setAccessibleName(tr("Source of the format"));
    column->addWidget(m_source);
    connect(m_more, &QToolButton::clicked, this, [this](bool open) {
        m_moreWanted = open;
        m_moreDismissed = !open;
        showMore();
    });
}

void FormatEditor::alignLabels() {
    int width = std::max(m_presetLabel->sizeHint().width(), m_roundingLabel->sizeHint().width());
    for (const Form* form : m_forms) {
        width = std::max(width, form->labelWidth());
    }
    m_presetLabel->setMinimumWidth(width);
    m_roundingLabel->setMinimumWidth(width);
    for (Form* form : m_forms) {
        form->setLabelWidth(width);
    }
}

void FormatEditor::orderTabs() {
    // The forms exist before the combo boxes they stand between.
    setTabOrder(m_preset, m_family);
    QWidget* last = m_family;
    const auto append = [&](bool main) {
        for (std::size_t f = 0; f < m_forms.size(); ++f) {
            Form* form = m_forms[f];
            for (int i = 0; i < form->count(); ++i) {
                if (isMainParameter(numerics::formatFamilies()[f], i) == main) {
                    setTabOrder(last, form->editor(i));
                    last = form->editor(i);
                }
            }
        }
    };
    append(true);
    setTabOrder(last, m_rounding);
    setTabOrder(m_rounding, m_random->editor(0));
    setTabOrder(m_random->editor(0), m_more);
    last = m_more;
    append(false);
}

void FormatEditor::showMore() {
    const bool unusual = hasUnusualParameter(m_format.format);
    m_moreDismissed = m_moreDismissed && unusual;
    const bool open = m_moreWanted || (unusual && !m_moreDismissed);
    m_more->setChecked(open);
    m_more->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    m_morePart->setVisible(open);
}

void FormatEditor::setFormat(const numerics::TensorFormat& format,
                             const numerics::TensorFormat& inherited) {
    m_format = format;
    const QSignalBlocker familyBlocker(m_family);
    const QSignalBlocker presetBlocker(m_preset);
    const QSignalBlocker roundingBlocker(m_rounding);
    const auto family = static_cast<int>(format.format.index());
    m_family->setCurrentIndex(family);
    showPreset(*m_preset, namedFormat(format.format));
    m_rounding->setCurrentIndex(static_cast<int>(
        std::find(kRoundings.begin(), kRoundings.end(), format.rounding) - kRoundings.begin()));
    m_random->setValues(format);
    m_random->setVisible(format.rounding == numerics::Rounding::Stochastic);
    for (int i = 0; i < static_cast<int>(m_forms.size()); ++i) {
        Form& form = *m_forms[static_cast<std::size_t>(i)];
        if (i == family) {
            showLegalRanges(form, format.format);
            form.setValues(format.format);
            for (int row = 0; row < form.count(); ++row) {
                form.setRowVisible(row, parameterMatters(format.format, form.spec(row).id));
            }
            showResets(form, inherited.format);
        }
        form.setVisible(i == family && form.count() > 0);
        m_pages[static_cast<std::size_t>(i)]->setVisible(i == family);
    }
    showMore();
    showFacts();
}

void FormatEditor::endGesture() {
    for (Form* form : m_forms) {
        form->endGesture();
    }
    m_random->endGesture();
}

void FormatEditor::showResets(Form& form, const numerics::Format& inherited) {
    const auto& family = numerics::familyOf(m_format.format);
    const bool sameFamily = inherited.index() == m_format.format.index();
    for (int i = 0; i < form.count(); ++i) {
        const auto& param = family.parameters[static_cast<std::size_t>(i)];
        const double value = param.get(sameFamily ? inherited : family.example);
        const QString text = QString::fromStdString(paramText(param.spec, value));
        form.setReset(i, value,
                      sameFamily ? tr("Reset to inherited (%1)").arg(text)
                                 : tr("Reset to default (%1)").arg(text));
    }
}

void FormatEditor::showFacts() {
    const auto* named = namedFormat(m_format.format);
    m_facts->setText(capabilityText(m_format.format));
    m_source->setText(
        named != nullptr ? tr("Source: %1").arg(toQt(named->source))
                         : tr("Custom format %1")
                               .arg(QString::fromStdString(numerics::formatText(m_format.format))));
    m_facts->setToolTip(m_source->text());
}

void FormatEditor::onPreset(int index) {
    const auto* preset = presetAt(*m_preset, index);
    if (preset == nullptr) {
        setFormat(m_format, m_format);  // "Custom" is what editing a preset makes; nothing to apply
        return;
    }
    emit changed(formatChange(preset->format, toQt(preset->label)), nextGesture());
}

void FormatEditor::onFamily(int index) {
    const auto& family = numerics::formatFamilies()[static_cast<std::size_t>(index)];
    emit changed(formatChange(family.example, toQt(family.label)), nextGesture());
}

void FormatEditor::onRounding(int index) {
    emit changed(roundingChange(kRoundings[static_cast<std::size_t>(index)]), nextGesture());
}

void FormatEditor::onParameter(int family, int index, double value, quint64 gesture) {
    const auto& param = numerics::formatFamilies()[static_cast<std::size_t>(family)]
                            .parameters[static_cast<std::size_t>(index)];
    emit changed(parameterChange(param, value, m_format.format), gesture);
}

}  // namespace mantissa::ui
