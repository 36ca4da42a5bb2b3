// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/calibrations.h"

#include <utility>

namespace mantissa::hw {

using design::Calibration;

std::string_view calibrationText(Calibration calibration) {
    return calibration == Calibration::Synthesis ? "synthesis" : "Horowitz";
}

Calibration otherThan(Calibration calibration) {
    return calibration == Calibration::Synthesis ? Calibration::Horowitz : Calibration::Synthesis;
}

Result<BothReports> estimateBoth(const design::DesignPoint& design,
                                 const EstimateOptions& options) {
    const auto under = [&](Calibration calibration) {
        auto hardware = design.hardware();
        hardware.calibration = calibration;
        return estimate(design.withHardware(hardware), options);
    };
    return under(Calibration::Synthesis).and_then([&](HardwareReport ours) {
        return under(Calibration::Horowitz).map([&](HardwareReport his) {
            return BothReports{std::move(ours), std::move(his)};
        });
    });
}

}  // namespace mantissa::hw
