// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/technology.h"

#include <utility>

namespace mantissa::hw {

Technology technologyOf(const design::HardwareConfig& hardware, const Library& library) {
    constexpr design::HardwareConfig kUsual;
    Technology technology{hardware.calibration, 1e3 / hardware.clockMhz, library};
    const double node = hardware.node_nm == kUsual.node_nm ? library.node_nm : hardware.node_nm;
    const double voltage = hardware.voltage_v > 0 ? hardware.voltage_v : library.voltage_v;
    if (node != library.node_nm || voltage != library.voltage_v) {
        if (auto scaled = scaledLibrary(library, node, voltage)) {
            technology.library = std::move(*scaled);
        }
    }
    return technology;
}

std::string technologyText(const Technology& technology) {
    if (technology.calibration == design::Calibration::Horowitz) {
        return "45 nm, Horowitz ISSCC 2014, 0.9 V (areas are assumptions)";
    }
    return technology.library.id == nangate45().id ? "45 nm, NanGate45 synthesis, 1.1 V"
                                                   : technology.library.label;
}

}  // namespace mantissa::hw
