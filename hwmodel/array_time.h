// SPDX-License-Identifier: GPL-3.0-or-later
// Cycles of one GEMM on the systolic arrays, and how often operands enter them, by dataflow.
#pragma once

#include "core/design/hardware_config.h"
#include "hwmodel/mapping.h"

namespace mantissa::hw {

/// The arrays as one arithmetic uses them.
struct ArrayShape {
    int rows = 1;         ///< of one array
    int columns = 1;      ///< of one array
    int lanes = 1;        ///< products of a processing element in one cycle
    int dotElements = 1;  ///< products that are summed before a scale, where scales change
    int dotUnits = 1;     ///< such sums in a processing element
    int arrays = 1;       ///< of a core, side by side along the rows
    int cores = 1;        ///< take folds in turn
    design::Dataflow dataflow = design::Dataflow::OutputStationary;
    /// The next fold's operands enter behind this one's.
    bool overlapsFolds = true;
    bool operator==(const ArrayShape&) const = default;
    double multipliers() const { return 1.0 * rows * columns * lanes * arrays * cores; }
};

struct ArrayTime {
    /// Cycles that one result, or all results of one packed kernel, keep a processing element busy.
    double stepsPerResult = 0;
    double dotsPerResult = 0;  ///< grouped: sums of up to dotElements products for one result
    /// What is spread over the rows and columns of the arrays, and what follows in time: output
    /// stationary rows x columns of results and steps; weight stationary steps x columns and rows;
    /// input stationary steps x rows and columns.
    double rowFolds = 0;
    double columnFolds = 0;
    double streamed = 0;
    double cycles = 0;
    double utilisation = 0;   ///< of all multipliers
    double entriesOfA = 1;    ///< times that each element of A enters the arrays
    double entriesOfB = 1;    ///< times that each element of B enters the arrays
    double returnedSums = 0;  ///< times that the partial sum of a result leaves and enters again
};

/// Of one fold alone: filling, `streamed` steps, draining. The cycles of SCALE-Sim's trace
/// generator (scale-sim-v2, systolic_compute_os.py, _ws.py and _is.py): R + C + T - 2 output
/// stationary, and R more to load the operand that stays.
double foldCycles(const ArrayShape& array, double streamed);

ArrayTime timeOf(const Gemm& gemm, const GemmArithmetic& arithmetic, const ArrayShape& array);

}  // namespace mantissa::hw
