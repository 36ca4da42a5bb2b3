// SPDX-License-Identifier: GPL-3.0-or-later
// What each component adds or saves from one estimate to another.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "hwmodel/estimate.h"

namespace mantissa::hw {

/// What is set beside each other: area and energy by component, time by phase of the step.
enum class ReportFigure { Area, Energy, Time };
inline constexpr int kReportFigures = 3;
std::string_view reportFigureText(ReportFigure figure);

/// One component, or one phase. µm², pJ or ms.
struct ComponentChange {
    std::string_view name;  ///< of static life time
    double from = 0;
    double to = 0;
    double difference() const { return to - from; }
};

/// Components of either report, in the order of the first that has them; differences add up to that
/// of the totals.
std::vector<ComponentChange> changesBetween(const HardwareReport& from, const HardwareReport& to,
                                            ReportFigure figure);

/// The whole: µm², pJ or ms.
double totalOf(const HardwareReport& report, ReportFigure figure);

/// Cycles of each phase, over all layers.
std::array<double, kStepPhases> cyclesByPhase(const HardwareReport& report);

}  // namespace mantissa::hw
