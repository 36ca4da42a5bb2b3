// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/run_charts.h"

#include <cmath>

#include "ui/charts/chart.h"

namespace mantissa::ui {
namespace {

constexpr double kMemory = 0.95;  // about the last 20 batches
enum Curve { Batch, Smoothed, Test };

std::vector<Series> emptyCurves() {
    return {{.name = RunCurves::tr("Each batch"), .colour = 0, .faint = true},
            {.name = RunCurves::tr("Batches, smoothed"), .colour = 0},
            {.name = RunCurves::tr("Test set"), .style = SeriesStyle::LineAndPoints, .colour = 1}};
}

}  // namespace

double RunningMean::add(double value) {
    m_sum = kMemory * m_sum + (1 - kMemory) * value;
    m_weight = kMemory * m_weight + (1 - kMemory);
    return m_sum / m_weight;
}

RunCurves::RunCurves(Chart* loss, Chart* accuracy, QObject* parent)
    : QObject(parent), m_loss(loss), m_accuracy(accuracy) {
    m_loss->setAxes({.label = tr("Training step"), .whole = true}, {.label = tr("Loss")});
    m_accuracy->setAxes({.label = tr("Training step"), .whole = true},
                        {tr("Accuracy"), QStringLiteral("%")});
    m_loss->setTitle(tr("Loss"));
    m_accuracy->setTitle(tr("Accuracy"));
}

void RunCurves::begin(const QString& name, qint64 plannedSteps) {
    m_meanLoss = {};
    m_meanAccuracy = {};
    m_loss->setTitle(name.isEmpty() ? tr("Loss") : tr("Loss of %1").arg(name));
    m_accuracy->setTitle(name.isEmpty() ? tr("Accuracy") : tr("Accuracy of %1").arg(name));
    for (Chart* chart : {m_loss, m_accuracy}) {
        chart->setSeries(emptyCurves());
        chart->setXRangeHint(0, static_cast<double>(plannedSteps));
        chart->fit();
    }
}

void RunCurves::append(const std::vector<train::StepMetric>& steps,
                       const std::vector<train::EpochMetric>& epochs) {
    for (const auto& metric : steps) {
        // Steps done, as the epochs count them: the first batch stands at 1.
        const auto x = static_cast<double>(metric.step + 1);
        m_loss->appendPoint(Batch, x, metric.loss);
        m_accuracy->appendPoint(Batch, x, 100 * metric.accuracy);
        if (std::isfinite(metric.loss)) {
            m_loss->appendPoint(Smoothed, x, m_meanLoss.add(metric.loss));
        }
        if (std::isfinite(metric.accuracy)) {
            m_accuracy->appendPoint(Smoothed, x, m_meanAccuracy.add(100 * metric.accuracy));
        }
    }
    for (const auto& metric : epochs) {
        const auto x = static_cast<double>(metric.step);
        m_loss->appendPoint(Test, x, metric.testLoss);
        m_accuracy->appendPoint(Test, x, 100 * metric.testAccuracy);
    }
}

}  // namespace mantissa::ui
