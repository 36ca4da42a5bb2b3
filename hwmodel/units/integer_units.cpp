// SPDX-License-Identifier: GPL-3.0-or-later
// Integer arithmetic: one law a unit.
#include <algorithm>
#include <array>

#include "hwmodel/units/unit_kind.h"

namespace mantissa::hw {
namespace {

using Ports = std::vector<UnitPort>;

constexpr std::string_view kRtl = "our RTL, synthesised";

constexpr std::array kWidth{count("w", "Width", "bit", 1, 128, 16, "W")};
constexpr std::array kOperands{count("a", "First operand", "bit", 1, 64, 8, "WA"),
                               count("b", "Second operand", "bit", 1, 64, 8, "WB")};
constexpr std::array kTree{count("n", "Elements", "", 2, 1024, 16, "N"),
                           count("w", "Width of an element", "bit", 1, 64, 8, "W")};
constexpr std::array kShift{count("w", "Width", "bit", 2, 128, 32, "W"),
                            count("s", "Bits of the shift", "bit", 1, 7, 5, "S")};
constexpr std::array kMac{count("w", "Operands", "bit", 2, 32, 8, "W"),
                          count("acc", "Accumulator", "bit", 4, 96, 32, "AW")};
constexpr std::array kDivide{count("w", "Operands", "bit", 2, 64, 24, "W"),
                             count("f", "Fraction bits of the quotient", "bit", 1, 64, 25, "F")};
constexpr std::array kFile{count("words", "Words", "", 2, 1024, 16),
                           count("w", "Width of a word", "bit", 1, 512, 32),
                           count("reads", "Read ports", "", 1, 8, 2)};
constexpr std::array kRoot{count("r", "Bits of the root", "bit", 2, 64, 25, "R")};

Ports binary(UnitValues v) {
    return {{"a", false, v[0]}, {"b", false, v[0]}, {"y", true, v[0]}};
}
Ports product(UnitValues v) {
    return {{"a", false, v[0]}, {"b", false, v[1]}, {"y", true, v[0] + v[1]}};
}
Ports shifted(UnitValues v) {
    return {{"a", false, v[0]}, {"s", false, v[1]}, {"y", true, v[0]}};
}
Ports stored(UnitValues v) {
    return {{"d", false, v[0]}, {"q", true, v[0]}};
}
Ports quotient(UnitValues v) {
    return {{"n", false, v[0]}, {"d", false, v[0]}, {"q", true, v[1] + 1}};
}
Ports root(UnitValues v) {
    return {{"x", false, 2 * v[0]}, {"q", true, v[0]}};
}
Ports oneOf(UnitValues v) {
    return {{"x", false, v[0] * v[1]}, {"y", true, v[1]}};
}
Ports bothOf(UnitValues v) {
    return {{"x", false, v[0] * v[1]}, {"max", true, v[1]}, {"min", true, v[1]}};
}

/// A shift of s bits moves by up to 2^s - 1 positions.
int positions(int bits) {
    return (1 << bits) - 1;
}

/// All words are clocked, one is written; a read port is a tree of multiplexers, and one of its
/// levels after the other switches.
void registerFile(Composition& c, UnitValues v) {
    const auto& t = c.technology();
    const int levels = bitsToHold(v[0] - 1);
    c.then("word with enable", v[0], enabledRegisters(t, v[1]))
        .then("write decoder", 1, gateRow(t, 0, v[0] * levels))
        .then("read multiplexer rows", static_cast<double>(v[2]) * (v[0] - 1),
              shifter(t, std::max(v[1], 2), 1));
}

constexpr UnitOrigin kFitted = UnitOrigin::Fitted;

constexpr std::array kKinds{
    UnitKind{"adder", "Adder", "Sum of two integers, the carry dropped.", kRtl, "add_w", kFitted,
             LawId::Adder, kWidth,
             [](Composition& c, UnitValues v) { c.then("adder", 1, adder(c.technology(), v[0])); },
             binary},
    UnitKind{"adder_subtractor", "Adder and subtractor", "Sum or difference, chosen by an input.",
             kRtl, "addsub_w", kFitted, LawId::AdderSubtractor, kWidth,
             [](Composition& c, UnitValues v) {
                 c.then("adder", 1, adderSubtractor(c.technology(), v[0]));
             },
             binary},
    UnitKind{"adder_tree", "Adder tree", "Sum of several unsigned integers, carry-save.", kRtl,
             "addtree", kFitted, LawId::AdderTree, kTree,
             [](Composition& c, UnitValues v) {
                 c.then("adder tree", 1, adderTree(c.technology(), v[0], v[1]));
             },
             [](UnitValues v) {
                 return Ports{{"x", false, v[0] * v[1]}, {"y", true, v[1] + bitsToHold(v[0] - 1)}};
             }},
    UnitKind{"multiplier", "Multiplier, unsigned",
             "Full product of two magnitudes of any two widths.", kRtl, "mul_u", kFitted,
             LawId::Multiplier, kOperands,
             [](Composition& c, UnitValues v) {
                 c.then("multiplier", 1, multiplier(c.technology(), v[0], v[1]));
             },
             product},
    UnitKind{"signed_multiplier", "Multiplier, two's complement",
             "Full product by Baugh-Wooley rows.", kRtl, "mul_bw", kFitted, LawId::SignedMultiplier,
             kOperands,
             [](Composition& c, UnitValues v) {
                 c.then("multiplier", 1, signedMultiplier(c.technology(), v[0], v[1]));
             },
             product},
    UnitKind{"integer_mac", "Multiply and add, two's complement",
             "a b + c in one carry-save tree; no register.", kRtl, "int_mac", kFitted,
             LawId::IntegerMac, kMac,
             [](Composition& c, UnitValues v) {
                 c.then("multiply and add", 1, integerMac(c.technology(), v[0], v[1]));
             },
             [](UnitValues v) {
                 return Ports{
                     {"a", false, v[0]}, {"b", false, v[0]}, {"c", false, v[1]}, {"y", true, v[1]}};
             }},
    UnitKind{"shifter", "Shifter", "Logical shift by any number of positions.", kRtl, "shr_w",
             kFitted, LawId::Shifter, kShift,
             [](Composition& c, UnitValues v) {
                 c.then("shifter", 1, shifter(c.technology(), v[0], positions(v[1])));
             },
             shifted},
    UnitKind{"sticky_shifter", "Shifter with sticky bit",
             "Right shift; what leaves is kept as one bit, as rounding needs it.", kRtl,
             "shr_sticky", kFitted, LawId::StickyShifter, kShift,
             [](Composition& c, UnitValues v) {
                 c.then("shifter", 1, stickyShifter(c.technology(), v[0], positions(v[1])));
             },
             shifted},
    UnitKind{"leading_zeros", "Leading zero counter", "Zeros before the leading one.", kRtl,
             "lzc_w", kFitted, LawId::LeadingZeros, kWidth,
             [](Composition& c, UnitValues v) {
                 c.then("counter", 1, leadingZeros(c.technology(), v[0]));
             },
             [](UnitValues v) {
                 return Ports{{"a", false, v[0]}, {"n", true, bitsToHold(v[0])}, {"z", true, 1}};
             }},
    UnitKind{"maximum", "Comparator, larger of two", "Two magnitudes in, the larger out.", kRtl,
             "max_u", kFitted, LawId::Maximum, kWidth,
             [](Composition& c, UnitValues v) {
                 c.then("comparator", 1, maximum(c.technology(), v[0]));
             },
             binary},
    UnitKind{
        "max_min", "Comparator, both in order", "Two magnitudes in, larger and smaller out.", kRtl,
        "maxmin_u", kFitted, LawId::MaxMin, kWidth,
        [](Composition& c, UnitValues v) { c.then("comparator", 1, maxMin(c.technology(), v[0])); },
        [](UnitValues v) {
            return Ports{
                {"a", false, v[0]}, {"b", false, v[0]}, {"max", true, v[0]}, {"min", true, v[0]}};
        }},
    UnitKind{"max_tree", "Maximum tree", "Largest of several magnitudes.", kRtl, "maxtree_u",
             kFitted, LawId::MaxTree, kTree,
             [](Composition& c, UnitValues v) {
                 c.then("tree", 1, maximumTree(c.technology(), v[0], v[1]));
             },
             oneOf},
    UnitKind{"range_tree", "Maximum and minimum tree",
             "Largest and smallest of several sign-magnitude words, the order of floats.", kRtl,
             "maxmin_sm_tree", kFitted, LawId::RangeTree, kTree,
             [](Composition& c, UnitValues v) {
                 c.then("tree", 1, rangeTree(c.technology(), v[0], v[1]));
             },
             bothOf},
    UnitKind{"register", "Register", "Flip-flops, at the library's size.", kRtl, "reg_w", kFitted,
             std::nullopt, kWidth,
             [](Composition& c, UnitValues v) { c.registers("flip-flops", v[0]); }, stored},
    UnitKind{"enabled_register", "Register with enable", "Keeps its value unless enabled.", kRtl,
             "reg_en", kFitted, LawId::Enable, kWidth,
             [](Composition& c, UnitValues v) {
                 c.then("flip-flops and multiplexers", 1, enabledRegisters(c.technology(), v[0]));
             },
             stored},
    UnitKind{"register_file", "Register file",
             "Words of flip-flops with one write port and read multiplexers.",
             "composed of synthesised parts; not synthesised as a whole", "", UnitOrigin::Composed,
             std::nullopt, kFile, registerFile,
             [](UnitValues v) {
                 return Ports{{"d", false, v[1]},
                              {"address", false, bitsToHold(v[0] - 1) * (1 + v[2])},
                              {"q", true, v[1] * v[2]}};
             }},
    UnitKind{"divider_array", "Divider, single cycle",
             "Restoring array for normalised mantissas, F + 1 quotient bits.", kRtl, "div_array",
             kFitted, LawId::DividerArray, kDivide,
             [](Composition& c, UnitValues v) {
                 c.then("array", 1, dividerArray(c.technology(), v[0], v[1]));
             },
             quotient},
    UnitKind{"divider", "Divider, one bit a cycle", "Restoring, for normalised mantissas.", kRtl,
             "div_seq", kFitted, LawId::DividerSerial, kDivide,
             [](Composition& c, UnitValues v) {
                 c.then("digit and registers", 1, dividerSerial(c.technology(), v[0], v[1]));
             },
             quotient, nullptr, [](UnitValues v) { return v[1] + 1; }},
    UnitKind{
        "root_array", "Square root, single cycle", "Restoring array.", kRtl, "sqrt_array", kFitted,
        LawId::RootArray, kRoot,
        [](Composition& c, UnitValues v) { c.then("array", 1, rootArray(c.technology(), v[0])); },
        root},
    UnitKind{"root", "Square root, one bit a cycle", "Restoring.", kRtl, "sqrt_seq", kFitted,
             LawId::RootSerial, kRoot,
             [](Composition& c, UnitValues v) {
                 c.then("digit and registers", 1, rootSerial(c.technology(), v[0]));
             },
             root, nullptr, [](UnitValues v) { return v[0]; }},
};

}  // namespace

std::span<const UnitKind> integerUnits() {
    return kKinds;
}

}  // namespace mantissa::hw
