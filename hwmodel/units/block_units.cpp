// SPDX-License-Identifier: GPL-3.0-or-later
// Block floating point: dot products, accumulators, converters.
#include <algorithm>
#include <array>

#include "hwmodel/units/unit_kind.h"

namespace mantissa::hw {
namespace {

using Ports = std::vector<UnitPort>;

constexpr std::string_view kRtl = "our RTL, synthesised";
constexpr std::string_view kParts = "our RTL, synthesised; priced as the sum of its parts";
constexpr std::string_view kReasoned = "composed of synthesised parts; not synthesised as a whole";
constexpr std::array<std::string_view, 2> kAccumulators{"float", "fixed"};

constexpr UnitParam kElements = count("n", "Elements of a block", "", 1, 1024, 16, "N");
constexpr UnitParam kSigned = count("m", "Mantissa with its sign", "bit", 2, 32, 8, "MW");
constexpr std::array kSignedDot{kElements, kSigned};
constexpr std::array kMagnitudeDot{kElements, count("m", "Magnitude", "bit", 1, 31, 7, "MW")};
constexpr std::array kFixedDot{kElements, kSigned,
                               count("acc", "Accumulator", "bit", 4, 96, 32, "AW")};
constexpr UnitParam kSharedExponent = count("e", "Shared exponent", "bit", 2, 11, 8, "EB");
constexpr std::array kFloatDot{kElements, kSigned, kSharedExponent,
                               count("acc_e", "Accumulator's exponent", "bit", 2, 11, 8, "EA"),
                               count("acc_m", "Accumulator's fraction", "bit", 1, 52, 23, "MA")};
constexpr std::array kGeneralDot{
    kElements,
    count("m1", "First magnitude", "bit", 1, 31, 7),
    count("m2", "Second magnitude", "bit", 1, 31, 3),
    kSharedExponent,
    UnitParam{{.id = "tree",
               .label = "Adder tree",
               .unit = "bit",
               .help = "Width that products are cut to before they are summed.",
               .maximum = 64,
               .zeroText = "exact"}},
    UnitParam{{.id = "accumulator",
               .label = "Accumulator",
               .kind = ParamKind::Choice,
               .maximum = 1,
               .choices = kAccumulators}},
    count("acc", "Accumulator, fixed", "bit", 4, 96, 32),
    count("acc_e", "Accumulator's exponent, float", "bit", 2, 11, 8),
    count("acc_m", "Accumulator's fraction, float", "bit", 1, 52, 23)};
constexpr std::array kToFloat{count("w", "Integer with its sign", "bit", 2, 96, 24, "W"),
                              count("e", "Exponent", "bit", 2, 11, 8, "EA"),
                              count("m", "Fraction", "bit", 1, 52, 23, "MA")};
constexpr std::array kQuantiser{
    kElements, count("e", "Exponent of the floats", "bit", 2, 11, 8, "E"),
    count("f", "Fraction of the floats", "bit", 1, 52, 23, "M"), kSigned};

/// Two shared exponents and the offset of the format, signed.
int exponentSumBits(int shared, int accumulator) {
    return std::max(shared, accumulator) + 3;
}

void toFloatSum(Composition& c, int width, int sharedBits, FloatShape accumulator) {
    const auto& t = c.technology();
    c.beside("exponent sum", 1, adder(t, exponentSumBits(sharedBits, accumulator.exponentBits)))
        .then("integer to float", 1, integerToFloat(t, width, accumulator))
        .then("float accumulator", 1, floatAdder(t, accumulator));
}

void floatDot(Composition& c, UnitValues v) {
    c.then("dot product", 1, signedDot(c.technology(), v[0], v[1]));
    toFloatSum(c, 2 * v[1] + bitsToHold(v[0] - 1), v[2], {v[3], v[4]});
}

void generalDot(Composition& c, UnitValues v) {
    const auto& t = c.technology();
    const int n = v[0];
    int width = blockDotWidth(n, v[1], v[2]);
    if (v[4] == 0 || v[4] > v[1] + v[2]) {
        c.then("dot product", 1, blockDot(t, n, v[1], v[2]));
    } else {
        // Products lose their low bits before the tree.
        c.then("multipliers", n, multiplier(t, v[1], v[2]))
            .then("signs", n, gateRow(t, v[4] + 1, 0))
            .then("adder tree", 1, adderTree(t, n, v[4] + 1));
        width = v[4] + 1 + bitsToHold(n - 1);
    }
    if (v[5] == 0) {
        toFloatSum(c, width, v[3], {v[7], v[8]});
    } else {
        c.then("fixed accumulator", 1, adder(t, v[6]))
            .beside("exponent sum", 1, adder(t, exponentSumBits(v[3], 0)));
    }
}

Ports dotPorts(int n, int bitsA, int bitsB, int result) {
    return {{"a", false, n * bitsA}, {"b", false, n * bitsB}, {"y", true, result}};
}

constexpr UnitOrigin kFitted = UnitOrigin::Fitted;
constexpr UnitOrigin kComposed = UnitOrigin::Composed;

constexpr std::array kKinds{
    UnitKind{
        "bfp_dot_signed", "Dot product, two's complement",
        "Integer core of a block: all products in one carry-save tree.", kRtl, "bfp_dot_int",
        kFitted, LawId::SignedDot, kSignedDot,
        [](Composition& c, UnitValues v) {
            c.then("dot product", 1, signedDot(c.technology(), v[0], v[1]));
        },
        [](UnitValues v) { return dotPorts(v[0], v[1], v[1], 2 * v[1] + bitsToHold(v[0] - 1)); }},
    UnitKind{"bfp_dot_magnitude", "Dot product, sign and magnitude",
             "Integer core of a block; 11 to 22 % smaller than two's complement.", kRtl,
             "bfp_dot_sm", kFitted, LawId::SignMagnitudeDot, kMagnitudeDot,
             [](Composition& c, UnitValues v) {
                 c.then("dot product", 1, blockDot(c.technology(), v[0], v[1], v[1]));
             },
             [](UnitValues v) {
                 return dotPorts(v[0], v[1] + 1, v[1] + 1, blockDotWidth(v[0], v[1], v[1]));
             }},
    UnitKind{"bfp_dot_fixed", "Dot product with fixed accumulator",
             "Along a reduction that shares one exponent.", kParts, "bfp_dot_acc", kComposed,
             std::nullopt, kFixedDot,
             [](Composition& c, UnitValues v) {
                 const auto& t = c.technology();
                 auto sum = adder(t, v[2]);
                 // The tree's low bits settle first, so that carries run ahead; above its width
                 // they ripple on, two gates a bit: the accumulator's bit and the sum's sign.
                 const int width = 2 * v[1] + bitsToHold(v[0] - 1);
                 sum.delay_ns = 2 * adder(t, std::max(v[2] - width, 1)).delay_ns;
                 sum.delayLaw = nullptr;
                 c.then("dot product", 1, signedDot(t, v[0], v[1])).then("accumulator", 1, sum);
             },
             [](UnitValues v) { return dotPorts(v[0], v[1], v[1], v[2]); }},
    UnitKind{"bfp_dot_float", "Dot product with float accumulator",
             "Shared exponents added, the sum converted and accumulated.", kParts, "bfp_dot_fp",
             kComposed, std::nullopt, kFloatDot, floatDot,
             [](UnitValues v) {
                 return dotPorts(v[0], v[1], v[1], FloatShape{v[3], v[4]}.bits());
             }},
    UnitKind{"bfp_dot", "Dot product of two formats",
             "Magnitudes of two widths, an adder tree of any width, either accumulator.", kReasoned,
             "", kComposed, std::nullopt, kGeneralDot, generalDot,
             [](UnitValues v) {
                 const int result = v[5] == 0 ? FloatShape{v[7], v[8]}.bits() : v[6];
                 return dotPorts(v[0], v[1] + 1, v[2] + 1, result);
             }},
    UnitKind{"integer_to_float", "Integer to float",
             "Two's complement times a power of two, rounded.", kRtl, "int2fp", kFitted,
             LawId::IntegerToFloat, kToFloat,
             [](Composition& c, UnitValues v) {
                 c.then("converter", 1, integerToFloat(c.technology(), v[0], {v[1], v[2]}));
             },
             [](UnitValues v) {
                 return Ports{{"v", false, v[0]}, {"y", true, FloatShape{v[1], v[2]}.bits()}};
             }},
    UnitKind{"bfp_quantiser", "Float to block floating point",
             "Finds the largest exponent of a block, aligns, rounds.", kRtl, "bfp_quant", kFitted,
             LawId::BlockQuantiser, kQuantiser,
             [](Composition& c, UnitValues v) {
                 c.then("quantiser", 1, blockQuantiser(c.technology(), v[0], v[3] - 1, v[1]));
             },
             [](UnitValues v) {
                 return Ports{{"x", false, v[0] * FloatShape{v[1], v[2]}.bits()},
                              {"exponent", true, v[1]},
                              {"q", true, v[0] * v[3]}};
             }},
};

}  // namespace

std::span<const UnitKind> blockUnits() {
    return kKinds;
}

}  // namespace mantissa::hw
