// SPDX-License-Identifier: GPL-3.0-or-later
// The process constants that every unit is priced with, and where a unit's figures come from.
#pragma once

#include <string>

#include "core/design/hardware_config.h"
#include "hwmodel/library.h"
#include "hwmodel/provenance.h"

namespace mantissa::hw {

/// Of one flip-flop in one cycle at 1.1 V in NanGate45, without clock tree (our gate-level toggle
/// counts).
inline constexpr double kFlipFlopEnergy_pj = 0.012;
/// Dynamic energy goes with the square of the supply: 1.1 V of NanGate45 to 0.9 V of Horowitz.
inline constexpr double kVoltageScale = (0.9 * 0.9) / (1.1 * 1.1);
/// Largest field of a lithography scanner, as the HBFP area model uses it.
inline constexpr double kReticle_um2 = 830e6;

/// How arithmetic is priced, and the clock that pipelines are cut for.
struct Technology {
    design::Calibration calibration = design::Calibration::Synthesis;
    double period_ns = 2;
    Library library = nangate45();
};
/// At the design's node and supply where it says any; where the scaling tables do not reach them
/// from the library's own node, at those of the library (a warning of the estimate says so).
Technology technologyOf(const design::HardwareConfig& hardware,
                        const Library& library = nangate45());

/// "45 nm, NanGate45 synthesis, 1.1 V".
std::string technologyText(const Technology& technology);

}  // namespace mantissa::hw
