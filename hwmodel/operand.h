// SPDX-License-Identifier: GPL-3.0-or-later
// A number format as the datapath sees it: what the elements are, what they share, how they are
// made from FP32 results. The only place of the hardware model that knows the kinds of formats.
#pragma once

#include <optional>
#include <string_view>

#include "core/numerics/format.h"
#include "hwmodel/arithmetic.h"

namespace mantissa::hw {

enum class ElementKind {
    Integer,     ///< sign and magnitude; products add up as integers while the scales stay
    PowerOfTwo,  ///< sign and exponent: shifts an integer, adds to the exponent of a float
    Float,       ///< a significand with an exponent of its own
};

/// What elements share, beside a step that the format fixes.
enum class ScaleKind {
    Fixed,       ///< nothing: the step is a power of two known beforehand
    PowerOfTwo,  ///< an exponent: added to the exponent of a sum of products
    Binary32,    ///< any number: multiplies a sum of products
};

/// What the results of a block have to tell before its first element is converted.
enum class Statistic { None, Exponent, Largest, Mean, Range };

/// Units between an FP32 result and the stored element, each once a lane.
struct Conversion {
    int magnitudeBits = 0;                  ///< integer quantiser; 0: none
    int exponentBits = 0;                   ///< of the exponent that it aligns to
    bool sharesExponent = false;            ///< the quantiser finds that exponent for its block
    int microElements = 0;                  ///< elements that lower it together; 0: none
    std::optional<FloatShape> toFloat;      ///< float converter
    Statistic statistic = Statistic::None;  ///< found beside the quantiser, over `block`
    int exponentAdders = 0;                 ///< 8 bits: scale apart from the element's exponent
    int comparators = 0;                    ///< 31 bits: thresholds between neighbouring codes
    int floatAdders = 0;                    ///< FP32: offsets
    int floatMultipliers = 0;               ///< FP32: divisions by the step
};

/// See docs/hardware-model.md for the projection of each kind.
struct Operand {
    ElementKind element = ElementKind::Float;
    int magnitudeBits = 0;  ///< Integer: without the sign; PowerOfTwo: of the exponent's code
    bool hasZero = true;    ///< off: every element is plus or minus one step (binary)
    int shift = 0;          ///< PowerOfTwo: positions beyond the smallest power; Integer: positions
                            ///< that micro-exponents move a sub-block by
    int shiftElements = 1;  ///< elements that shift together
    FloatShape shape;       ///< Float and PowerOfTwo: as stored
    bool subnormals = false;  ///< Float: significands without leading one occur
    int tableBits = 0;  ///< Float: codes are looked up in a table of 2^tableBits entries; 0: none

    ScaleKind scale = ScaleKind::Fixed;
    int exponentBits = 0;    ///< ScaleKind::PowerOfTwo: width of the shared exponent
    bool hasOffset = false;  ///< elements are code times scale plus an offset (affine)
    /// Elements that share something; a fixed step is shared by all.
    numerics::BlockShape block{.kind = numerics::BlockShape::Kind::Tensor};

    Conversion conversion;
    /// What an estimate with this kind leaves out, for its warning; empty: nothing but what every
    /// estimate leaves out.
    std::string_view leftOut;
};
Operand operandOf(const numerics::Format& format);

/// Binary32 itself: such an operand is the master copy.
bool isBinary32(const numerics::Format& format);

}  // namespace mantissa::hw
