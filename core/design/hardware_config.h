// SPDX-License-Identifier: GPL-3.0-or-later
// The accelerator that a design point describes, as plain data; hwmodel says what it costs.
#pragma once

#include <span>

#include "core/param_spec.h"

namespace mantissa::design {

enum class Technology { Node45nm };
/// Which calibration arithmetic units are priced with. Ratios differ between them, so both exist.
enum class Calibration { Synthesis, Horowitz };
enum class DramKind { Ddr3, Ddr4, Lpddr4, Lpddr5, Gddr6, Hbm2 };

/// rows x columns processing elements; each reduces `lanes` products a cycle along the reduction
/// axis.
struct HardwareConfig {
    Technology technology = Technology::Node45nm;
    Calibration calibration = Calibration::Synthesis;
    int rows = 16;
    int columns = 16;
    int lanes = 16;
    double clockMhz = 500;
    int weightBufferKib = 64;
    int activationBufferKib = 128;
    int errorBufferKib = 128;
    DramKind dram = DramKind::Lpddr4;
    double dramBandwidthGbps = 25.6;  ///< GB/s
    int vectorLanes = 16;  ///< elements a cycle of normalisation, activation and update units
    bool operator==(const HardwareConfig&) const = default;
};

std::span<const Param<HardwareConfig>> hardwareParams();

}  // namespace mantissa::design
