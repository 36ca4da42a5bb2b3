// SPDX-License-Identifier: GPL-3.0-or-later
// Area, energy and cycles of one training step on the accelerator that a design point describes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/design/design_point.h"
#include "core/error.h"
#include "hwmodel/library.h"
#include "hwmodel/provenance.h"

namespace mantissa::hw {

/// Bumped whenever a figure changes, so that stored reports can be marked stale.
inline constexpr std::string_view kModelVersion = "10";

/// A component and its parts. Each figure of an inner node is the sum of its children's.
struct BreakdownNode {
    std::string_view name;  ///< "PE array", "Multipliers", "Weight buffer"; of static life time
    double area_um2 = 0;
    double energy_pj = 0;  ///< of one training step (one batch)
    double count = 0;      ///< instances, where the node is a unit; else 0
    Provenance areaSource;
    Provenance energySource;
    std::vector<BreakdownNode> children;
};

enum class StepPhase { Forward, InputGradient, WeightGradient, NormForward, NormBackward, Update };
inline constexpr int kStepPhases = 6;
std::string_view phaseText(StepPhase phase);

/// What a phase waits for.
enum class Bound {
    None,     ///< takes no time
    Compute,  ///< the arrays
    Vector,   ///< the vector units, which also take the arrays' results
    Memory,   ///< DRAM
};
std::string_view boundText(Bound bound);

/// Cost of one phase of one layer.
struct PhaseCost {
    double macs = 0;
    double cycles = 0;  ///< the larger of compute and DRAM time at the clock; their sum without
                        ///< double buffering
    double computeCycles = 0;
    double memoryCycles = 0;
    Bound bound = Bound::None;
    double utilisation = 0;       ///< of the PE array, 0..1
    double computeEnergy_pj = 0;  ///< of all logic on the chip, that of the DMA channels too
    double sramBits = 0;
    double sramEnergy_pj = 0;
    double dramBits = 0;
    double dramEnergy_pj = 0;
    double leakageEnergy_pj = 0;  ///< of the whole accelerator, while the phase runs
    /// Roofline: multiply-adds for each bit from or to DRAM.
    double macsPerDramBit() const { return dramBits > 0 ? macs / dramBits : 0; }
    double energy_pj() const {
        return computeEnergy_pj + sramEnergy_pj + dramEnergy_pj + leakageEnergy_pj;
    }
};

struct LayerCost {
    std::string layer;
    std::string kind;
    std::array<PhaseCost, kStepPhases> phases;
    PhaseCost total() const;
};

struct HardwareReport {
    double area_um2 = 0;
    double energy_pj = 0;   ///< one training step: forward, input and weight gradient, update, norm
    double leakage_mw = 0;  ///< of the parts for which a source knows it; a warning names others
    double cycles = 0;
    double clockMhz = 0;
    double dramBits = 0;
    double stashBits = 0;         ///< what forward keeps in DRAM for the backward pass
    double peakMacsPerCycle = 0;  ///< of all multipliers, in the mode of fewest products
    double dramBitsPerCycle = 0;  ///< at the configured bandwidth
    std::int64_t images = 0;      ///< the batch
    BreakdownNode breakdown;      ///< the root: area_um2 and energy_pj equal the report's
    std::vector<LayerCost> layers;
    std::vector<std::string> warnings;  ///< limits that the configuration exceeds, by name
    std::string technology;             ///< "45 nm, NanGate45 synthesis, 1.1 V"
    std::string carriedOver;            ///< transferText() of it; empty: nothing is
    double milliseconds() const { return cycles / (clockMhz * 1e3); }
    double averagePowerMw() const;  ///< energy over time, with leakage
};

/// What a caller can put in place of the defaults; no part of a design's identity.
struct EstimateOptions {
    Library library = nangate45();   ///< prices arithmetic under the synthesis calibration
    double dramEnergyPerBit_pj = 0;  ///< 0: the kind's own, else 0.1 to 100
    bool operator==(const EstimateOptions&) const = default;
};

/// Deterministic, under 1 ms for the default design. Fails only where design::validate would, or
/// where an option is out of range.
Result<HardwareReport> estimate(const design::DesignPoint& design,
                                const EstimateOptions& options = {});

/// The breakdown and the per-layer table as JSON, as `mantissa-cli hw --json` prints and the store
/// keeps.
std::string toJson(const HardwareReport& report);

}  // namespace mantissa::hw
