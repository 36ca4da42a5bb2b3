// SPDX-License-Identifier: GPL-3.0-or-later
// The processing element that a precision plan needs, and what its work costs.
#pragma once

#include <vector>

#include "hwmodel/cost_sheet.h"
#include "hwmodel/mapping.h"

namespace mantissa::hw {

/// One datapath a kind of arithmetic, each as wide as its widest user; the FP32 accumulators are
/// shared.
struct Datapath {
    ArrayShape array;
    bool hasFloat = false;
    FloatShape floatA{0, 0};
    FloatShape floatB{0, 0};
    int normalisedA = 0;  ///< widest significand that is normalised at the rows' edge; 0: none
    int normalisedB = 0;
    bool hasBlock = false;
    int bitsA = 0;
    int bitsB = 0;
    int exponentBits = 0;
    double longestSegment = 1;
    bool accumulatesIntegers() const { return longestSegment > array.dotElements; }
};
Datapath datapathFor(const design::HardwareConfig& hardware,
                     const std::vector<GemmArithmetic>& users);

/// Enters the units of all processing elements and of the array's edges.
void addDatapath(CostSheet& sheet, const Datapath& datapath);

/// Enters the arithmetic of one GEMM, with its own operand widths.
void chargeArithmetic(CostSheet& sheet, PhaseCost& phase, const Datapath& datapath,
                      const Gemm& gemm, const GemmArithmetic& arithmetic, const ArrayTime& time);

/// Cycles that one FP32 addition takes: so many results a processing element interleaves.
int accumulatorStages(const Technology& technology);

}  // namespace mantissa::hw
