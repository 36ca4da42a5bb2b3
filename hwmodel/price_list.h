// SPDX-License-Identifier: GPL-3.0-or-later
// What units cost in one technology: each is computed once and looked up from then on.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <utility>

#include "hwmodel/integer_dot.h"
#include "hwmodel/norm/norm_module.h"
#include "hwmodel/sram.h"

namespace mantissa::hw {

/// Costs stay where they are while the list lives. Not for several threads.
class PriceList {
public:
    explicit PriceList(Technology technology);

    const Technology& technology() const { return m_technology; }

    // FP32, ready to hand.
    const UnitCost& add32() const { return m_add32; }
    const UnitCost& multiply32() const { return m_multiply32; }
    const UnitCost& divide32() const { return m_divide32; }
    const UnitCost& root32() const { return m_root32; }
    const UnitCost& range32() const { return m_range32; }
    /// Whether it may remember more.
    bool hasRoom() const;

    /// One flip-flop in one cycle.
    const UnitCost& flipFlop() const { return m_flipFlop; }

    const UnitCost& floatAdder(FloatShape shape);
    const UnitCost& floatMultiplier(FloatShape a, FloatShape b);
    const UnitCost& floatConverter(FloatShape to);
    const UnitCost& adder(int width);
    /// Holds a sum of `width` bits at its ends where it overflows.
    const UnitCost& saturation(int width);
    const UnitCost& maximum(int width);
    const UnitCost& integerDot(int elements, const DotShape& dot);
    /// So many fused multipliers of 16 bits and the sum of what they give.
    const UnitCost& multiModeDot(int lanes);
    const UnitCost& selector(int ways, int width);
    const UnitCost& integerToFloat(int width, FloatShape to);
    const UnitCost& normaliser(int width);
    const UnitCost& tableRead(int entries);
    const UnitCost& blockQuantiser(int elements, int magnitudeBits, int exponentBits);
    const UnitCost& stochasticRounder(int randomBits);
    /// Adds up runs of zeros, or counts them: an adder with its register.
    const UnitCost& counter(int bits);
    /// The registry's "weight_rebuilder".
    const UnitCost& weightRebuilder(int terms, int coefficientBits, int basisBits);
    /// The registry's Huffman coder of usual width, for one symbol.
    const UnitCost& entropyEncoder();
    const UnitCost& entropyDecoder();
    /// The registry's DMA channel with its usual loops, for words of so many bits.
    const UnitCost& dmaChannel(int wordBits);
    const NormPrices& norm(const NormModule& module);
    /// An on-chip buffer at the library's node.
    const SramCost& buffer(int kib);

private:
    enum class Kind : std::int32_t {
        FloatAdder,
        FloatMultiplier,
        FloatConverter,
        Adder,
        Saturation,
        Maximum,
        IntegerDot,
        MultiModeDot,
        Selector,
        IntegerToFloat,
        Normaliser,
        TableRead,
        BlockQuantiser,
        StochasticRounder,
        Counter,
        WeightRebuilder,
        EntropyEncoder,
        EntropyDecoder,
        DmaChannel,
    };
    /// The kind, then the unit's widths.
    using Key = std::array<std::int32_t, 8>;
    struct Hash {
        std::size_t operator()(const Key& key) const;
    };
    template <typename Make>
    const UnitCost& remembered(const Key& key, const Make& make);

    Technology m_technology;
    UnitCost m_add32, m_multiply32, m_divide32, m_root32, m_range32, m_flipFlop;
    std::unordered_map<Key, UnitCost, Hash> m_units;
    std::unordered_map<int, SramCost> m_buffers;
    std::deque<std::pair<NormModule, NormPrices>> m_norms;
};

/// This thread's list of a technology, kept from call to call. The next call may drop it.
PriceList& priceListOf(const Technology& technology);

}  // namespace mantissa::hw
