// SPDX-License-Identifier: GPL-3.0-or-later
// A hardware report for people.
#pragma once

#include <string>

#include "core/design/design_point.h"
#include "hwmodel/estimate.h"

namespace mantissa::cli {

/// Area, energy, cycles, time, power and traffic of a training step, each with its source.
std::string hardwareTotalsText(const hw::HardwareReport& report);

/// The totals, the breakdown tree and the per-layer table by phase.
std::string hardwareReportText(const design::DesignPoint& design, const hw::HardwareReport& report);

}  // namespace mantissa::cli
