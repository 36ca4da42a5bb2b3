// SPDX-License-Identifier: GPL-3.0-or-later
// What moves tensors between DRAM and the buffers.
#include <array>

#include "hwmodel/units/unit_kind.h"

namespace mantissa::hw {
namespace {

using Ports = std::vector<UnitPort>;

constexpr std::array kChannel{count("loops", "Nested loops", "", 1, 8, 4),
                              count("count", "Counter of a loop", "bit", 4, 32, 16),
                              count("address", "Address", "bit", 12, 64, 32),
                              count("word", "Word", "bit", 8, 65536, 64)};

void channel(Composition& c, UnitValues v) {
    const auto& t = c.technology();
    const double loops = v[0];
    const int counter = v[1];
    const int address = v[2];
    const double word = v[3];
    // A loop that ends hands on to the next: each has its count, its end and its stride. A transfer
    // is taken to move 64 words or more between two descriptors.
    constexpr double kNewDescriptor = 1.0 / 64;
    c.then("ends of loops", loops, gateRow(t, counter, counter))
        .then("stride of the loop that moves", loops, gateRow(t, 0, 2 * address))
        .then("next address", 1, adder(t, address))
        .registers("address", address)
        .then("next counts", loops, adder(t, counter))
        .registers("counts", loops * counter)
        .seldom("descriptor", loops, enabledRegisters(t, counter + address), kNewDescriptor)
        .seldom("base address", 1, enabledRegisters(t, address), kNewDescriptor)
        .registers("two words on their way", 2 * word);
}

constexpr std::array kKinds{
    UnitKind{"dma_channel", "DMA channel",
             "Addresses of a strided block of up to so many dimensions, one word a cycle; all but "
             "the descriptor is charged for every word.",
             "descriptors of nested loops with a count and a stride each, as DMA engines of "
             "accelerators have them; our assumption, composed of synthesised parts",
             "", UnitOrigin::Composed, std::nullopt, kChannel, channel,
             [](UnitValues v) {
                 return Ports{{"word_in", false, v[3]},
                              {"descriptor", false, v[0] * (v[1] + v[2]) + v[2]},
                              {"address", true, v[2]},
                              {"word_out", true, v[3]}};
             }},
};

}  // namespace

std::span<const UnitKind> memoryUnits() {
    return kKinds;
}

}  // namespace mantissa::hw
