// SPDX-License-Identifier: GPL-3.0-or-later
// Views of a hardware report: roofline, both calibrations, one design against another.
#pragma once

#include <string>

#include "hwmodel/calibrations.h"

namespace mantissa::cli {

/// Every phase that multiplies, with its intensity, its roof and what it waits for; then the share
/// of each kind of work in the step's time.
std::string rooflineText(const hw::HardwareReport& report);
std::string rooflineJson(const hw::HardwareReport& report);

/// One design under both calibrations.
std::string bothText(const hw::BothReports& reports);
std::string bothJson(const hw::BothReports& reports);

/// What each component adds or saves from one design to another; every ratio under both
/// calibrations.
std::string againstText(const hw::BothReports& from, const hw::BothReports& to);
std::string againstJson(const hw::BothReports& from, const hw::BothReports& to);

}  // namespace mantissa::cli
