// SPDX-License-Identifier: GPL-3.0-or-later
// The shape of every law that is fitted on the synthesis table: what it is a sum of. The fitting
// tool and the model share it; coefficients, errors and ranges are data (resources/hardware).
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace mantissa::hw {

/// One a synthesised kind of unit.
enum class LawId {
    Adder,
    AdderSubtractor,
    AdderTree,
    Multiplier,
    SignedMultiplier,
    Shifter,
    StickyShifter,
    LeadingZeros,
    Maximum,
    MaxMin,
    MaxTree,
    RangeTree,
    Enable,
    DividerArray,
    RootArray,
    DividerSerial,
    RootSerial,
    FloatMultiplier,
    ExactFloatMultiplier,
    FloatAdder,
    FloatRange,
    FloatConverter,
    FloatDividerArray,
    FloatRootArray,
    FloatDividerSerial,
    FloatRootSerial,
    IntegerMac,
    SignedDot,
    SignMagnitudeDot,
    IntegerToFloat,
    BlockQuantiser,
};
inline constexpr std::size_t kLaws = static_cast<std::size_t>(LawId::BlockQuantiser) + 1;

inline constexpr std::size_t kMostWidths = 4;
inline constexpr std::size_t kMostTerms = 7;

/// A unit's parameters, in the order of LawShape::widths. Doubles, since a product of two operands
/// of different widths enters as their geometric or arithmetic mean.
using LawWidths = std::array<double, kMostWidths>;

/// A sum of terms. `fill` writes the value of each term for one configuration.
struct LawTerms {
    std::array<std::string_view, kMostTerms> names{};
    void (*fill)(const LawWidths& widths, double* terms) = nullptr;
    std::size_t count() const;
};

struct LawShape {
    LawId id;
    std::string_view module;  ///< of the synthesis table, so the unit that the RTL of it defines
    std::array<std::string_view, kMostWidths> widths;  ///< parameters of the module
    LawTerms gates;                                    ///< combinational area in NAND2 equivalents
    LawTerms delay;                                    ///< picoseconds; no names: none
    /// Smallest value of each parameter that the law is fitted on; synthesis removes whole rows of
    /// narrower units.
    LawWidths smallest{};
};
std::span<const LawShape, kLaws> lawShapes();
const LawShape& shapeOf(LawId law);

/// Switching energy over gates grows with the depth that glitches travel, a + b ln(1 + delay) in fJ
/// a NAND2 equivalent, for each of four classes of units.
enum class Activity {
    Multiplying,  ///< products of magnitudes, and multiply-adds whose sum's high bits rest
    Summing,      ///< trees of signed products: a change of sign moves every bit above
    Floating,     ///< alignment, normalisation and rounding behind one another
    Adding,       ///< all else
};
inline constexpr std::size_t kActivities = 4;
std::string_view activityText(Activity activity);
Activity activityOf(LawId law);

}  // namespace mantissa::hw
