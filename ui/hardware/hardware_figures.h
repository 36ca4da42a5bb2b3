// SPDX-License-Identifier: GPL-3.0-or-later
// What the hardware panel shows: a design's estimates and its baseline's.
#pragma once

#include <memory>

#include "hwmodel/calibrations.h"

namespace mantissa::ui {

/// Estimates are shared, never changed. Ratios to the baseline are shown under both calibrations.
struct HardwareFigures {
    using Reports = std::shared_ptr<const hw::BothReports>;
    using Report = std::shared_ptr<const hw::HardwareReport>;

    design::HardwareConfig hardware;  ///< the design's; names the calibration that leads
    hw::EstimateOptions prices;       ///< what they were made with
    Reports design;                   ///< null: nothing has been estimated
    Reports baseline;  ///< the same as `design` where that is its own; null: it has none

    /// One estimate of a pair, which it keeps alive.
    static Report under(const Reports& reports, design::Calibration calibration) {
        return reports ? Report(reports, &reports->under(calibration)) : Report();
    }
};

}  // namespace mantissa::ui
