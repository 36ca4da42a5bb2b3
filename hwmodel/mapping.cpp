// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/mapping.h"

#include <algorithm>
#include <cmath>

namespace mantissa::hw {
namespace {

using numerics::BlockFloat;
using numerics::BlockShape;

double ceilDiv(double numerator, double denominator) {
    return std::ceil(numerator / denominator);
}

/// Elements that share an exponent in the directions that a GEMM reduces along.
struct Run {
    std::int64_t axis = 1;
    std::int64_t taps = 1;
};

/// Of tiles on the matrix view [extent 0, rest]. Along axis 1 one index spans `inner` columns.
Run tileRun(const BlockShape& block, const StoredTensor& tensor, std::int64_t taps) {
    if (tensor.axis == 0) {
        return {block.rows, std::min(block.columns, taps)};
    }
    std::int64_t inner = 1;
    for (std::size_t i = 2; i < tensor.shape.size(); ++i) {
        inner *= tensor.shape[i];
    }
    if (block.columns >= inner) {
        return {block.columns / inner, taps};
    }
    return {1, 1};
}

/// Of boxes: their extent along the axis, and the taps that the trailing extents hold.
Run boxRun(const BlockShape& block, const StoredTensor& tensor) {
    Run run{std::max<std::int64_t>(block.box.at(static_cast<std::size_t>(tensor.axis)), 1), 1};
    for (std::size_t d = 2; d < block.box.size() && d < tensor.shape.size(); ++d) {
        run.taps *= std::clamp<std::int64_t>(block.box[d], 1, tensor.shape[d]);
    }
    return run;
}

Run runOf(const BlockFloat& format, const StoredTensor& tensor, const Gemm& gemm) {
    Run run;
    switch (format.block.kind) {
        case BlockShape::Kind::Vector:
            run = {format.block.size, 1};
            break;
        case BlockShape::Kind::Tile:
            run = tileRun(format.block, tensor, gemm.taps);
            break;
        case BlockShape::Kind::Slice:
            run = {1, gemm.taps};
            break;
        case BlockShape::Kind::Tensor:
            run = {gemm.axisExtent, gemm.taps};
            break;
        case BlockShape::Kind::Box:
            run = boxRun(format.block, tensor);
            break;
    }
    return {std::clamp<std::int64_t>(run.axis, 1, gemm.axisExtent),
            std::clamp<std::int64_t>(run.taps, 1, gemm.taps)};
}

Segments segmentsOf(const Run& a, const Run& b, const Gemm& gemm) {
    const auto axis = std::min(a.axis, b.axis);
    const auto taps = std::min(a.taps, b.taps);
    Segments segments;
    segments.tapGroups = ceilDiv(static_cast<double>(gemm.taps), static_cast<double>(taps));
    segments.length = static_cast<double>(axis * taps);
    const std::int64_t fullRuns = gemm.axisExtent / axis;
    segments.full = segments.tapGroups * static_cast<double>(fullRuns);
    segments.rest = static_cast<double>((gemm.axisExtent % axis) * taps);
    return segments;
}

}  // namespace

FloatOperand floatOperand(const numerics::Format& format) {
    if (const auto* mini = std::get_if<numerics::Minifloat>(&format)) {
        // One exponent bit more holds what were subnormals.
        return {{mini->exponentBits + (mini->subnormals ? 1 : 0), mini->mantissaBits},
                mini->subnormals && mini->mantissaBits > 0 ? mini->mantissaBits : 0};
    }
    if (const auto* block = std::get_if<BlockFloat>(&format)) {
        return {{block->exponentBits, block->magnitudeBits() - 1}, block->magnitudeBits()};
    }
    return {kBinary32, 0};
}

GemmArithmetic arithmeticOf(const Gemm& gemm) {
    GemmArithmetic arithmetic;
    const auto* a = std::get_if<BlockFloat>(&gemm.a.format.format);
    const auto* b = std::get_if<BlockFloat>(&gemm.b.format.format);
    if (a == nullptr || b == nullptr) {
        arithmetic.a = floatOperand(gemm.a.format.format);
        arithmetic.b = floatOperand(gemm.b.format.format);
        return arithmetic;
    }
    arithmetic.kind = ArithmeticKind::Block;
    arithmetic.bitsA = a->magnitudeBits();
    arithmetic.bitsB = b->magnitudeBits();
    arithmetic.exponentBits = std::max(a->exponentBits, b->exponentBits);
    arithmetic.segments = segmentsOf(runOf(*a, gemm.a, gemm), runOf(*b, gemm.b, gemm), gemm);
    return arithmetic;
}

ArrayTime timeOf(const Gemm& gemm, const GemmArithmetic& arithmetic, const ArrayShape& array) {
    ArrayTime time;
    time.rowTiles = ceilDiv(gemm.rows, array.rows);
    time.columnTiles = ceilDiv(gemm.columns, array.columns);
    if (arithmetic.kind == ArithmeticKind::Float) {
        time.stepsPerResult = ceilDiv(gemm.reduction(), array.lanes);
    } else {
        const auto& s = arithmetic.segments;
        time.dotsPerResult = s.full * ceilDiv(s.length, array.dotElements) +
                             s.tapGroups * ceilDiv(s.rest, array.dotElements);
        time.stepsPerResult = ceilDiv(time.dotsPerResult, array.dotUnits);
    }
    time.cycles = time.rowTiles * time.columnTiles * time.stepsPerResult;
    const double multipliers = static_cast<double>(array.rows) * array.columns * array.lanes;
    time.utilisation = gemm.macs() / (time.cycles * multipliers);
    return time;
}

GemmTraffic trafficOf(const Gemm& gemm, const ArrayTime& time, double bufferA, double bufferB,
                      double resultBuffer) {
    GemmTraffic traffic;
    const double elementBitsA = gemm.a.bits / gemm.a.elements;
    const double elementBitsB = gemm.b.bits / gemm.b.elements;
    traffic.sramReadA = gemm.rows * gemm.reduction() * time.columnTiles * elementBitsA;
    traffic.sramReadB = gemm.columns * gemm.reduction() * time.rowTiles * elementBitsB;

    const double partsA = std::max(1.0, ceilDiv(gemm.a.bits, bufferA));
    const double partsB = std::max(1.0, ceilDiv(gemm.b.bits, bufferB));
    // Hold one operand part by part and stream the other one past each part.
    double best = gemm.a.bits * partsB + gemm.b.bits;
    traffic.readsOfA = partsB;
    if (partsA == 1) {
        best = gemm.a.bits + gemm.b.bits;
        traffic.readsOfA = 1;
    } else if (gemm.a.bits + gemm.b.bits * partsA < best) {
        best = gemm.a.bits + gemm.b.bits * partsA;
        traffic.readsOfA = 1;
        traffic.readsOfB = partsA;
    }
    if (resultBuffer <= 0) {
        return traffic;
    }
    // Or keep FP32 partial sums on chip while both operands pass once for each part of the results.
    const double resultBits = gemm.rows * gemm.columns * 32;
    const double partsResult = std::max(1.0, ceilDiv(resultBits, resultBuffer));
    if (gemm.a.bits + gemm.b.bits * partsResult < best) {
        traffic.readsOfA = 1;
        traffic.readsOfB = partsResult;
        traffic.partialSums = resultBits * (std::max(partsA, partsB) - 1);
    }
    return traffic;
}

}  // namespace mantissa::hw
