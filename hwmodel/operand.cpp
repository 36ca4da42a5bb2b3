// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/operand.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace mantissa::hw {
namespace {

using namespace numerics;

constexpr int kBinary32Exponent = 8;
constexpr int kPowerTopBits = 9;  ///< exponent of any binary32 number, subnormals included

Operand integer(int magnitudeBits) {
    Operand operand;
    operand.element = ElementKind::Integer;
    operand.magnitudeBits = std::max(magnitudeBits, 1);
    operand.shape = {0, 0};
    operand.conversion.magnitudeBits = operand.magnitudeBits;
    operand.conversion.exponentBits = kBinary32Exponent;
    return operand;
}

void shareExponent(Operand& operand, int bits, const BlockShape& block) {
    operand.scale = ScaleKind::PowerOfTwo;
    operand.exponentBits = bits;
    operand.block = block;
}

void shareNumber(Operand& operand, const BlockShape& block) {
    operand.scale = ScaleKind::Binary32;
    operand.block = block;
}

Operand project(const Fp32&) {
    return {};
}

Operand project(const Minifloat& format) {
    Operand operand;
    operand.shape = {format.exponentBits, format.mantissaBits};
    operand.subnormals = format.subnormals;
    operand.conversion.toFloat = operand.shape;
    return operand;
}

/// LightNorm's second version: a block's largest elements keep their own exponent and all their
/// bits, so that products of one block no longer share a step.
Operand exempting(const BlockFloat& format) {
    const int untouched = (format.firstExponentBits > 0 ? format.firstMantissaBits : 23) + 1;
    Operand operand;
    operand.shape = {format.exponentBits, std::max(format.magnitudeBits(), untouched) - 1};
    operand.subnormals = true;
    return operand;
}

Operand project(const BlockFloat& format) {
    const bool exempts = format.rule == SharedExponentRule::Exempt;
    // Without clamping a magnitude may round up to 2^p.
    const int bits = format.magnitudeBits() + (format.clamp ? 0 : 1);
    Operand operand = exempts ? exempting(format) : integer(bits);
    if (!exempts) {
        shareExponent(operand, format.exponentBits, format.block);
    }
    operand.block = format.block;
    auto& conversion = operand.conversion;
    conversion.magnitudeBits = bits;
    conversion.exponentBits = format.exponentBits;
    conversion.sharesExponent = true;
    if (const auto first = firstFormat(format)) {
        conversion.toFloat = FloatShape{first->exponentBits, first->mantissaBits};
    }
    if (exempts) {
        operand.leftOut =
            "elements that keep their own exponent are multiplied as floats; finding the second "
            "exponent of a block is not priced";
    } else if (format.chunkBits > 0) {
        operand.leftOut =
            "magnitudes are multiplied at full width in one cycle; working through their chunks "
            "one after the other is not modelled";
    }
    return operand;
}

Operand project(const Microscaled& format) {
    if (hasIntegerElements(format)) {
        Operand operand = integer(format.mantissaBits - 1);
        shareExponent(operand, format.scaleBits, format.block);
        operand.conversion.exponentBits = format.scaleBits;
        operand.conversion.sharesExponent = true;
        operand.leftOut = "a scale that is NaN is not handled";
        return operand;
    }
    Operand operand = project(elementOf(format));
    shareExponent(operand, format.scaleBits, format.block);
    operand.conversion.statistic = Statistic::Exponent;
    operand.conversion.exponentAdders = 1;
    operand.leftOut = "a scale that is NaN is not handled";
    return operand;
}

Operand project(const MicroExponent& format) {
    Operand operand = integer(format.mantissaBits);
    shareExponent(operand, format.exponentBits, blockOf(format));
    operand.shift = largestShift(format);
    operand.shiftElements = static_cast<int>(format.subBlockSize);
    operand.conversion.exponentBits = format.exponentBits;
    operand.conversion.sharesExponent = true;
    operand.conversion.microElements = operand.shiftElements;
    return operand;
}

Operand project(const FixedPoint& format) {
    Operand operand = integer(format.integerBits + format.fractionBits - 1);
    if (!format.symmetric || !format.clamp) {
        operand.leftOut =
            "priced as sign and magnitude, so that what lies beyond the symmetric range costs "
            "nothing";
    }
    return operand;
}

Operand project(const AffineInteger& format) {
    Operand operand = integer(format.bits);
    shareNumber(operand, format.block);
    operand.hasOffset = true;
    operand.conversion.statistic = Statistic::Range;
    operand.conversion.floatAdders = 1;
    operand.conversion.floatMultipliers = 1;
    operand.leftOut = "the division that finds a block's scale is not priced";
    return operand;
}

Operand project(const PowerOfTwo& format) {
    Operand operand;
    operand.element = ElementKind::PowerOfTwo;
    operand.magnitudeBits = format.bits - 1;
    operand.shift = exponentCount(format) - 1;
    operand.shape = {format.bits - 1, 0};
    operand.conversion.toFloat = operand.shape;
    if (!format.top) {
        shareExponent(operand, kPowerTopBits, format.block);
        operand.conversion.statistic = Statistic::Exponent;
        operand.conversion.exponentAdders = 1;
    }
    return operand;
}

void scaleSigns(Operand& operand, SignScale scale, const BlockShape& block) {
    if (scale == SignScale::One) {
        return;
    }
    shareNumber(operand, block);
    operand.conversion.statistic = scale == SignScale::Max ? Statistic::Largest : Statistic::Mean;
    if (scale == SignScale::Mean) {
        operand.leftOut = "the division of a mean magnitude is not priced";
    }
}

Operand project(const Binary& format) {
    Operand operand = integer(1);
    operand.hasZero = false;
    operand.conversion.magnitudeBits = 0;  // the sign is there already
    scaleSigns(operand, format.scale, format.block);
    return operand;
}

Operand project(const Ternary& format) {
    Operand operand = integer(1);
    operand.conversion.magnitudeBits = 0;
    operand.conversion.comparators = 1;
    scaleSigns(operand, format.scale, format.block);
    operand.conversion.statistic = Statistic::Mean;  // the threshold's
    operand.leftOut = "the division of a mean magnitude is not priced";
    return operand;
}

Operand project(const Codebook& format) {
    Operand operand;
    operand.tableBits = format.bits;
    operand.conversion.comparators = format.bits;  // a binary search among sorted values
    operand.leftOut =
        "codebooks are fitted off chip: neither the fit nor the traffic of its tensor is counted";
    return operand;
}

Operand project(const ErrorBounded& format) {
    Operand operand = integer(format.bits - 1);
    operand.conversion.floatMultipliers = 1;
    // A step of 2e that is a power of two only moves the point.
    int exponent = 0;
    const bool exact = !format.relative && std::frexp(format.bound, &exponent) == 0.5;
    if (exact) {
        operand.conversion.floatMultipliers = 0;
    } else if (format.relative) {
        shareNumber(operand, format.block);
        operand.conversion.statistic = Statistic::Range;
    } else {
        shareNumber(operand, {.kind = BlockShape::Kind::Tensor});
    }
    operand.leftOut =
        "the linear quantiser alone is modelled: no prediction, no entropy coding, no division "
        "that finds a relative step";
    return operand;
}

}  // namespace

Operand operandOf(const Format& format) {
    return std::visit([](const auto& each) { return project(each); }, format);
}

bool isBinary32(const Format& format) {
    return std::holds_alternative<Fp32>(format);
}

}  // namespace mantissa::hw
