// SPDX-License-Identifier: GPL-3.0-or-later
// The live curves of a run: loss and accuracy of every batch, smoothed, and of the test set.
#pragma once

#include <QObject>
#include <vector>

#include "core/train/trainer.h"

namespace mantissa::ui {

class Chart;

/// Exponential mean without the pull towards its start value (Kingma and Ba 2015, section 3).
class RunningMean {
public:
    double add(double value);

private:
    double m_sum = 0;
    double m_weight = 0;
};

/// Fills the two charts as metrics come in. Non-finite values go to the chart, which counts them,
/// and stay out of the mean.
class RunCurves : public QObject {
    Q_OBJECT

public:
    RunCurves(Chart* loss, Chart* accuracy, QObject* parent);

    void begin(const QString& name, qint64 plannedSteps);
    void append(const std::vector<train::StepMetric>& steps,
                const std::vector<train::EpochMetric>& epochs);

private:
    Chart* m_loss;
    Chart* m_accuracy;
    RunningMean m_meanLoss;
    RunningMean m_meanAccuracy;
};

}  // namespace mantissa::ui
