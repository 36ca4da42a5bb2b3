// SPDX-License-Identifier: GPL-3.0-or-later
// Coders of stored tensors: canonical Huffman codes of differences, a symbol a cycle; weights as
// sums of shifted numbers.
#include <array>

#include "hwmodel/sram.h"
#include "hwmodel/units/unit_kind.h"

namespace mantissa::hw {
namespace {

using Ports = std::vector<UnitPort>;

constexpr std::string_view kSource =
    "after error-bounded compression (SZ, COMET: prediction, quantiser, Huffman codes), whose "
    "hardware is our assumption: canonical codes, tables in SRAM; composed of synthesised parts";

constexpr int kWordBits = 32;  ///< what the packed stream leaves in

constexpr std::array kCode{count("w", "Symbol", "bit", 2, 12, 8),
                           count("longest", "Longest code", "bit", 4, 24, 16)};

/// A code for each symbol; codes of `longest` bits have to suffice for all symbols.
Result<void> codesSuffice(UnitValues v) {
    if (v[1] < v[0]) {
        return fail(ErrorCode::InvalidInput,
                    "codes of up to " + std::to_string(v[1]) + " bits cannot tell the " +
                        std::to_string(1 << v[0]) + " symbols of " + std::to_string(v[0]) +
                        " bits apart (allowed: " + std::to_string(v[0]) + " to 24)",
                    "longest", "take longer codes or fewer bits a symbol");
    }
    return {};
}

/// Bits of an encoder's entry: the code and its length.
int codeBits(int longest) {
    return longest + bitsToHold(longest);
}

void encoder(Composition& c, UnitValues v) {
    const auto& t = c.technology();
    const int symbol = v[0];
    const int longest = v[1];
    const int code = codeBits(longest);
    const int window = kWordBits + longest;
    c.then("difference to the element before", 1, adder(t, symbol))
        .registers("element and difference", 2 * symbol)
        .then("table of codes", 1, tableMemory(t, code, symbol))
        .registers("code and length", code)
        .beside("fill", 1, adder(t, bitsToHold(window)))
        .beside("shifter", 1, shifter(t, window, kWordBits))
        .then("merging", 1, gateRow(t, 0, window))
        .registers("stream", window + bitsToHold(window));
}

void decoder(Composition& c, UnitValues v) {
    const auto& t = c.technology();
    const int symbol = v[0];
    const int longest = v[1];
    const int window = kWordBits + longest;
    // The next code begins where this one ends: aligning, finding the length and moving on are one
    // loop, which no register may cut.
    c.then("shifter", 1, shifter(t, window, kWordBits))
        .then("comparators with the first code of each length", longest, maximum(t, longest))
        .then("shortest that fits", 1, leadingZeros(t, longest))
        .then("fill", 1, adder(t, bitsToHold(window)))
        .registers("stream", window + bitsToHold(window))
        .then("place in the table", 1, adder(t, longest))
        .registers("place", symbol)
        .then("table of symbols", 1, tableMemory(t, symbol, symbol))
        .then("sum with the element before", 1, adder(t, symbol))
        .registers("element", symbol);
}

// SmartDeal (arXiv 2101.01163): coefficients are powers of two, a basis has few bits.
constexpr std::array kRebuilt{count("n", "Terms of a weight", "", 1, 8, 3),
                              count("c", "Coefficients", "bit", 2, 8, 4),
                              count("b", "Basis", "bit", 2, 16, 8)};

void rebuilder(Composition& c, UnitValues v) {
    const auto& t = c.technology();
    const int positions = coefficientShifts(v[1]);
    const int width = v[2] + positions;
    if (positions > 0) {
        c.then("shifters", v[0], shifter(t, width, positions));
    }
    // A coefficient's sign turns its term over, and its zero clears it.
    c.then("signs and zeros", v[0], gateRow(t, width, width));
    if (v[0] > 1) {
        c.then("adder tree", 1, adderTree(t, v[0], width));
    }
    c.registers("weight", rebuiltWidth(v[0], v[1], v[2]));
}

constexpr std::array kKinds{
    UnitKind{"weight_rebuilder", "Weight from a basis",
             "A sum of a basis' numbers, each times a power of two; one weight a cycle.",
             "after SmartDeal (arXiv 2101.01163), whose rebuild engine shifts and adds; widths and "
             "structure are our assumption; composed of synthesised parts",
             "", UnitOrigin::Composed, std::nullopt, kRebuilt, rebuilder,
             [](UnitValues v) {
                 return Ports{{"coefficients", false, v[0] * v[1]},
                              {"basis", false, v[0] * v[2]},
                              {"weight", true, rebuiltWidth(v[0], v[1], v[2])}};
             }},
    UnitKind{
        "huffman_encoder", "Entropy encoder",
        "Difference, Huffman code from a table, packing; one symbol a cycle.", kSource, "",
        UnitOrigin::Composed, std::nullopt, kCode, encoder,
        [](UnitValues v) {
            return Ports{{"x", false, v[0]}, {"stream", true, kWordBits}};
        },
        codesSuffice, nullptr,
        [](const Technology& t, UnitValues v) { return beyondSramRows(t, codeBits(v[1]), v[0]); }},
    UnitKind{"huffman_decoder", "Entropy decoder",
             "Finds a code's length, looks its symbol up, sums; one symbol a cycle.", kSource, "",
             UnitOrigin::Composed, std::nullopt, kCode, decoder,
             [](UnitValues v) {
                 return Ports{{"stream", false, kWordBits}, {"x", true, v[0]}};
             },
             codesSuffice, nullptr,
             [](const Technology& t, UnitValues v) { return beyondSramRows(t, v[0], v[0]); }},
};

}  // namespace

std::span<const UnitKind> coderUnits() {
    return kKinds;
}

}  // namespace mantissa::hw
