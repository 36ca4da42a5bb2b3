// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/observation_page.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>
#include <array>

#include "ui/charts/chart.h"
#include "ui/common/text.h"

namespace mantissa::ui {
namespace {

struct Measure {
    const char* id;
    const char* label;
    const char* unit;
    double factor;  ///< from the figure to the unit
    bool logarithmic;
};

constexpr std::array kMeasures{
    Measure{"sqnr_db", QT_TR_NOOP("Signal to quantisation noise"), "dB", 1, false},
    Measure{"clipped", QT_TR_NOOP("Clipped elements"), "%", 100, false},
    Measure{"flushed", QT_TR_NOOP("Elements flushed to zero"), "%", 100, false},
    Measure{"norm", QT_TR_NOOP("Gradient norm of the weight"), "", 1, true}};

/// "error, weight gradient" for "error@weight_gradient".
QString operandLabel(const std::string& operand) {
    return choiceText(operand).replace(QLatin1Char('@'), QStringLiteral(", "));
}

}  // namespace

ObservationPage::ObservationPage(QWidget* parent)
    : QWidget(parent), m_layer(new QComboBox), m_measure(new QComboBox), m_chart(new Chart) {
    m_layer->setObjectName(QStringLiteral("observed_layer"));
    m_layer->setToolTip(tr("Layer"));
    m_layer->setAccessibleName(tr("Layer"));
    m_layer->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_measure->setObjectName(QStringLiteral("measure"));
    m_measure->setToolTip(tr("What is drawn over the steps"));
    m_measure->setAccessibleName(tr("Measure"));
    for (const auto& measure : kMeasures) {
        m_measure->addItem(tr(measure.label));
    }
    m_chart->setEmptyText(
        tr("Nothing observed yet.\nA hundred steps of a run are watched: what "
           "each quantised operand loses."));
    m_chart->setTitle(tr("Losses of formats"));
    connect(m_layer, &QComboBox::currentIndexChanged, this, &ObservationPage::redraw);
    connect(m_measure, &QComboBox::currentIndexChanged, this, &ObservationPage::redraw);
    auto* row = new QHBoxLayout;
    row->addWidget(m_layer);
    row->addWidget(m_measure, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->addLayout(row);
    layout->addWidget(m_chart, 1);
}

void ObservationPage::begin(const QString& name, qint64 plannedSteps) {
    m_name = name;
    m_observations.clear();
    m_layer->clear();
    m_chart->setXRangeHint(0, static_cast<double>(plannedSteps));
    redraw();
}

void ObservationPage::append(const std::vector<train::Observation>& observations) {
    if (observations.empty()) {
        return;
    }
    const bool first = m_observations.empty();
    for (const auto& seen : observations) {
        const QString layer = toQt(seen.layer);
        if (m_layer->findText(layer) < 0) {
            m_layer->addItem(layer);
        }
    }
    m_observations.insert(m_observations.end(), observations.begin(), observations.end());
    redraw();
    if (first) {
        m_chart->fit();
    }
}

void ObservationPage::redraw() {
    const Measure& measure = kMeasures[static_cast<std::size_t>(m_measure->currentIndex())];
    const std::string layer = m_layer->currentText().toStdString();
    std::vector<Series> series;
    for (const auto& seen : m_observations) {
        if (seen.layer != layer || seen.measure != measure.id) {
            continue;
        }
        const QString name = operandLabel(seen.operand);
        if (std::none_of(series.begin(), series.end(),
                         [&](const Series& s) { return s.name == name; })) {
            series.push_back({.name = name, .style = SeriesStyle::LineAndPoints});
        }
        auto line = std::find_if(series.begin(), series.end(),
                                 [&](const Series& s) { return s.name == name; });
        line->x.push_back(static_cast<double>(seen.step));
        line->y.push_back(measure.factor * seen.value);
    }
    m_chart->setAxes({.label = tr("Training step"), .whole = true},
                     {.label = tr(measure.label),
                      .unit = QString::fromLatin1(measure.unit),
                      .logarithmic = measure.logarithmic});
    m_chart->setTitle(m_name.isEmpty() || layer.empty()
                          ? tr(measure.label)
                          : tr("%1, %2 of %3").arg(tr(measure.label), toQt(layer), m_name));
    m_chart->setSeries(std::move(series));
}

}  // namespace mantissa::ui
