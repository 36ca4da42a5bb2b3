// SPDX-License-Identifier: GPL-3.0-or-later
// One design under both calibrations: how many times smaller it is than another depends on which.
#pragma once

#include "hwmodel/estimate.h"

namespace mantissa::hw {

struct BothReports {
    HardwareReport synthesis;
    HardwareReport horowitz;
    const HardwareReport& under(design::Calibration calibration) const {
        return calibration == design::Calibration::Synthesis ? synthesis : horowitz;
    }
};

/// "synthesis", "Horowitz": as a ratio names them.
std::string_view calibrationText(design::Calibration calibration);
/// The one that a design does not name.
design::Calibration otherThan(design::Calibration calibration);

/// The calibration that the design names is put aside. Fails where estimate() does.
Result<BothReports> estimateBoth(const design::DesignPoint& design,
                                 const EstimateOptions& options = {});

}  // namespace mantissa::hw
