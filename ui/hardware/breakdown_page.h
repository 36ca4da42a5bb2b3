// SPDX-License-Identifier: GPL-3.0-or-later
// Area and energy by component: nested bars, and the tree of figures with their sources.
#pragma once

#include <memory>

#include "hwmodel/estimate.h"
#include "ui/hardware/chart_page.h"

class QTreeView;

namespace mantissa::ui {

class BreakdownModel;

class BreakdownPage : public ChartPage {
    Q_OBJECT

public:
    explicit BreakdownPage(QWidget* parent = nullptr);

    using Report = std::shared_ptr<const hw::HardwareReport>;
    void setReports(Report report, Report baseline);  ///< `baseline` may be null
    Chart* chart() const override { return m_chart; }

protected:
    void refresh() override;

private:
    QTreeView* makeTree(QWidget* parent);

    Chart* m_chart = nullptr;
    QTreeView* m_tree = nullptr;
    BreakdownModel* m_model = nullptr;
    Report m_report;
    Report m_baseline;
};

}  // namespace mantissa::ui
