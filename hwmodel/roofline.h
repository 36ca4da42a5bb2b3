// SPDX-License-Identifier: GPL-3.0-or-later
// The roofline of an accelerator (Williams, Waterman and Patterson 2009) and where each pass of
// each layer stands below it. A multiply-add is two operations.
#pragma once

#include <string_view>
#include <vector>

#include "hwmodel/estimate.h"

namespace mantissa::hw {

/// One pass of one layer that multiplies matrices. Texts live as long as the report.
struct RooflinePoint {
    std::string_view layer;
    StepPhase phase = StepPhase::Forward;
    double intensity = 0;  ///< operations for each byte from or to DRAM
    double reached = 0;    ///< operations a second
    double roof = 0;       ///< operations a second that this intensity allows
    const PhaseCost* cost = nullptr;
};

struct Roofline {
    double peak = 0;       ///< operations a second of all multipliers, in their widest mode
    double bandwidth = 0;  ///< bytes a second from and to DRAM
    std::vector<RooflinePoint> points;
    /// Operations a byte from which on the arrays limit, not DRAM.
    double ridge() const { return bandwidth > 0 ? peak / bandwidth : 0; }
};
Roofline rooflineOf(const HardwareReport& report);

}  // namespace mantissa::hw
