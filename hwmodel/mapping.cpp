// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/mapping.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>

namespace mantissa::hw {
namespace {

using numerics::BlockShape;

double ceilDiv(double numerator, double denominator) {
    return std::ceil(numerator / denominator);
}

/// Most positions that an integer product moves by for the sake of a power of two; beyond, the sums
/// get wider than what floats take.
constexpr int kLongestShift = 15;

/// Elements that share a scale in the directions that a GEMM reduces along.
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

Run runOf(const BlockShape& block, const StoredTensor& tensor, const Gemm& gemm) {
    Run run;
    switch (block.kind) {
        case BlockShape::Kind::Vector:
            run = {block.size, 1};
            break;
        case BlockShape::Kind::Tile:
            run = tileRun(block, tensor, gemm.taps);
            break;
        case BlockShape::Kind::Slice:
            run = {1, gemm.taps};
            break;
        case BlockShape::Kind::Tensor:
            run = {gemm.axisExtent, gemm.taps};
            break;
        case BlockShape::Kind::Box:
            run = boxRun(block, tensor);
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
    segments.length = ceilDiv(segments.length, gemm.overlay.terms);
    segments.rest = ceilDiv(segments.rest, gemm.overlay.terms);
    return segments;
}

/// Exponents that normalised magnitudes of p bits have.
int exponentBitsFor(int magnitudeBits) {
    return static_cast<int>(std::bit_width(static_cast<unsigned>(magnitudeBits)));
}

/// The integer datapath of two operands, if they have one.
std::optional<DotShape> dotOf(const Operand& a, const Operand& b) {
    const bool powerA = a.element == ElementKind::PowerOfTwo && a.shift <= kLongestShift;
    const bool powerB = b.element == ElementKind::PowerOfTwo && b.shift <= kLongestShift;
    const bool integerA = a.element == ElementKind::Integer;
    const bool integerB = b.element == ElementKind::Integer;
    if (!(integerA && integerB) && !(integerA && powerB) && !(powerA && integerB)) {
        return std::nullopt;
    }
    DotShape dot;
    dot.bitsA = a.magnitudeBits;
    dot.bitsB = b.magnitudeBits;
    dot.shift = a.shift + b.shift;
    if (powerA || powerB) {
        dot.product = Product::Shift;
        dot.productBits = powerA ? b.magnitudeBits : a.magnitudeBits;
        return dot;
    }
    dot.shiftElements = std::min(a.shift > 0 ? a.shiftElements : b.shiftElements,
                                 b.shift > 0 ? b.shiftElements : a.shiftElements);
    if (!a.hasZero && !b.hasZero) {
        dot.product = Product::Xnor;
    } else if (std::min(dot.bitsA, dot.bitsB) == 1) {
        dot.product = Product::Sign;
        dot.productBits = std::max(dot.bitsA, dot.bitsB);
    } else {
        dot.productBits = dot.bitsA + dot.bitsB;
    }
    return dot;
}

/// Whether a sum of products is scaled for this operand, rather than each element before.
bool keepsScale(const Operand& operand, ArithmeticKind kind) {
    switch (operand.scale) {
        case ScaleKind::Fixed:
            return false;
        case ScaleKind::PowerOfTwo:
            // Normalising an integer corrects its exponent anyway.
            return kind == ArithmeticKind::Integer || operand.element != ElementKind::Integer;
        case ScaleKind::Binary32:
            break;
    }
    return true;
}

void addScale(Scaling& scaling, const Operand& operand) {
    if (operand.scale == ScaleKind::PowerOfTwo) {
        ++scaling.exponents;
        scaling.exponentBits = std::max(scaling.exponentBits, operand.exponentBits);
    } else {
        ++scaling.factors;
    }
}

}  // namespace

FloatOperand floatOperand(const Operand& operand) {
    if (operand.element == ElementKind::Integer) {
        const int p = operand.magnitudeBits;
        if (p == 1 && operand.scale != ScaleKind::PowerOfTwo) {
            return {{0, 0}, 0, 0};  // a sign
        }
        return {{std::max(operand.exponentBits, exponentBitsFor(p)), p - 1}, p, 0};
    }
    if (!operand.subnormals) {
        return {operand.shape, 0, operand.tableBits};
    }
    // One exponent bit more holds what were subnormals.
    return {{operand.shape.exponentBits + 1, operand.shape.fractionBits},
            operand.shape.fractionBits,
            0};
}

GemmArithmetic arithmeticOf(const Gemm& gemm, const SumFormat& sums) {
    const auto& a = gemm.a.operand();
    const auto& b = gemm.b.operand();
    GemmArithmetic arithmetic;
    arithmetic.overlay = gemm.overlay;
    if (const auto dot = dotOf(a, b)) {
        arithmetic.kind = ArithmeticKind::Integer;
        arithmetic.dot = *dot;
    } else {
        arithmetic.a = floatOperand(a);
        arithmetic.b = floatOperand(b);
    }
    Run runA{gemm.axisExtent, gemm.taps};
    Run runB = runA;
    if (keepsScale(a, arithmetic.kind)) {
        addScale(arithmetic.scaling, a);
        runA = runOf(a.block, gemm.a, gemm);
    }
    if (keepsScale(b, arithmetic.kind)) {
        addScale(arithmetic.scaling, b);
        runB = runOf(b.block, gemm.b, gemm);
    }
    arithmetic.scaling.offsetA = a.hasOffset;
    arithmetic.scaling.offsetB = b.hasOffset;
    arithmetic.segments = segmentsOf(runA, runB, gemm);
    if (gemm.a.stored->sumsIntegers && gemm.b.stored->sumsIntegers) {
        arithmetic.sums = sums;
        if (sums.everyProduct && arithmetic.kind == ArithmeticKind::Integer) {
            arithmetic.segments = {1, ceilDiv(gemm.reduction(), gemm.overlay.terms), 0, 0};
        }
    }
    return arithmetic;
}

}  // namespace mantissa::hw
