// SPDX-License-Identifier: GPL-3.0-or-later
// A waterfall: from one total to another, by what each step adds or saves.
#pragma once

#include <QString>
#include <vector>

#include "ui/charts/chart.h"

namespace mantissa::ui {

struct WaterfallStep {
    QString name;
    double value = 0;      ///< of a total the total, else what the step adds (< 0: saves)
    bool isTotal = false;  ///< drawn from zero
    QString detail;        ///< tool-tip: value with unit, where it comes from
};

/// One row a step; each begins where the one before ended.
StackedBars waterfallBars(const std::vector<WaterfallStep>& steps);

}  // namespace mantissa::ui
