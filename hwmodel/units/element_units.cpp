// SPDX-License-Identifier: GPL-3.0-or-later
// Processing elements of a systolic array, with their registers.
#include <algorithm>
#include <array>

#include "hwmodel/units/unit_kind.h"

namespace mantissa::hw {
namespace {

using Ports = std::vector<UnitPort>;

constexpr std::string_view kParts = "our RTL, synthesised; priced as the sum of its parts";

constexpr std::array kInteger{count("w", "Operands", "bit", 2, 32, 8, "W"),
                              count("acc", "Accumulator", "bit", 4, 96, 32, "AW")};
constexpr std::array kFloat{count("e", "Exponent of the operands", "bit", 2, 11, 8, "E"),
                            count("m", "Fraction of the operands", "bit", 1, 25, 7, "M"),
                            count("acc_e", "Accumulator's exponent", "bit", 2, 11, 8, "EA"),
                            count("acc_m", "Accumulator's fraction", "bit", 1, 52, 23, "MA")};
constexpr std::array kBlock{count("n", "Elements of a block", "", 1, 1024, 16, "N"),
                            count("m", "Mantissa with its sign", "bit", 2, 32, 4, "MW"),
                            count("e", "Shared exponent", "bit", 2, 11, 8, "EB"),
                            count("acc_e", "Accumulator's exponent", "bit", 2, 11, 8, "EA"),
                            count("acc_m", "Accumulator's fraction", "bit", 1, 52, 23, "MA")};

void integerElement(Composition& c, UnitValues v) {
    const auto& t = c.technology();
    c.registers("operands", 2.0 * v[0])
        .then("multiply and add", 1, integerMac(t, v[0], v[1]))
        .then("clear", 1, gateRow(t, 0, v[1]))
        .registers("accumulator", v[1]);
}

bool sameFormat(UnitValues v) {
    return v[0] == v[2] && v[1] == v[3];
}

Result<void> holdsProduct(UnitValues v) {
    if (sameFormat(v) || v[3] >= 2 * v[1] + 1) {
        return {};
    }
    return fail(ErrorCode::InvalidInput,
                "the accumulator needs the operands' format or " + std::to_string(2 * v[1] + 1) +
                    " fraction bits",
                "acc_m");
}

void floatElement(Composition& c, UnitValues v) {
    const auto& t = c.technology();
    const FloatShape operand{v[0], v[1]};
    const FloatShape accumulator{v[2], v[3]};
    const bool same = sameFormat(v);
    // The lowest bits of an exact product are zero: no registers for them.
    const FloatShape product{v[2], std::min(v[3], 2 * v[1] + 1)};
    c.registers("operands", 2.0 * operand.bits())
        .then("multiplier", 1,
              same ? roundedFloatMultiplier(t, operand) : exactFloatMultiplier(t, v[1], v[1]))
        .registers("product", (same ? operand : product).bits())
        .then("adder", 1, floatAdder(t, accumulator))
        .then("clear", 1, gateRow(t, 0, accumulator.bits()))
        .registers("accumulator", accumulator.bits());
}

void blockElement(Composition& c, UnitValues v) {
    const auto& t = c.technology();
    const FloatShape accumulator{v[3], v[4]};
    const int width = 2 * v[1] + bitsToHold(v[0] - 1);
    const int exponent = std::max(v[2], v[3]) + 3;
    const FloatShape converted{v[3], std::min(v[4], width - 1)};
    c.registers("operands", 2.0 * v[0] * v[1] + 2.0 * v[2])
        .beside("exponent sum", 1, adder(t, exponent))
        .beside("dot product", 1, signedDot(t, v[0], v[1]))
        .registers("dot product and exponent", width + exponent)
        .then("integer to float", 1, integerToFloat(t, width, accumulator))
        .registers("float", converted.bits())
        .then("adder", 1, floatAdder(t, accumulator))
        .then("clear", 1, gateRow(t, 0, accumulator.bits()))
        .registers("accumulator", accumulator.bits());
}

Ports ports(int operands, int result) {
    return {{"a", false, operands}, {"b", false, operands}, {"acc", true, result}};
}

constexpr std::array kKinds{
    UnitKind{"pe_integer", "Processing element, integer",
             "Operands pass through; products accumulate.", kParts, "pe_int", UnitOrigin::Composed,
             std::nullopt, kInteger, integerElement,
             [](UnitValues v) { return ports(v[0], v[1]); }},
    UnitKind{"pe_float", "Processing element, float",
             "Operands pass through; products accumulate in a format of their own.", kParts,
             "pe_fp", UnitOrigin::Composed, std::nullopt, kFloat, floatElement,
             [](UnitValues v) {
                 return ports(FloatShape{v[0], v[1]}.bits(), FloatShape{v[2], v[3]}.bits());
             },
             holdsProduct},
    UnitKind{"pe_block", "Processing element, block floating point",
             "A dot product a cycle, accumulated as a float.", kParts, "pe_bfp",
             UnitOrigin::Composed, std::nullopt, kBlock, blockElement,
             [](UnitValues v) {
                 return ports(v[0] * v[1] + v[2], FloatShape{v[3], v[4]}.bits());
             }},
};

}  // namespace

std::span<const UnitKind> elementUnits() {
    return kKinds;
}

}  // namespace mantissa::hw
