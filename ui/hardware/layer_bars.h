// SPDX-License-Identifier: GPL-3.0-or-later
// What each layer costs as stacked bars: energy by component, time and traffic by phase.
#pragma once

#include <optional>

#include "hwmodel/estimate.h"
#include "ui/charts/chart.h"

namespace mantissa::ui {

enum class LayerFigure { Energy, Time, Traffic };

struct LayerBars {
    StackedBars bars;  ///< one row a layer that costs anything, in the network's order
    AxisText axis;
    QString heading;
};

/// Of one phase, or of the whole step.
LayerBars layerBars(const hw::HardwareReport& report, LayerFigure figure,
                    std::optional<hw::StepPhase> phase);

}  // namespace mantissa::ui
