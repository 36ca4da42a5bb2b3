// SPDX-License-Identifier: GPL-3.0-or-later
// The processing element that a precision plan needs, and what its work costs.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "hwmodel/array_time.h"
#include "hwmodel/cost_sheet.h"
#include "hwmodel/weight_decoder.h"

namespace mantissa::hw {

/// Units that scale sums, at one place of the accelerator.
struct ScaleUnits {
    int exponents = 0;  ///< adders
    int factors = 0;    ///< FP32 multipliers
    int offsets = 0;    ///< FP32 multipliers with an adder each
    bool operator==(const ScaleUnits&) const = default;
};

/// One datapath a kind of arithmetic, each as wide as its widest user; the float accumulators are
/// shared.
struct Datapath {
    ArrayShape array;
    bool multiMode = false;   ///< integer multipliers give more products of fewer bits
    double longestGroup = 1;  ///< products of the longest sum that is scaled before it is added
    int dotUnits = 1;         ///< sums of a processing element in the mode that has most
    bool hasFloat = false;
    FloatOperand floatA{{0, 0}, 0, 0};
    FloatOperand floatB{{0, 0}, 0, 0};
    std::array<std::optional<DotShape>, kProducts> dots;  ///< by Product
    int exponentBits = 0;                                 ///< of the shared exponents
    int integerBits = 0;        ///< widest integer that is converted to float
    bool saturates = false;     ///< the integer sums
    double longestSum = 1;      ///< products of the longest integer sum
    Overlay overlay;            ///< most sums that products are routed to, and errors selected from
    int routedBits = 0;         ///< widest product that is routed
    int selectedBits = 0;       ///< widest error that is selected
    FloatShape sums{0, 0};      ///< of the accumulators, and of adders before them
    ScaleUnits each;            ///< of each group of a processing element
    ScaleUnits leaving;         ///< of each vector lane: where one scale serves a whole result
    train::WeightCode weights;  ///< that its decoders undo
    bool sumsA = false;         ///< A's elements are summed at the rows, for offsets of B
    bool sumsB = false;
    bool operator==(const Datapath&) const = default;
    bool hasInteger() const;
    bool accumulatesIntegers() const { return longestSum > array.dotElements; }
    double elements() const {
        return 1.0 * array.rows * array.columns * array.arrays * array.cores;
    }
    /// The arrays in the mode that one arithmetic takes.
    ArrayShape arrayFor(const GemmArithmetic& arithmetic) const;
};
Datapath datapathFor(const design::HardwareConfig& hardware,
                     const std::vector<const GemmArithmetic*>& users);

/// Enters the units of all processing elements and of the array's edges.
void addDatapath(CostSheet& sheet, const Datapath& datapath);

/// Enters the arithmetic of one GEMM, with its own operand widths.
void chargeArithmetic(CostSheet& sheet, PhaseCost& phase, const Datapath& datapath,
                      const Gemm& gemm, const GemmArithmetic& arithmetic, const ArrayTime& time);

/// Cycles that one addition to a float sum takes: so many results a processing element interleaves.
int accumulatorStages(PriceList& prices, const Datapath& datapath);

}  // namespace mantissa::hw
