// SPDX-License-Identifier: GPL-3.0-or-later
// What the formats of one layer lose over a run: a line an operand.
#pragma once

#include <QWidget>
#include <vector>

#include "core/train/trainer.h"

class QComboBox;

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

    QComboBox* m_layer;
    QComboBox* m_measure;
    Chart* m_chart;
    QString m_name;
    std::vector<train::Observation> m_observations;
};

}  // namespace mantissa::ui
