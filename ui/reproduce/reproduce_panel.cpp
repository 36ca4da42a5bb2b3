// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/reproduce/reproduce_panel.h"

#include <QHBoxLayout>
#include <QListWidget>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSplitter>
#include <QVBoxLayout>

#include "ui/common/error_label.h"
#include "ui/common/job_progress.h"
#include "ui/common/text.h"
#include "ui/reproduce/system_page.h"

namespace mantissa::ui {

ReproducePanel::ReproducePanel(QWidget* parent) : QWidget(parent) {
    m_list = new QListWidget;
    m_list->setAccessibleName(tr("Published systems"));
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setWordWrap(true);
    m_page = new SystemPage;
    auto* scroll = new QScrollArea;
    scroll->setWidget(m_page);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    auto* right = new QWidget;
    auto* column = new QVBoxLayout(right);
    column->setContentsMargins({});
    column->addWidget(buildBar());
    m_problem = new ErrorLabel;
    column->addWidget(m_problem);
    column->addWidget(scroll, 1);
    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->addWidget(m_list);
    splitter->addWidget(right);
    splitter->setChildrenCollapsible(false);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 4);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(splitter);

    connect(m_list, &QListWidget::currentRowChanged, this, [this, scroll] {
        scroll->verticalScrollBar()->setValue(0);
        showSystem();
    });
    connect(m_page, &SystemPage::openRequested, this, &ReproducePanel::openRequested);
    setBusy(false);
}

QWidget* ReproducePanel::buildBar() {
    m_reproduce = new QPushButton(tr("&Reproduce"));
    m_reproduce->setObjectName(QStringLiteral("reproduce"));
    m_cancel = new QPushButton(tr("Cancel"));
    m_cancel->setObjectName(QStringLiteral("cancelReproduction"));
    m_progress = new JobProgress(tr("Progress of the reproduction"), Qt::Horizontal);
    auto* bar = new QWidget;
    auto* layout = new QHBoxLayout(bar);
    layout->addWidget(m_reproduce);
    layout->addWidget(m_cancel);
    layout->addWidget(m_progress, 1);
    layout->addStretch(1);
    connect(m_reproduce, &QPushButton::clicked, this,
            [this] { emit reproduceRequested(current()); });
    connect(m_cancel, &QPushButton::clicked, this, &ReproducePanel::cancelRequested);
    return bar;
}

void ReproducePanel::setSystems(const SystemList& systems, const design::DesignPoint& baseline,
                                const QString& scale) {
    m_systems = systems;
    m_baseline = baseline;
    m_reproduce->setToolTip(tr("Trains this system's presets and FP32: %1. What was trained before "
                               "is found again.")
                                .arg(scale));
    m_list->clear();
    for (const auto& system : *systems) {
        m_list->addItem(toQt(system.title));
    }
    m_list->setCurrentRow(0);
}

int ReproducePanel::current() const {
    return m_list->currentRow();
}

void ReproducePanel::showSystem() {
    m_asked = false;
    if (current() < 0) {
        return;
    }
    m_page->setSystem(m_systems->at(static_cast<std::size_t>(current())), m_baseline);
    if (isVisible()) {
        m_asked = true;
        emit shown(current());
    }
}

/// Nothing is modelled for a page that nobody sees.
void ReproducePanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (!m_asked && current() >= 0) {
        m_asked = true;
        emit shown(current());
    }
}

void ReproducePanel::setOutcomes(int system, const ClaimOutcomes& outcomes) {
    if (system == current()) {
        m_page->setOutcomes(outcomes);
    }
}

void ReproducePanel::setBusy(bool busy) {
    m_reproduce->setEnabled(!busy);
    m_cancel->setEnabled(busy);
    m_progress->setBusy(busy);
}

void ReproducePanel::setProgress(const QString& phase, qint64 done, qint64 total,
                                 const QString& eta) {
    m_progress->setProgress(done, total, {phase, eta});
}

void ReproducePanel::setProblem(const std::optional<Error>& problem) {
    m_problem->setError(problem);
}

}  // namespace mantissa::ui
