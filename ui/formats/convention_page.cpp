// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/formats/convention_page.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QTextBrowser>
#include <QVBoxLayout>

#include "ui/common/text.h"
#include "ui/common/theme.h"

namespace mantissa::ui {
namespace {

constexpr int kTightSpacing = 4;  // px

QString paragraph(const QString& text) {
    QString lines = text.toHtmlEscaped();
    return QStringLiteral("<p>%1</p>").arg(lines.replace(u'\n', QStringLiteral("<br>")));
}

QString factTable(const numerics::ConventionRule& rule) {
    QString rows;
    for (const auto& fact : numerics::conventionFacts(rule)) {
        rows += QStringLiteral("<tr><td>%1&nbsp;&nbsp;</td><td>%2</td></tr>")
                    .arg(QString::fromStdString(fact.what).toHtmlEscaped(),
                         choiceText(fact.value).toHtmlEscaped());
    }
    return QStringLiteral("<table>%1</table>").arg(rows);
}

}  // namespace

ConventionPage::ConventionPage(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(kTightSpacing, kTightSpacing, kTightSpacing, kTightSpacing);
    m_choice = new QComboBox(this);
    m_choice->setObjectName(QStringLiteral("conventions"));
    m_choice->setAccessibleName(tr("Published system"));
    m_choice->setMaxVisibleItems(24);
    m_choice->setFocusPolicy(Qt::StrongFocus);
    ignoreWheelUnlessFocused(m_choice);
    for (const auto& one : numerics::conventions()) {
        m_choice->addItem(toQt(one.label));
        m_choice->setItemData(m_choice->count() - 1, toQt(one.system), Qt::ToolTipRole);
    }
    m_gradient = new QCheckBox(tr("&Gradients"), this);
    m_gradient->setObjectName(QStringLiteral("gradients"));
    m_gradient->setToolTip(
        tr("As the system rounds errors and weight gradients, where it "
           "distinguishes them from what it multiplies forward"));
    m_adopt = new QPushButton(tr("Ado&pt"), this);
    m_adopt->setObjectName(QStringLiteral("adopt"));
    m_adopt->setToolTip(
        tr("The selected format keeps its widths; everything else becomes as the system has it"));
    auto* label = new QLabel(tr("&As"), this);
    label->setBuddy(m_choice);
    auto* line = new QHBoxLayout;
    line->addWidget(label);
    line->addWidget(m_choice);
    line->addWidget(m_gradient);
    line->addWidget(m_adopt);
    line->addStretch(1);
    column->addLayout(line);
    m_text = new QTextBrowser(this);
    m_text->setObjectName(QStringLiteral("explanation"));
    m_text->setAccessibleName(tr("What the system does"));
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setTabChangesFocus(true);
    column->addWidget(m_text, 1);
    connect(m_choice, &QComboBox::currentIndexChanged, this, &ConventionPage::describe);
    connect(m_adopt, &QPushButton::clicked, this,
            [this] { emit adoptRequested(conventionChange(convention()), use()); });
    describe();
}

void ConventionPage::setFormat(const numerics::TensorFormat& format) {
    m_format = format;
    describe();
}

const numerics::Convention& ConventionPage::convention() const {
    return numerics::conventions()[static_cast<std::size_t>(m_choice->currentIndex())];
}

numerics::TensorUse ConventionPage::use() const {
    return m_gradient->isChecked() ? numerics::TensorUse::Gradient : numerics::TensorUse::Operand;
}

void ConventionPage::describe() {
    const auto& shown = convention();
    const auto* rule = numerics::ruleFor(shown, m_format.format);
    const QString kind = toQt(numerics::familyOf(m_format.format).label);
    QString html = QStringLiteral("<p><b>%1</b></p>").arg(toQt(shown.system).toHtmlEscaped());
    html += paragraph(toQt(shown.explanation));
    html += rule != nullptr
                ? paragraph(tr("%1, as it has it:").arg(kind)) + factTable(*rule)
                : paragraph(tr("It says nothing of this kind of format (%1).").arg(kind));
    html += paragraph(tr("Source: %1").arg(toQt(shown.source)));
    if (html != m_html) {  // while a slider moves it stays the same
        m_html = html;
        m_text->setHtml(html);
    }
    m_adopt->setEnabled(rule != nullptr);
}

}  // namespace mantissa::ui
