// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/array_time.h"

#include <algorithm>
#include <cmath>

namespace mantissa::hw {
namespace {

using design::Dataflow;

double ceilDiv(double numerator, double denominator) {
    return std::ceil(numerator / denominator);
}

/// Steps of one processing element for one result.
void countSteps(ArrayTime& time, const Gemm& gemm, const GemmArithmetic& arithmetic,
                const ArrayShape& array) {
    if (!arithmetic.isGrouped()) {
        time.stepsPerResult = ceilDiv(ceilDiv(gemm.reduction(), gemm.overlay.terms), array.lanes);
        return;
    }
    // Where weights are overlaid along the reduction, segments are as many times shorter, and the
    // sums that forward has for so many kernels take a segment each.
    const auto& s = arithmetic.segments;
    const int dotElements = std::max(1, array.dotElements / gemm.overlay.terms);
    time.dotsPerResult =
        s.full * ceilDiv(s.length, dotElements) + s.tapGroups * ceilDiv(s.rest, dotElements);
    time.stepsPerResult = ceilDiv(time.dotsPerResult, 1.0 * array.dotUnits * gemm.overlay.terms);
}

/// Cycles before the first and after the last step of a fold.
double skew(const ArrayShape& array) {
    const double stays = array.dataflow == Dataflow::OutputStationary ? 0.0 : array.rows;
    return stays + array.rows + array.columns - 2;
}

}  // namespace

double foldCycles(const ArrayShape& array, double streamed) {
    return streamed + skew(array);
}

ArrayTime timeOf(const Gemm& gemm, const GemmArithmetic& arithmetic, const ArrayShape& array) {
    ArrayTime time;
    countSteps(time, gemm, arithmetic, array);
    const double rows = 1.0 * array.rows * array.arrays;
    const double columns = ceilDiv(gemm.columns, gemm.overlay.sums);  // packed kernels
    switch (array.dataflow) {
        case Dataflow::OutputStationary:
            time.rowFolds = ceilDiv(gemm.rows, rows);
            time.columnFolds = ceilDiv(columns, array.columns);
            time.streamed = time.stepsPerResult;
            time.entriesOfA = time.columnFolds;
            time.entriesOfB = time.rowFolds;
            break;
        case Dataflow::WeightStationary:
            time.rowFolds = ceilDiv(time.stepsPerResult, rows);
            time.columnFolds = ceilDiv(columns, array.columns);
            time.streamed = gemm.rows;
            time.entriesOfA = time.columnFolds;
            time.returnedSums = time.rowFolds - 1;
            break;
        case Dataflow::InputStationary:
            time.rowFolds = ceilDiv(time.stepsPerResult, rows);
            time.columnFolds = ceilDiv(gemm.rows, array.columns);
            time.streamed = columns;
            time.entriesOfB = time.columnFolds;
            time.returnedSums = time.rowFolds - 1;
            break;
    }
    const double folds = ceilDiv(time.rowFolds * time.columnFolds, array.cores);
    // An operand that stays is loaded row by row, beside the fold before where folds overlap.
    const bool loads = array.dataflow != Dataflow::OutputStationary;
    const double overlapped = loads ? std::max<double>(time.streamed, array.rows) : time.streamed;
    time.cycles = array.overlapsFolds ? folds * overlapped + skew(array)
                                      : folds * foldCycles(array, time.streamed);
    time.utilisation = gemm.macs() / (time.cycles * array.multipliers());
    return time;
}

}  // namespace mantissa::hw
