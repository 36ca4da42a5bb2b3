// SPDX-License-Identifier: GPL-3.0-or-later
// The roofline with every layer and pass as a point.
#pragma once

#include <memory>

#include "hwmodel/estimate.h"
#include "ui/hardware/chart_page.h"

namespace mantissa::ui {

class RooflinePage : public ChartPage {
    Q_OBJECT

public:
    explicit RooflinePage(QWidget* parent = nullptr);

    void setReport(std::shared_ptr<const hw::HardwareReport> report);
    void selectLayer(const QString& name);  ///< rings around its points
    Chart* chart() const override { return m_chart; }

signals:
    void layerSelected(const QString& name);

protected:
    void refresh() override;

private:
    Chart* m_chart = nullptr;
    std::shared_ptr<const hw::HardwareReport> m_report;
};

}  // namespace mantissa::ui
