// SPDX-License-Identifier: GPL-3.0-or-later
// A hardware report as stacked bars: area and energy by component, against the baseline's whole.
#pragma once

#include <optional>

#include "hwmodel/estimate.h"
#include "ui/charts/chart.h"

namespace mantissa::ui {

struct BreakdownBars {
    StackedBars bars;  ///< values in % of `axis`
    QString axis;      ///< what 100 % is
};

/// One bar for area and one for energy, and with a baseline one more of each, all in % of the
/// baseline's (else of the design's own) total. Components are the root's children.
BreakdownBars breakdownBars(const hw::HardwareReport& report,
                            const std::optional<hw::HardwareReport>& baseline);

}  // namespace mantissa::ui
