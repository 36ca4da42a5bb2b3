// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/roofline_page.h"

#include <QVBoxLayout>

#include "ui/charts/chart.h"
#include "ui/hardware/roofline_chart.h"

namespace mantissa::ui {

RooflinePage::RooflinePage(QWidget* parent) : ChartPage(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    m_chart = new Chart(this);
    m_chart->setTitle(tr("Roofline"));
    m_chart->setEmptyText(tr("No layer multiplies matrices"));
    column->addWidget(m_chart);
    connect(m_chart, &Chart::pointClicked, this, [this](const QString& layer) {
        selectLayer(layer);
        emit layerSelected(layer);
    });
}

void RooflinePage::setReport(std::shared_ptr<const hw::HardwareReport> report) {
    m_report = std::move(report);
    markStale();
}

void RooflinePage::selectLayer(const QString& name) {
    m_chart->setSelectedKeys({name});
}

void RooflinePage::refresh() {
    auto chart = rooflineChart(*m_report);
    m_chart->setAxes(chart.x, chart.y);
    m_chart->setSeries(std::move(chart.series));
    m_chart->setNote(chart.note);
}

}  // namespace mantissa::ui
