// SPDX-License-Identifier: GPL-3.0-or-later
// Batch normalisation hardware: datapaths of several algorithms, forward and backward, with the
// passes over memory that each needs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hwmodel/composition.h"
#include "hwmodel/estimate.h"
#include "hwmodel/memory.h"

namespace mantissa::hw {

enum class NormAlgorithm {
    Conventional,  ///< mean, centred squares, result: three passes, root and divider
    OnePass,       ///< sums of x and x^2 in one pass (restructured; fission of Jung et al. 2019)
    Fused,         ///< OnePass whose passes ride on the neighbouring convolutions' traffic
    Range,         ///< sigma from max - min (Banner et al. 2018): no squares, no root
};
std::string_view normAlgorithmText(NormAlgorithm algorithm);

/// Elements in memory.
struct NormStorage {
    double bits = 32;      ///< an element, its share of a group's exponent included
    int groupSize = 0;     ///< block floating point: elements a group; 0: each its own float
    int mantissaBits = 0;  ///< block floating point: with the sign, as multiplied
    bool operator==(const NormStorage&) const = default;
};

/// One module. Forward and backward can have formats of their own (LightNorm: 1-5-4 and 1-6-3).
struct NormModule {
    std::string name;  ///< "LightNorm, FP10, BFP groups of 4"
    NormAlgorithm algorithm = NormAlgorithm::Conventional;
    FloatShape forward = kBinary32;
    FloatShape backward = kBinary32;
    /// Of running sums and of a channel's scalars.
    FloatShape forwardSums = kBinary32;
    FloatShape backwardSums = kBinary32;
    NormStorage forwardStorage;
    NormStorage backwardStorage;
    int lanes = 1;  ///< elements a cycle
    bool operator==(const NormModule&) const = default;
};

/// Floats of one format throughout, with nothing shared.
NormModule normModule(NormAlgorithm algorithm, FloatShape shape, int lanes);
/// The released simulator's formats: FP10 1-5-4 forward, 1-6-3 backward, groups of `group`
/// elements along the channels, mantissas of 5 and 4 magnitude bits; sums with the simulator's
/// eight fraction bits more. Areas of the paper are not known; these are ours.
NormModule lightNorm(int lanes, int group);

/// One direction's datapath.
struct NormPrice {
    double area_um2 = 0;
    double nand2 = 0;
    double leakage_nw = 0;
    double element_pj = 0;  ///< of one element
    double channel_pj = 0;  ///< of one channel's scalars
};
struct NormPrices {
    NormPrice forward;
    NormPrice backward;
    double channelCycles = 0;  ///< of one channel's scalars, forward; they hide behind the stream
};
NormPrices pricesOf(const NormModule& module, const Technology& technology);

/// The datapath of the forward pass: lanes, sums across lanes, scalars of a channel. `elements`:
/// of a channel, over which the scalar part rests.
void composeNormForward(Composition& composition, const NormModule& module, double elements);
/// Of the backward pass: sums of dy and dy x, then the gradient.
void composeNormBackward(Composition& composition, const NormModule& module, double elements);

/// Reads and writes of one feature map element between producer and consumer, that normalisation
/// itself causes.
struct NormPasses {
    int forwardReads = 0;
    int forwardWrites = 0;
    int backwardReads = 0;  ///< of x and dy
    int backwardReadsOfX = 0;
    int backwardWrites = 0;
    int forwardCyclePasses = 0;
    int backwardCyclePasses = 0;
};
NormPasses passesOf(NormAlgorithm algorithm);

struct NormCost {
    double area_um2 = 0;  ///< both datapaths
    double nand2 = 0;
    double leakage_mw = 0;
    double compute_pj = 0;  ///< of one element, forward and backward, dynamic
    double leakage_pj = 0;  ///< of one element's share of the cycles
    double dramBits = 0;    ///< of one element, forward and backward
    double dram_pj = 0;
    double cycles = 0;    ///< of one channel
    double power_mw = 0;  ///< of the datapaths, dynamic and leakage, while they work
    double energy_pj() const { return compute_pj + leakage_pj + dram_pj; }
};
/// `elements` of one channel pass through; DRAM as in the design.
NormCost costOf(const NormModule& module, const Technology& technology, const DramCost& dram,
                double elements);

/// A step from the module before it.
struct WaterfallStep {
    NormModule module;
    std::string change;  ///< "range instead of variance"
    NormCost synthesis;
    NormCost horowitz;
};
/// Conventional FP32, range, FP10, BFP groups: what each step of LightNorm saves, under both
/// calibrations.
std::vector<WaterfallStep> normWaterfall(const design::HardwareConfig& hardware, double elements,
                                         int group, const EstimateOptions& prices = {});

}  // namespace mantissa::hw
