// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/technology.h"

#include <cstdio>

namespace mantissa::hw {

Technology technologyOf(const design::HardwareConfig& hardware, const Library& library) {
    return {hardware.calibration, 1e3 / hardware.clockMhz, library};
}

std::string technologyText(const Technology& technology) {
    if (technology.calibration == design::Calibration::Horowitz) {
        return "45 nm, Horowitz ISSCC 2014, 0.9 V (areas are assumptions)";
    }
    return technology.library.id == nangate45().id ? "45 nm, NanGate45 synthesis, 1.1 V"
                                                   : technology.library.label;
}

Provenance provenanceOf(const Law& law) {
    std::string text(law.formula);
    if (law.maxError_percent > 0) {
        char errors[64];
        std::snprintf(errors, sizeof errors, "; error mean %.1f %%, max %.1f %%",
                      law.meanError_percent, law.maxError_percent);
        text += errors;
    }
    return {law.kind, std::move(text)};
}

}  // namespace mantissa::hw
