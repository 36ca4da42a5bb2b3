// SPDX-License-Identifier: GPL-3.0-or-later
// Float arithmetic of any exponent and fraction width.
#include <algorithm>
#include <array>

#include "hwmodel/units/unit_kind.h"

namespace mantissa::hw {
namespace {

using Ports = std::vector<UnitPort>;

constexpr std::string_view kRtl =
    "our RTL, synthesised: nearest even, saturating, subnormals flushed unless kept";
constexpr std::string_view kParts = "our RTL, synthesised; priced as the sum of its parts";
constexpr std::string_view kReasoned = "composed of synthesised parts; not synthesised as a whole";

constexpr UnitParam kExponent = count("e", "Exponent", "bit", 2, 11, 8, "E");
constexpr UnitParam kFraction = count("m", "Fraction", "bit", 1, 52, 23, "M");
constexpr std::array kShape{kExponent, kFraction};
constexpr std::array kShapeWithOptions{kExponent, kFraction,
                                       flag("specials", "Infinities and NaN", "SPEC"),
                                       flag("subnormals", "Subnormals kept", "SUBN")};
constexpr std::array kWide{count("e", "Exponent of the operands", "bit", 2, 11, 5, "E"),
                           count("m", "Fraction of the operands", "bit", 1, 25, 10, "M"),
                           count("acc_e", "Exponent of the result", "bit", 2, 11, 8, "EA"),
                           count("acc_m", "Fraction of the result", "bit", 1, 52, 23, "MA")};
constexpr std::array kConversion{count("e", "Exponent before", "bit", 2, 11, 8, "E1"),
                                 count("m", "Fraction before", "bit", 2, 52, 23, "M1"),
                                 count("to_e", "Exponent after", "bit", 2, 11, 5, "E2"),
                                 count("to_m", "Fraction after", "bit", 1, 51, 4, "M2")};

FloatShape shapeOf(UnitValues v) {
    return {v[0], v[1]};
}
FloatOptions optionsOf(UnitValues v) {
    return {v[2] != 0, v[3] != 0};
}

Ports binary(UnitValues v) {
    const int bits = shapeOf(v).bits();
    return {{"a", false, bits}, {"b", false, bits}, {"y", true, bits}};
}
Ports ternary(UnitValues v) {
    const int bits = shapeOf(v).bits();
    return {{"a", false, bits}, {"b", false, bits}, {"c", false, bits}, {"y", true, bits}};
}
Ports unary(UnitValues v) {
    return {{"a", false, shapeOf(v).bits()}, {"y", true, shapeOf(v).bits()}};
}
Ports wide(UnitValues v) {
    const int bits = shapeOf(v).bits();
    return {{"a", false, bits}, {"b", false, bits}, {"y", true, FloatShape{v[2], v[3]}.bits()}};
}

Result<void> holdsProduct(UnitValues v) {
    if (v[3] < 2 * v[1] + 1) {
        return fail(ErrorCode::InvalidInput,
                    "the result needs " + std::to_string(2 * v[1] + 1) +
                        " fraction bits to hold the product exactly, not " + std::to_string(v[3]),
                    "acc_m", "use fp_mac for results of the operands' width");
    }
    return {};
}

Result<void> narrows(UnitValues v) {
    if (v[2] > v[0] || v[3] >= v[1]) {
        return fail(ErrorCode::InvalidInput, "the format after must be narrower than before",
                    "to_m");
    }
    return {};
}

/// One rounding: the addend is aligned to the whole product.
void fused(Composition& c, UnitValues v) {
    const auto& t = c.technology();
    const int significand = v[1] + 1;
    const int window = 3 * significand + 2;
    c.beside("exponent sum and difference", 2, adder(t, v[0] + 2))
        .then("aligner", 1, stickyShifter(t, window, window))
        .beside("significands", 1, multiplier(t, significand, significand))
        .then("adder and subtractor", 1, adderSubtractor(t, window))
        .then("leading zeros", 1, leadingZeros(t, window))
        .then("normaliser", 1, shifter(t, window, window))
        .then("exponent correction", 1, adder(t, v[0] + 2))
        .then("rounding", 1, adder(t, significand + v[0]));
}

int divideCycles(UnitValues v) {
    return dividerCycles(shapeOf(v));
}
int takeRootCycles(UnitValues v) {
    return rootCycles(shapeOf(v));
}

constexpr UnitOrigin kFitted = UnitOrigin::Fitted;

constexpr std::array kKinds{
    UnitKind{"fp_multiplier", "Float multiplier", "Rounded product in the operands' format.", kRtl,
             "fp_mul", kFitted, LawId::FloatMultiplier, kShapeWithOptions,
             [](Composition& c, UnitValues v) {
                 c.then("multiplier", 1,
                        roundedFloatMultiplier(c.technology(), shapeOf(v), optionsOf(v)));
             },
             binary},
    UnitKind{"fp_exact_multiplier", "Float multiplier, exact",
             "Product in a format wide enough to need no rounding.", kRtl, "fp_mulx", kFitted,
             LawId::ExactFloatMultiplier, kWide,
             [](Composition& c, UnitValues v) {
                 c.then("multiplier", 1, exactFloatMultiplier(c.technology(), v[1], v[1]));
             },
             wide, holdsProduct},
    UnitKind{"fp_adder", "Float adder", "Rounded sum.", kRtl, "fp_add", kFitted, LawId::FloatAdder,
             kShapeWithOptions,
             [](Composition& c, UnitValues v) {
                 c.then("adder", 1, floatAdder(c.technology(), shapeOf(v), optionsOf(v)));
             },
             binary},
    UnitKind{"fp_mac", "Float multiply and add", "Product and sum, each rounded, one format.",
             kParts, "fp_mac", UnitOrigin::Composed, std::nullopt, kShapeWithOptions,
             [](Composition& c, UnitValues v) {
                 c.then("multiplier", 1,
                        roundedFloatMultiplier(c.technology(), shapeOf(v), optionsOf(v)))
                     .then("adder", 1, floatAdder(c.technology(), shapeOf(v), optionsOf(v)));
             },
             ternary},
    UnitKind{"fp_mac_wide", "Float multiply and add, wide sum",
             "Exact product added in a wider format.", kParts, "fp_macw", UnitOrigin::Composed,
             std::nullopt, kWide,
             [](Composition& c, UnitValues v) {
                 c.then("multiplier", 1, exactFloatMultiplier(c.technology(), v[1], v[1]))
                     .then("adder", 1, floatAdder(c.technology(), {v[2], v[3]}));
             },
             wide, holdsProduct},
    UnitKind{"fp_fma", "Float fused multiply and add", "a b + c with one rounding.", kReasoned, "",
             UnitOrigin::Composed, std::nullopt, kShape, fused, ternary},
    UnitKind{"fp_max_min", "Running maximum and minimum", "Of a stream of floats.", kRtl,
             "fp_maxmin", kFitted, LawId::FloatRange, kShape,
             [](Composition& c, UnitValues v) {
                 c.then("comparators", 1, floatRange(c.technology(), shapeOf(v)));
             },
             [](UnitValues v) {
                 const int bits = shapeOf(v).bits();
                 return Ports{{"x", false, bits}, {"max", true, bits}, {"min", true, bits}};
             }},
    UnitKind{"fp_converter", "Float to narrower float", "Rounds, saturates.", kRtl, "fp_cvt",
             kFitted, LawId::FloatConverter, kConversion,
             [](Composition& c, UnitValues v) {
                 c.then("converter", 1, floatConverter(c.technology(), {v[2], v[3]}));
             },
             [](UnitValues v) {
                 return Ports{{"a", false, shapeOf(v).bits()},
                              {"y", true, FloatShape{v[2], v[3]}.bits()}};
             },
             narrows},
    UnitKind{"fp_divider_array", "Float divider, single cycle", "From 3 fraction bits.", kRtl,
             "fp_div", kFitted, LawId::FloatDividerArray, kShape,
             [](Composition& c, UnitValues v) {
                 c.then("divider", 1, floatDividerArray(c.technology(), shapeOf(v)));
             },
             binary},
    UnitKind{"fp_divider", "Float divider, one digit a cycle", "Rounded quotient.", kRtl,
             "fp_div_seq", kFitted, LawId::FloatDividerSerial, kShape,
             [](Composition& c, UnitValues v) {
                 c.then("divider", 1, floatDivider(c.technology(), shapeOf(v)));
             },
             binary, nullptr, divideCycles},
    UnitKind{"fp_reciprocal", "Reciprocal, one digit a cycle",
             "The divider with a dividend of one.", kReasoned, "", UnitOrigin::Composed,
             std::nullopt, kShape,
             [](Composition& c, UnitValues v) {
                 c.then("divider", 1, floatDivider(c.technology(), shapeOf(v)));
             },
             unary, nullptr, divideCycles},
    UnitKind{"fp_root_array", "Float square root, single cycle",
             "From 7 fraction bits; shorter ones lose most of their logic.", kRtl, "fp_sqrt",
             kFitted, LawId::FloatRootArray, kShape,
             [](Composition& c, UnitValues v) {
                 c.then("root", 1, floatRootArray(c.technology(), shapeOf(v)));
             },
             unary},
    UnitKind{"fp_root", "Float square root, one digit a cycle", "Rounded root.", kRtl,
             "fp_sqrt_seq", kFitted, LawId::FloatRootSerial, kShape,
             [](Composition& c, UnitValues v) {
                 c.then("root", 1, floatRoot(c.technology(), shapeOf(v)));
             },
             unary, nullptr, takeRootCycles},
};

}  // namespace

std::span<const UnitKind> floatUnits() {
    return kKinds;
}

}  // namespace mantissa::hw
