// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/observation_page.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QVBoxLayout>
#include <algorithm>
#include <array>
#include <optional>

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
    Measure{"norm", QT_TR_NOOP("Gradient norm of the weight"), "", 1, true},
    Measure{"zero_set", QT_TR_NOOP("Elements that their block sets to zero"), "%", 100, false},
    Measure{"dead", QT_TR_NOOP("Dead channels"), "%", 100, false},
    Measure{"exponent", QT_TR_NOOP("Histogram of exponents"), "%", 100, false}};
// What the axis shows before there is anything: about the range of half precision.
constexpr double kLowestShown = -24, kHighestShown = 15;
constexpr int kHistogram = static_cast<int>(kMeasures.size()) - 1;

/// "error, weight gradient" for "error@weight_gradient".
QString operandLabel(const std::string& operand) {
    return choiceText(operand).replace(QLatin1Char('@'), QStringLiteral(", "));
}

/// The exponent of "exponent-12"; nothing for another measure.
std::optional<int> exponentOf(const std::string& measure) {
    const QString text = toQt(measure);
    const QLatin1String prefix("exponent");
    bool isNumber = false;
    const int exponent = text.startsWith(prefix) ? text.mid(prefix.size()).toInt(&isNumber) : 0;
    return isNumber ? std::optional(exponent) : std::nullopt;
}

/// The series of an operand, added where it is new.
Series& seriesOf(std::vector<Series>& all, const std::string& operand) {
    const QString name = operandLabel(operand);
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Series& s) { return s.name == name; });
    return found != all.end()
               ? *found
               : all.emplace_back(Series{.name = name, .style = SeriesStyle::LineAndPoints});
}

}  // namespace

ObservationPage::ObservationPage(QWidget* parent)
    : QWidget(parent),
      m_layer(new QComboBox),
      m_measure(new QComboBox),
      m_stepText(new QLabel),
      m_step(new QSlider(Qt::Horizontal)),
      m_chart(new Chart) {
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
    connect(m_measure, &QComboBox::currentIndexChanged, this, [this] {
        redraw();
        m_chart->fit();
    });
    auto* row = new QHBoxLayout;
    row->addWidget(m_layer);
    row->addWidget(m_measure, 1);
    m_step->setObjectName(QStringLiteral("observed_step"));
    m_step->setAccessibleName(tr("Training step"));
    m_step->setToolTip(tr("The training step whose histogram is drawn"));
    connect(m_step, &QSlider::valueChanged, this, &ObservationPage::redraw);
    auto* steps = new QHBoxLayout;
    steps->addWidget(m_stepText);
    steps->addWidget(m_step, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->addLayout(row);
    layout->addLayout(steps);
    layout->addWidget(m_chart, 1);
}

void ObservationPage::begin(const QString& name, qint64 plannedSteps) {
    m_name = name;
    m_observations.clear();
    m_profiled.clear();
    m_plannedSteps = plannedSteps;
    m_layer->clear();
    followLatest();
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
        if (exponentOf(seen.measure) && (m_profiled.empty() || m_profiled.back() < seen.step)) {
            m_profiled.push_back(seen.step);
        }
    }
    m_observations.insert(m_observations.end(), observations.begin(), observations.end());
    followLatest();
    redraw();
    if (first) {
        m_chart->fit();
    }
}

/// The slider stays on the newest step if it stands there.
void ObservationPage::followLatest() {
    const QSignalBlocker blocker(m_step);
    const bool latest = m_step->value() == m_step->maximum();
    m_step->setRange(0, std::max(0, static_cast<int>(m_profiled.size()) - 1));
    if (latest) {
        m_step->setValue(m_step->maximum());
    }
}

void ObservationPage::drawOverSteps(const std::string& layer) {
    const Measure& measure = kMeasures[static_cast<std::size_t>(m_measure->currentIndex())];
    std::vector<Series> series;
    for (const auto& seen : m_observations) {
        if (seen.layer == layer && seen.measure == measure.id) {
            Series& line = seriesOf(series, seen.operand);
            line.x.push_back(static_cast<double>(seen.step));
            line.y.push_back(measure.factor * seen.value);
        }
    }
    m_chart->setXRangeHint(0, static_cast<double>(m_plannedSteps));
    m_chart->setAxes({.label = tr("Training step"), .whole = true},
                     {.label = tr(measure.label),
                      .unit = QString::fromLatin1(measure.unit),
                      .logarithmic = measure.logarithmic});
    m_chart->setSeries(std::move(series));
}

void ObservationPage::drawExponents(const std::string& layer) {
    const Measure& measure = kMeasures[kHistogram];
    const auto place = static_cast<std::size_t>(m_step->value());
    const std::int64_t step = place < m_profiled.size() ? m_profiled[place] : 0;
    m_stepText->setText(tr("Step %1").arg(step));
    std::vector<Series> series;
    for (const auto& seen : m_observations) {
        const auto exponent = exponentOf(seen.measure);
        if (exponent && seen.layer == layer && seen.step == step) {
            Series& line = seriesOf(series, seen.operand);
            line.x.push_back(*exponent);
            line.y.push_back(measure.factor * seen.value);
        }
    }
    m_chart->setXRangeHint(kLowestShown, kHighestShown);
    m_chart->setAxes({.label = tr("Exponent of two"), .whole = true},
                     {.label = tr("Share of elements"), .unit = QString::fromLatin1(measure.unit)});
    m_chart->setSeries(std::move(series));
}

void ObservationPage::redraw() {
    const Measure& measure = kMeasures[static_cast<std::size_t>(m_measure->currentIndex())];
    const std::string layer = m_layer->currentText().toStdString();
    const bool histogram = m_measure->currentIndex() == kHistogram;
    m_step->setVisible(histogram);
    m_stepText->setVisible(histogram);
    if (histogram) {
        drawExponents(layer);
    } else {
        drawOverSteps(layer);
    }
    m_chart->setTitle(m_name.isEmpty() || layer.empty()
                          ? tr(measure.label)
                          : tr("%1, %2 of %3").arg(tr(measure.label), toQt(layer), m_name));
}

}  // namespace mantissa::ui
