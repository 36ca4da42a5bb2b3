// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/layer_page.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>
#include <array>

#include "ui/charts/chart.h"
#include "ui/common/table_copy.h"
#include "ui/common/text.h"
#include "ui/hardware/layer_bars.h"
#include "ui/hardware/layer_cost_model.h"
#include "ui/hardware/page_parts.h"

namespace mantissa::ui {

LayerPage::LayerPage(QWidget* parent) : ChartPage(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, column->contentsMargins().top(), 0, 0);
    column->addWidget(makeChoices());
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->setChildrenCollapsible(false);
    m_chart = new Chart(splitter);
    m_chart->setEmptyText(tr("No estimate yet"));
    m_chart->setTitle(tr("Energy by layer"));
    m_table = makeTable(splitter);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);
    column->addWidget(splitter, 1);
    connect(m_chart, &Chart::pointClicked, this, &LayerPage::selectRow);
}

QWidget* LayerPage::makeChoices() {
    auto* row = new ChoiceRow(this);
    m_figure = row->add(tr("&Figure"), QStringLiteral("figure"), tr("What the bars show"));
    m_figure->addItems({tr("Energy"), tr("Time"), tr("DRAM traffic")});
    m_phase = row->add(tr("&Phase"), QStringLiteral("phase"), tr("Phase of the training step"));
    m_phase->addItem(tr("Whole step"));
    for (int i = 0; i < hw::kStepPhases; ++i) {
        m_phase->addItem(choiceText(hw::phaseText(static_cast<hw::StepPhase>(i))));
    }
    connect(m_figure, &QComboBox::currentIndexChanged, this, [this] {
        if (m_report) {
            markStale();
        }
    });
    connect(m_phase, &QComboBox::currentIndexChanged, this, [this] {
        m_model->setPhase(chosenPhase());
        if (m_report) {
            markStale();
        }
    });
    return row;
}

QTableView* LayerPage::makeTable(QWidget* parent) {
    m_model = new LayerCostModel(this);
    m_sorted = new QSortFilterProxyModel(this);
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(kRawRole);
    auto* table = new QTableView(parent);
    table->setObjectName(QStringLiteral("layers"));
    table->setAccessibleName(tr("Cost per layer"));
    setTableLook(table);
    installCopy(table);
    table->setModel(m_sorted);
    table->setSortingEnabled(true);
    table->horizontalHeader()->setSortIndicatorClearable(true);
    table->sortByColumn(-1, Qt::AscendingOrder);  // the network's order
    const int letter = table->fontMetrics().averageCharWidth();
    constexpr std::array kLetters{10, 16, 11, 12, 11, 11, 11, 11, 11, 12, 11};
    static_assert(kLetters.size() == LayerCostModel::ColumnCount);
    for (int i = 0; i < LayerCostModel::ColumnCount; ++i) {
        table->horizontalHeader()->resizeSection(i, kLetters[static_cast<std::size_t>(i)] * letter);
    }
    // A table that gets the focus makes its first row the current one: that chooses no layer.
    connect(table->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this, table] {
        const auto current = table->currentIndex();
        if (table->selectionModel()->isSelected(current)) {
            emit layerSelected(m_model->layerAt(m_sorted->mapToSource(current).row()));
        }
    });
    return table;
}

std::optional<hw::StepPhase> LayerPage::chosenPhase() const {
    const int index = m_phase->currentIndex();
    return index <= 0 ? std::nullopt : std::optional(static_cast<hw::StepPhase>(index - 1));
}

void LayerPage::selectRow(const QString& layer) {
    for (int row = 0; row < m_model->rowCount(); ++row) {
        if (m_model->layerAt(row) == layer) {
            m_table->selectRow(m_sorted->mapFromSource(m_model->index(row, 0)).row());
        }
    }
}

void LayerPage::setReport(std::shared_ptr<const hw::HardwareReport> report) {
    m_report = std::move(report);
    markStale();
}

void LayerPage::refresh() {
    m_model->setLayers(m_report->layers);
    const auto bars =
        layerBars(*m_report, static_cast<LayerFigure>(m_figure->currentIndex()), chosenPhase());
    m_chart->setTitle(bars.heading);
    m_chart->setAxes(bars.axis, {tr("Layer"), {}});
    m_chart->setBars(bars.bars);
}

}  // namespace mantissa::ui
