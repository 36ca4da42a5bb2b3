// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/reproduce/system_page.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "core/systems/preset_design.h"
#include "ui/common/text.h"
#include "ui/reproduce/dataflow_view.h"
#include "ui/reproduce/preset_model.h"
#include "ui/reproduce/wrapped_table.h"

namespace mantissa::ui {
namespace {

QLabel* makeText(const QString& name) {
    auto* label = new QLabel;
    label->setObjectName(name);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QLabel* makeHeading(double scale) {
    auto* label = makeText({});
    QFont font = label->font();
    font.setBold(true);
    font.setPointSizeF(font.pointSizeF() * scale);
    label->setFont(font);
    return label;
}

QLabel* heading(const QString& text) {
    constexpr double kScale = 1.1;
    auto* label = makeHeading(kScale);
    label->setText(text);
    return label;
}

}  // namespace

SystemPage::SystemPage(QWidget* parent)
    : QWidget(parent), m_changes(new PresetModel(this)), m_claims(new ClaimModel(this)) {
    constexpr double kTitleScale = 1.4;
    m_title = makeHeading(kTitleScale);
    m_paper = makeText(QStringLiteral("paper"));
    m_what = makeText(QStringLiteral("what"));
    m_drawing = new DataflowView;
    m_summary = makeText(QStringLiteral("claimSummary"));
    auto* claims = new WrappedTable({30, 10, 14, 24, 22});
    claims->setObjectName(QStringLiteral("claims"));
    claims->setAccessibleName(tr("Claims"));
    claims->setModel(m_claims);

    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_title);
    layout->addWidget(m_paper);
    layout->addWidget(m_what);
    layout->addWidget(m_drawing);
    layout->addWidget(heading(tr("What it sets")));
    layout->addWidget(buildPreset());
    layout->addWidget(heading(tr("What was claimed, and what is obtained here")));
    layout->addWidget(m_summary);
    layout->addWidget(claims);
    layout->addStretch(1);
}

QWidget* SystemPage::buildPreset() {
    auto* box = new QWidget;
    m_preset = new QComboBox;
    m_preset->setObjectName(QStringLiteral("preset"));
    m_preset->setAccessibleName(tr("Preset"));
    m_open = new QPushButton(tr("&Open as Design"));
    m_open->setObjectName(QStringLiteral("openPreset"));
    m_open->setToolTip(
        tr("Makes the preset the current design: to see it, run it, change it and "
           "hold it against others"));
    m_note = makeText(QStringLiteral("note"));
    auto* changes = new WrappedTable({44, 18, 38});
    changes->setObjectName(QStringLiteral("changes"));
    changes->setAccessibleName(tr("Settings of the preset"));
    changes->setModel(m_changes);
    auto* label = new QLabel(tr("&Preset:"));
    label->setBuddy(m_preset);
    auto* row = new QHBoxLayout;
    row->addWidget(label);
    row->addWidget(m_preset);
    row->addWidget(m_open);
    row->addStretch(1);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins({});
    layout->addLayout(row);
    layout->addWidget(m_note);
    layout->addWidget(changes);
    connect(m_preset, &QComboBox::currentIndexChanged, this, &SystemPage::showPreset);
    connect(m_open, &QPushButton::clicked, this, [this] { emit openRequested(*m_design); });
    return box;
}

void SystemPage::setSystem(const systems::System& system, const design::DesignPoint& baseline) {
    m_system = system;
    m_baseline = baseline;
    m_title->setText(toQt(system.title));
    m_paper->setText(tr("%1\nWhat was read: %2").arg(toQt(system.paper), toQt(system.known)));
    QStringList sentences;
    for (const auto& sentence : system.what) {
        sentences << toQt(sentence);
    }
    m_what->setText(sentences.join(QLatin1Char(' ')));
    m_drawing->setDataflow(system.dataflow, tr("Dataflow of %1").arg(toQt(system.title)));
    const QSignalBlocker quiet(m_preset);
    m_preset->clear();
    for (const auto& preset : system.presets) {
        m_preset->addItem(toQt(preset.title));
    }
    showPreset();
    m_claims->setClaims(system.claims);
    showSummary({});
}

void SystemPage::setOutcomes(const ClaimOutcomes& outcomes) {
    m_claims->setOutcomes(outcomes);
    showSummary(outcomes);
}

void SystemPage::showPreset() {
    const int index = m_preset->currentIndex();
    m_design.reset();
    QString note;
    std::vector<design::Difference> differences;
    if (index >= 0) {
        const auto& preset = m_system.presets[static_cast<std::size_t>(index)];
        const auto design = systems::designOf(m_system, preset.id, m_baseline);
        note = toQt(design ? preset.note : design.error().text());
        if (design) {
            m_design = *design;
            differences = design::diff(m_baseline, *design);
        }
    }
    m_note->setText(note);
    m_changes->setDifferences(std::move(differences));
    m_open->setEnabled(m_design.has_value());
}

void SystemPage::showSummary(const ClaimOutcomes& outcomes) {
    const auto count = [&](ClaimOutcome::Kind kind) {
        return std::count_if(outcomes.begin(), outcomes.end(),
                             [&](const auto& one) { return one.second.kind == kind; });
    };
    m_summary->setText(
        outcomes.empty()
            ? tr("Hardware is being modelled…")
            : tr("%1 rows: %2 agree, %3 differ. Networks here are small and trained for minutes: "
                 "what is compared is the distance from FP32 of the same network.")
                  .arg(m_system.claims.size())
                  .arg(count(ClaimOutcome::Kind::Agrees))
                  .arg(count(ClaimOutcome::Kind::Differs)));
}

}  // namespace mantissa::ui
