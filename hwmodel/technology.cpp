// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/technology.h"

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

}  // namespace mantissa::hw
