// SPDX-License-Identifier: GPL-3.0-or-later
// Entropy coding of quantised tensors: canonical Huffman codes of differences, a symbol a cycle.
#include <algorithm>
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

/// A table that is read once an operation. CACTI's rows begin at 2 KiB: no memory is smaller.
UnitCost tableMemory(const Technology& technology, int entryBits, int addressBits) {
    constexpr double kLeastKib = 2;
    constexpr int kLeastAccess = 16;
    const int accessBits = std::max(entryBits, kLeastAccess);
    const double kib = static_cast<double>(entryBits) * (1 << addressBits) / 8192;
    const auto memory = sram({std::max(kib, kLeastKib), accessBits, technology.library.node_nm});
    UnitCost cost;
    cost.area_um2 = memory.area_um2;
    cost.nand2 = memory.area_um2 / technology.library.nand2_um2;
    cost.energy_pj = accessBits * memory.readEnergy_pj;
    cost.delay_ns = memory.access_ns;
    cost.leakage_nw = memory.leakage_mw.value_or(0) * 1e6;
    cost.areaLaw = &sramLaw();
    cost.energyLaw = &sramLaw();
    return cost;
}

void encoder(Composition& c, UnitValues v) {
    const auto& t = c.technology();
    const int symbol = v[0];
    const int longest = v[1];
    const int code = longest + bitsToHold(longest);
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

constexpr std::array kKinds{
    UnitKind{"huffman_encoder", "Entropy encoder",
             "Difference, Huffman code from a table, packing; one symbol a cycle.", kSource, "",
             UnitOrigin::Composed, std::nullopt, kCode, encoder,
             [](UnitValues v) {
                 return Ports{{"x", false, v[0]}, {"stream", true, kWordBits}};
             }},
    UnitKind{"huffman_decoder", "Entropy decoder",
             "Finds a code's length, looks its symbol up, sums; one symbol a cycle.", kSource, "",
             UnitOrigin::Composed, std::nullopt, kCode, decoder,
             [](UnitValues v) {
                 return Ports{{"stream", false, kWordBits}, {"x", true, v[0]}};
             }},
};

}  // namespace

std::span<const UnitKind> coderUnits() {
    return kKinds;
}

}  // namespace mantissa::hw
