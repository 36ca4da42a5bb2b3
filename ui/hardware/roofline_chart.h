// SPDX-License-Identifier: GPL-3.0-or-later
// The roofline as a chart: the roof, and every layer and pass below it.
#pragma once

#include "hwmodel/roofline.h"
#include "ui/charts/chart.h"

namespace mantissa::ui {

struct RooflineChart {
    std::vector<Series> series;  ///< the roof first, then the points of each pass, keyed by layer
    AxisText x;
    AxisText y;
    QString note;  ///< peak, bandwidth and ridge
};
RooflineChart rooflineChart(const hw::HardwareReport& report);

}  // namespace mantissa::ui
