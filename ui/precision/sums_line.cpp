// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/precision/sums_line.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <utility>

#include "ui/common/text.h"
#include "ui/common/theme.h"
#include "ui/precision/format_text.h"

namespace mantissa::ui {
namespace {

QString pathOf(const design::PlanScope& scope) {
    if (!scope.layer.empty()) {
        return QStringLiteral("/precision/layers/%1/accumulator").arg(toQt(scope.layer));
    }
    return scope.kind.empty()
               ? QStringLiteral("/precision/compute")
               : QStringLiteral("/precision/kinds/%1/accumulator").arg(toQt(scope.kind));
}

bool isSaidBy(const design::PrecisionPlan& plan, const design::PlanScope& scope) {
    if (!scope.layer.empty()) {
        return plan.layerAccumulators.contains(scope.layer);
    }
    return scope.kind.empty() || plan.kindAccumulators.contains(scope.kind);
}

}  // namespace

SumsLine::SumsLine(QWidget* parent)
    : QWidget(parent),
      m_line(new QHBoxLayout),
      m_compute(new QComboBox(this)),
      m_accumulatorPart(new QWidget(this)),
      m_accumulator(new QComboBox(m_accumulatorPart)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    auto* label = new QLabel(tr("S&ums"), this);
    label->setBuddy(m_compute);
    m_compute->setObjectName(QStringLiteral("compute"));
    m_compute->setAccessibleName(tr("How products are summed"));
    for (const auto& text : design::computeTexts()) {
        addCompute(text);
    }
    m_line->addWidget(label);
    m_line->addWidget(m_compute, 1);
    column->addLayout(m_line);

    auto* accumulatorLine = new QHBoxLayout(m_accumulatorPart);
    accumulatorLine->setContentsMargins(0, 0, 0, 0);
    auto* accumulatorLabel = new QLabel(tr("Accumu&lator"), m_accumulatorPart);
    accumulatorLabel->setBuddy(m_accumulator);
    m_accumulator->setObjectName(QStringLiteral("accumulator"));
    m_accumulator->setAccessibleName(tr("Accumulator of this scope"));
    m_accumulator->setToolTip(
        tr("What bit-true sums of this scope are added in. Choose one, or type it: int&lt;18&gt; "
           "is an integer of 18 bits that saturates, int&lt;18,overflow=wrap&gt; one that keeps "
           "its lower bits, fp&lt;8,12&gt; a float of 8 exponent and 12 mantissa bits."));
    m_accumulator->setEditable(true);
    m_accumulator->setInsertPolicy(QComboBox::NoInsert);
    accumulatorLine->addWidget(accumulatorLabel);
    accumulatorLine->addWidget(m_accumulator, 1);
    column->addWidget(m_accumulatorPart);
    for (QComboBox* box : {m_compute, m_accumulator}) {
        box->setFocusPolicy(Qt::StrongFocus);
        letShrink(box);
        ignoreWheelUnlessFocused(box);
    }
    connect(m_compute, &QComboBox::activated, this, &SumsLine::chooseCompute);
    connect(m_accumulator, &QComboBox::activated, this,
            [this](int row) { chooseAccumulator(m_accumulator->itemData(row).toString()); });
    connect(m_accumulator->lineEdit(), &QLineEdit::editingFinished, this, [this] {
        const QString text = m_accumulator->lineEdit()->text();
        const int row = m_accumulator->findText(text);
        chooseAccumulator(row < 0 ? text : m_accumulator->itemData(row).toString());
    });
}

void SumsLine::addWidget(QWidget* widget) {
    m_line->addWidget(widget);
}

/// Adds a way of summing, as setCompute() reads it, to the choice.
void SumsLine::addCompute(const std::string& text) {
    design::PrecisionPlan plan;
    if (!design::setCompute(plan, text)) {
        return;
    }
    m_compute->addItem(computeLabel(plan), toQt(text));
    m_compute->setItemData(m_compute->count() - 1, toQt(nn::infoOf(plan.compute).help),
                           Qt::ToolTipRole);
}

void SumsLine::show(const design::PrecisionPlan& plan, const design::PlanScope& scope,
                    const std::string& kind) {
    m_plan = plan;
    m_scope = scope;
    const std::string compute = design::computeText(plan);
    if (m_compute->findData(toQt(compute)) < 0) {
        addCompute(compute);  // a table in a file
    }
    m_compute->setCurrentIndex(m_compute->findData(toQt(compute)));
    m_compute->setToolTip(toQt(nn::infoOf(plan.compute).help));
    const bool multiplies = kind.empty() || design::hasRole(kind, design::Role::Weight);
    const bool shown = plan.compute == nn::ComputeMode::BitTrue && multiplies;
    m_accumulatorPart->setVisible(shown);
    if (shown) {
        fillAccumulators(kind);
    }
}

/// The first choice is what is inherited; its data is empty.
void SumsLine::fillAccumulators(const std::string& kind) {
    const QSignalBlocker blocker(m_accumulator);
    m_accumulator->clear();
    const design::PlanSite site{m_scope.layer, kind};
    const auto add = [&](const numerics::Accumulator& accumulator) {
        m_accumulator->addItem(accumulatorLabel(accumulator),
                               toQt(numerics::accumulatorText(accumulator)));
    };
    const bool isNetwork = m_scope == design::PlanScope{};
    if (!isNetwork) {
        const auto inherited =
            design::withoutAccumulator(m_plan, m_scope).resolveAccumulator(site).accumulator;
        m_accumulator->addItem(tr("Inherited: %1").arg(accumulatorLabel(inherited)), QString());
    }
    add(nn::kBlockSums);
    for (const auto& named : numerics::namedAccumulators()) {
        add(named.accumulator);
    }
    const auto said = m_plan.resolveAccumulator(site).accumulator;
    const QString text = toQt(numerics::accumulatorText(said));
    if (m_accumulator->findData(text) < 0) {
        add(said);
    }
    const bool isHere = isSaidBy(m_plan, m_scope);
    m_accumulator->setCurrentIndex(isHere ? m_accumulator->findData(text) : 0);
    QFont font = m_accumulator->font();
    font.setItalic(!isHere);
    m_accumulator->lineEdit()->setFont(font);
    m_accumulator->lineEdit()->setCursorPosition(0);
}

void SumsLine::chooseCompute(int row) {
    auto plan = m_plan;
    const bool known =
        design::setCompute(plan, m_compute->itemData(row).toString().toStdString()).has_value();
    if (known && plan != m_plan) {
        emit edited(plan, QStringLiteral("/precision/compute"),
                    tr("Change how products are summed"));
    }
}

void SumsLine::chooseAccumulator(const QString& text) {
    if (!m_accumulatorPart->isVisibleTo(this)) {
        return;  // the scope went while its text was edited
    }
    auto plan = m_plan;
    QString step = tr("Inherit the accumulator of %1").arg(scopeLabel(m_scope));
    if (text.isEmpty()) {
        plan = design::withoutAccumulator(std::move(plan), m_scope);
    } else {
        const auto accumulator = numerics::parseAccumulator(text.toStdString());
        if (!accumulator) {
            emit refused(accumulator.error());
            return;
        }
        plan = design::withAccumulator(std::move(plan), m_scope, *accumulator);
        step = tr("Set the accumulator of %1 to %2")
                   .arg(scopeLabel(m_scope), toQt(numerics::accumulatorText(*accumulator)));
    }
    if (plan != m_plan) {
        emit edited(plan, pathOf(m_scope), step);
    }
}

}  // namespace mantissa::ui
