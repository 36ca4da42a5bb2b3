// SPDX-License-Identifier: GPL-3.0-or-later
// A hardware report as nested bars: area and energy by component, and below each component its
// parts, against the baseline's whole.
#pragma once

#include "hwmodel/estimate.h"
#include "ui/charts/chart.h"

namespace mantissa::ui {

struct BreakdownBars {
    StackedBars bars;  ///< values in % of `axis`
    QString axis;      ///< what 100 % is
};

/// Two rows for area and two for energy, components (the root's children) above their parts, and
/// with a baseline (null: none) as many more of it; all in % of the baseline's (else of the
/// design's own) total. Parts have their component's colour.
BreakdownBars breakdownBars(const hw::HardwareReport& report, const hw::HardwareReport* baseline);

}  // namespace mantissa::ui
