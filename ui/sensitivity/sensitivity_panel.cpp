// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sensitivity/sensitivity_panel.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QSpinBox>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "core/numerics/registry.h"
#include "ui/common/error_label.h"
#include "ui/common/job_progress.h"
#include "ui/common/number_text.h"
#include "ui/common/table_copy.h"
#include "ui/common/text.h"
#include "ui/precision/format_text.h"
#include "ui/sensitivity/sensitivity_model.h"

namespace mantissa::ui {
namespace {

constexpr int kQuickImages = 6000;
constexpr int kMostImages = 10'000'000;

}  // namespace

SensitivityPanel::SensitivityPanel(QWidget* parent)
    : QWidget(parent), m_model(new SensitivityModel(this)) {
    build();
    setBusy(false);
}

void SensitivityPanel::build() {
    m_analyse = new QPushButton(tr("&Analyse"));
    m_analyse->setObjectName(QStringLiteral("analyse"));
    m_analyse->setToolTip(
        tr("Trains the design, then its last epoch again for each layer, role and width"));
    m_cancel = new QPushButton(tr("Cancel"));
    m_images = new QSpinBox;
    m_images->setRange(0, kMostImages);
    m_images->setSingleStep(kQuickImages / 6);
    m_images->setSpecialValueText(tr("as the design"));
    m_images->setSuffix(tr(" images"));
    m_images->setValue(kQuickImages);
    m_images->setToolTip(tr("Training images of an epoch: fewer are faster, more are surer"));
    auto* label = new QLabel(tr("&Training set"));
    label->setBuddy(m_images);
    auto* top = new QHBoxLayout;
    top->addWidget(m_analyse);
    top->addWidget(m_cancel);
    top->addSpacing(12);
    top->addWidget(label);
    top->addWidget(m_images);
    top->addStretch(1);

    m_progress = new JobProgress(tr("Progress of the analysis"), Qt::Vertical);
    m_problem = new ErrorLabel;
    m_summary = new QLabel(
        tr("Which operand bears few bits? Every layer and role alone at 2 to 8 mantissa bits, by "
           "the accuracy that a saved bit costs. Double-click a row to take it over."));
    m_summary->setWordWrap(true);
    m_summary->setObjectName(QStringLiteral("summary"));

    m_table = new QTableView;
    auto* sorted = new QSortFilterProxyModel(this);
    sorted->setSourceModel(m_model);
    sorted->setSortRole(kRawRole);
    m_table->setModel(sorted);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(-1, Qt::AscendingOrder);  // as they come: ranked
    m_table->setAccessibleName(tr("Sensitivity"));
    setTableLook(m_table);
    installCopy(m_table);
    connect(m_table, &QTableView::activated, this, [this, sorted](const QModelIndex& index) {
        takeOver(sorted->mapToSource(index).row());
    });
    connect(m_analyse, &QPushButton::clicked, this, [this] {
        auto recipe = m_design.recipe();
        recipe.trainImages = m_images->value() > 0 ? m_images->value() : recipe.trainImages;
        emit analysisRequested(m_design.withRecipe(recipe));
    });
    connect(m_cancel, &QPushButton::clicked, this, &SensitivityPanel::cancelRequested);

    auto* layout = new QVBoxLayout(this);
    layout->addLayout(top);
    layout->addWidget(m_progress);
    layout->addWidget(m_problem);
    layout->addWidget(m_summary);
    layout->addWidget(m_table, 1);
}

void SensitivityPanel::setDesign(const design::DesignPoint& design) {
    m_design = design;
}

void SensitivityPanel::setBusy(bool busy) {
    m_analyse->setEnabled(!busy);
    m_cancel->setEnabled(busy);
    m_progress->setBusy(busy);
}

void SensitivityPanel::setProgress(const QString& phase, qint64 done, qint64 total,
                                   const QString& eta) {
    m_progress->setProgress(done, total, {phase, eta});
}

void SensitivityPanel::setResult(const design::DesignPoint& design,
                                 const study::Sensitivity& result) {
    m_model->setCases(result.cases);
    m_table->sortByColumn(-1, Qt::AscendingOrder);
    m_table->resizeColumnsToContents();
    const int images = design.recipe().trainImages;
    const QString set = images > 0 ? tr("%1 training images").arg(QLocale().toString(images))
                                   : tr("all training images");
    const QString name =
        design.name().empty() ? tr("The design") : QString::fromStdString(design.name());
    QString text = tr("%1 itself: %2 test accuracy, measured, after %3 on %4. Each row: the last "
                      "epoch again with one operand changed.")
                       .arg(name, percentText(result.accuracy),
                            result.changedEpoch == 1 ? tr("one epoch")
                                                     : tr("%1 epochs").arg(result.changedEpoch),
                            set);
    if (result.cancelled) {
        text += tr(" Cancelled: the rows that were done.");
    }
    m_summary->setText(text);
}

void SensitivityPanel::setProblem(const std::optional<Error>& problem) {
    m_problem->setError(problem);
}

void SensitivityPanel::takeOver(int row) {
    const auto& one = m_model->cases()[static_cast<std::size_t>(row)];
    const auto& layers = m_design.network().layers;
    const bool there = std::any_of(layers.begin(), layers.end(),
                                   [&](const auto& layer) { return layer.name == one.layer; });
    if (!there) {
        setProblem(
            Error{ErrorCode::NotFound,
                  tr("The design has no layer %1 any more").arg(toQt(one.layer)).toStdString(),
                  {},
                  tr("analyse it again").toStdString()});
        return;
    }
    DesignEdit edit;
    edit.after = design::DesignPoint(m_design).withPrecision(study::withCase(m_design, one));
    edit.text = tr("Set %1 %2 to %3")
                    .arg(toQt(one.layer), roleKeyLabel({one.role, std::nullopt}),
                         toQt(numerics::formatText(one.format.format)));
    edit.parameter = QStringLiteral("/precision/layers/%1").arg(toQt(one.layer));
    edit.gesture = nextGesture();
    emit editRequested(edit);
}

}  // namespace mantissa::ui
