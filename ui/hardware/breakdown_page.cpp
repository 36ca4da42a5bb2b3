// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/breakdown_page.h"

#include <QHeaderView>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QTreeView>
#include <QVBoxLayout>

#include "ui/charts/chart.h"
#include "ui/common/table_copy.h"
#include "ui/hardware/breakdown_bars.h"
#include "ui/hardware/breakdown_model.h"

namespace mantissa::ui {

BreakdownPage::BreakdownPage(QWidget* parent) : ChartPage(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->setChildrenCollapsible(false);
    m_chart = new Chart(splitter);
    m_chart->setTitle(tr("Area and energy by component"));
    m_chart->setEmptyText(tr("No estimate yet"));
    m_tree = makeTree(splitter);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({300, 180});  // eight bars need more than a few rows do
    column->addWidget(splitter);
}

QTreeView* BreakdownPage::makeTree(QWidget* parent) {
    auto* tree = new QTreeView(parent);
    tree->setObjectName(QStringLiteral("breakdown"));
    tree->setAccessibleName(tr("Area and energy by component"));
    m_model = new BreakdownModel(this);
    auto* sorted = new QSortFilterProxyModel(this);
    sorted->setSourceModel(m_model);
    sorted->setSortRole(kRawRole);
    tree->setModel(sorted);
    tree->setAlternatingRowColors(true);
    tree->setUniformRowHeights(true);
    tree->setAllColumnsShowFocus(true);
    tree->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    const int letter = tree->fontMetrics().averageCharWidth();
    tree->setIndentation(letter * 2);
    auto* header = tree->header();
    header->setStretchLastSection(true);
    const int widths[] = {25, 15, 11, 13, 12};
    for (int i = 0; i < BreakdownModel::Source; ++i) {
        header->resizeSection(i, widths[i] * letter);
    }
    tree->setSortingEnabled(true);
    header->setSortIndicatorClearable(true);
    tree->sortByColumn(-1, Qt::AscendingOrder);  // the accelerator's own order
    installCopy(tree);
    return tree;
}

void BreakdownPage::setReports(Report report, Report baseline) {
    m_report = std::move(report);
    m_baseline = std::move(baseline);
    markStale();
}

void BreakdownPage::refresh() {
    if (m_model->setBreakdown(m_report->breakdown)) {
        m_tree->expandToDepth(0);
    }
    const BreakdownBars bars = breakdownBars(*m_report, m_baseline.get());
    m_chart->setAxes({bars.axis, QStringLiteral("%")}, {});
    m_chart->setBars(bars.bars);
}

}  // namespace mantissa::ui
