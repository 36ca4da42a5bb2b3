// SPDX-License-Identifier: GPL-3.0-or-later
// What the formats of one layer lose over a run: a line an operand; and how its tensors are spread.
#pragma once

#include <QWidget>
#include <cstdint>
#include <string>
#include <vector>

#include "core/train/trainer.h"

class QComboBox;
class QLabel;
class QSlider;

namespace mantissa::ui {

class Chart;

class ObservationPage : public QWidget {
    Q_OBJECT

public:
    explicit ObservationPage(QWidget* parent = nullptr);

    void begin(const QString& name, qint64 plannedSteps);
    void append(const std::vector<train::Observation>& observations);
    Chart* chart() const { return m_chart; }

private:
    void redraw();
    void drawOverSteps(const std::string& layer);
    void drawExponents(const std::string& layer);
    void followLatest();

    QComboBox* m_layer;
    QComboBox* m_measure;
    QLabel* m_stepText;
    QSlider* m_step;                       ///< place in m_profiled
    std::vector<std::int64_t> m_profiled;  ///< steps that have a histogram
    Chart* m_chart;
    QString m_name;
    qint64 m_plannedSteps = 0;
    std::vector<train::Observation> m_observations;
};

}  // namespace mantissa::ui
