// SPDX-License-Identifier: GPL-3.0-or-later
// What each layer costs, for the whole step or one phase: stacked bars and the table.
#pragma once

#include <memory>
#include <optional>

#include "hwmodel/estimate.h"
#include "ui/hardware/chart_page.h"

class QComboBox;
class QSortFilterProxyModel;
class QTableView;

namespace mantissa::ui {

class LayerCostModel;

class LayerPage : public ChartPage {
    Q_OBJECT

public:
    explicit LayerPage(QWidget* parent = nullptr);

    void setReport(std::shared_ptr<const hw::HardwareReport> report);
    Chart* chart() const override { return m_chart; }

signals:
    void layerSelected(const QString& name);

protected:
    void refresh() override;

private:
    QWidget* makeChoices();
    QTableView* makeTable(QWidget* parent);
    std::optional<hw::StepPhase> chosenPhase() const;
    void selectRow(const QString& layer);

    Chart* m_chart = nullptr;
    QComboBox* m_figure = nullptr;
    QComboBox* m_phase = nullptr;
    QTableView* m_table = nullptr;
    LayerCostModel* m_model = nullptr;
    QSortFilterProxyModel* m_sorted = nullptr;
    std::shared_ptr<const hw::HardwareReport> m_report;
};

}  // namespace mantissa::ui
