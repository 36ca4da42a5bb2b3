// SPDX-License-Identifier: GPL-3.0-or-later
// Processing elements of a systolic array, with their registers.
#include <algorithm>
#include <array>
#include <bit>

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

constexpr std::array kPacked{count("n", "Products a cycle", "", 2, 256, 16),
                             count("kernels", "Kernels overlaid", "", 2, 256, 4),
                             count("e", "Exponent of the operands", "bit", 2, 11, 8),
                             count("m", "Fraction of the operands", "bit", 1, 25, 7),
                             count("acc_e", "Accumulators' exponent", "bit", 2, 11, 8),
                             count("acc_m", "Accumulators' fraction", "bit", 1, 52, 23)};

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

/// Rounded where the sum has the operands' format, else exact.
UnitCost productOf(const Technology& t, FloatShape operand, FloatShape accumulator) {
    return operand == accumulator
               ? roundedFloatMultiplier(t, operand)
               : exactFloatMultiplier(t, operand.fractionBits, operand.fractionBits);
}

/// The lowest bits of an exact product are zero: no registers for them.
FloatShape productShape(FloatShape operand, FloatShape accumulator) {
    return operand == accumulator
               ? operand
               : FloatShape{accumulator.exponentBits,
                            std::min(accumulator.fractionBits, 2 * operand.fractionBits + 1)};
}

void floatElement(Composition& c, UnitValues v) {
    const auto& t = c.technology();
    const FloatShape operand{v[0], v[1]};
    const FloatShape accumulator{v[2], v[3]};
    c.registers("operands", 2.0 * operand.bits())
        .then("multiplier", 1, productOf(t, operand, accumulator))
        .registers("product", productShape(operand, accumulator).bits())
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

/// A stand-alone element for one packed kernel: no pass of its own stays dense.
void packedElement(Composition& c, UnitValues v) {
    const auto& t = c.technology();
    const int lanes = v[0];
    const int kernels = v[1];
    const FloatShape operand{v[2], v[3]};
    const FloatShape accumulator{v[4], v[5]};
    const int bits = productShape(operand, accumulator).bits();
    c.registers("operands and owners", lanes * (2.0 * operand.bits() + bitsToHold(kernels - 1)))
        .then("multipliers", lanes, productOf(t, operand, accumulator))
        .then("routing", lanes, selector(t, kernels, bits))
        .registers("products", 1.0 * lanes * bits);
    const auto add = floatAdder(t, accumulator);
    for (int left = lanes / kernels; left > 1; left -= left / 2) {
        c.then("adder trees, a level", 1.0 * kernels * (left / 2), add);
    }
    c.then("accumulating adders", kernels, add)
        .then("clear", kernels, gateRow(t, 0, accumulator.bits()))
        .registers("accumulators", 1.0 * kernels * accumulator.bits());
}

Result<void> packs(UnitValues v) {
    if (!std::has_single_bit(static_cast<unsigned>(v[1])) || v[1] > v[0] || v[0] % v[1] != 0) {
        return fail(ErrorCode::InvalidInput,
                    std::to_string(v[1]) + " kernels do not share " + std::to_string(v[0]) +
                        " products evenly (2, 4, 8 ... that divides n)",
                    "kernels");
    }
    return holdsProduct(v.subspan(2));
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
    UnitKind{"packed_sparse_element", "Processing element, overlaid sparse kernels",
             "One dense kernel holds several sparse ones; each product goes to the accumulator of "
             "the kernel that owns its weight.",
             "after complementary sparsity (arXiv 2112.13896, abstract; how products are routed is "
             "our assumption: the products of as many neighbouring lanes as there are kernels "
             "change places); composed of synthesised parts",
             "", UnitOrigin::Composed, std::nullopt, kPacked, packedElement,
             [](UnitValues v) {
                 const int operand = FloatShape{v[2], v[3]}.bits();
                 return Ports{{"a", false, v[0] * operand},
                              {"b", false, v[0] * operand},
                              {"owners", false, v[0] * bitsToHold(v[1] - 1)},
                              {"acc", true, v[1] * FloatShape{v[4], v[5]}.bits()}};
             },
             packs},
};

}  // namespace

std::span<const UnitKind> elementUnits() {
    return kKinds;
}

}  // namespace mantissa::hw
