// SPDX-License-Identifier: GPL-3.0-or-later
// The accelerator that a design point describes, as plain data; hwmodel says what it costs.
#pragma once

#include <span>

#include "core/param_spec.h"

namespace mantissa::design {

enum class Technology { Node45nm };
/// Which calibration arithmetic units are priced with. Ratios differ between them, so both exist.
enum class Calibration { Synthesis, Horowitz };
enum class DramKind { Ddr3, Ddr4, Lpddr4, Lpddr5, Gddr6, Hbm2, Lpddr3 };
/// What stays in the processing elements of a systolic array while the rest streams past: results,
/// the second operand of a pass (weights; in the weight gradient activations), or the first one.
enum class Dataflow { OutputStationary, WeightStationary, InputStationary };

/// `cores` of `arrays` systolic arrays of rows x columns processing elements; each reduces `lanes`
/// products a cycle along the reduction axis. The arrays of a core share the operand of their
/// columns, cores take other parts of the work.
struct HardwareConfig {
    Technology technology = Technology::Node45nm;
    Calibration calibration = Calibration::Synthesis;
    int rows = 16;
    int columns = 16;
    int lanes = 16;
    int arrays = 1;
    int cores = 1;
    Dataflow dataflow = Dataflow::OutputStationary;
    /// The next tile arrives, and the next fold enters the arrays, while this one is worked on.
    bool doubleBuffered = true;
    /// Integer multipliers of 16 bits that give 4 products of 8 bits or 16 of 4 bits.
    bool multiMode = false;
    /// The weight update runs on the arrays, with rates that are powers of two.
    bool updatesOnArray = false;
    /// Processing elements that route each product of overlaid sparse kernels to its owner's sum.
    bool packedKernels = false;
    double clockMhz = 500;
    double node_nm = 45;   ///< scaled from the technology's own
    double voltage_v = 0;  ///< 0: the technology's own
    // 0: as large as the largest operand that it holds, at most 4096
    int weightBufferKib = 64;
    int activationBufferKib = 128;
    int errorBufferKib = 128;
    DramKind dram = DramKind::Lpddr4;
    double dramBandwidthGbps = 25.6;  ///< GB/s
    double dramEnergy_pj = 0;         ///< a bit; 0: the kind's own
    double weightDensity = 1;         ///< share of weights that are not zero
    double stashCompression = 1;  ///< of the activations that forward keeps for the backward pass
    int vectorLanes = 16;  ///< elements a cycle of normalisation, activation and update units
    bool operator==(const HardwareConfig&) const = default;
};

std::span<const Param<HardwareConfig>> hardwareParams();

}  // namespace mantissa::design
