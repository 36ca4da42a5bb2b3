// SPDX-License-Identifier: GPL-3.0-or-later
// What happened to a run at a step: widths that a precision control chose, loss scales.
#pragma once

#include <QString>
#include <vector>

#include "core/train/trainer.h"

namespace mantissa::ui {

class Chart;

/// One row for each subject, in the order in which they first changed; a point at each change, its
/// new value beside it and the reason in its tool-tip.
class EventChart {
public:
    explicit EventChart(Chart* chart);

    void begin(const QString& name, qint64 plannedSteps);
    void append(const std::vector<train::RunEvent>& events);

private:
    void show();

    Chart* m_chart;
    std::vector<train::RunEvent> m_events;
};

}  // namespace mantissa::ui
