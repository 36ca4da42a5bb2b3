// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/price_list.h"

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "hwmodel/composition.h"
#include "hwmodel/pricing.h"
#include "hwmodel/units/registry.h"

namespace mantissa::hw {
namespace {

/// Technologies whose lists a thread keeps; a chart of both calibrations takes two.
constexpr std::size_t kKeptLists = 4;
/// Units beyond which a list starts anew, so that long sweeps keep little.
constexpr std::size_t kMostUnits = 8192;

std::int32_t key(auto kind) {
    return static_cast<std::int32_t>(kind);
}

/// A kind of the registry with its usual parameters but for those given.
UnitCost usual(std::string_view id, const Technology& technology,
               std::span<const std::pair<std::string, std::string>> given = {}) {
    const auto& kind = *findUnitKind(id);
    return describeUnit(kind, unitValues(kind, given).value(), technology).cost;
}

bool serves(const PriceList& list, const Technology& technology) {
    const auto& own = list.technology();
    return own.calibration == technology.calibration && own.period_ns == technology.period_ns &&
           own.library == technology.library && list.hasRoom();
}

}  // namespace

std::size_t PriceList::Hash::operator()(const Key& key) const {
    std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a, a word at a time
    for (const auto word : key) {
        hash = (hash ^ static_cast<std::uint32_t>(word)) * 0x100000001b3;
    }
    return hash ^ (hash >> 32);
}

PriceList::PriceList(Technology technology)
    : m_technology(std::move(technology)),
      m_add32(hw::floatAdder(m_technology, kBinary32)),
      m_multiply32(hw::floatMultiplier(m_technology, kBinary32, kBinary32)),
      m_divide32(floatDivider(m_technology, kBinary32)),
      m_root32(floatRoot(m_technology, kBinary32)),
      m_range32(floatRange(m_technology, kBinary32)),
      m_flipFlop(registers(m_technology, 1)) {}

bool PriceList::hasRoom() const {
    return m_units.size() + m_norms.size() < kMostUnits;
}

template <typename Make>
const UnitCost& PriceList::remembered(const Key& key, const Make& make) {
    const auto found = m_units.find(key);
    return found != m_units.end() ? found->second : m_units.emplace(key, make()).first->second;
}

const UnitCost& PriceList::floatAdder(FloatShape shape) {
    return shape == kBinary32
               ? m_add32
               : remembered({key(Kind::FloatAdder), shape.exponentBits, shape.fractionBits},
                            [&] { return hw::floatAdder(m_technology, shape); });
}

const UnitCost& PriceList::floatMultiplier(FloatShape a, FloatShape b) {
    return remembered({key(Kind::FloatMultiplier), a.exponentBits, a.fractionBits, b.exponentBits,
                       b.fractionBits},
                      [&] { return hw::floatMultiplier(m_technology, a, b); });
}

const UnitCost& PriceList::floatConverter(FloatShape to) {
    return remembered({key(Kind::FloatConverter), to.exponentBits, to.fractionBits},
                      [&] { return hw::floatConverter(m_technology, to); });
}

const UnitCost& PriceList::adder(int width) {
    return remembered({key(Kind::Adder), width}, [&] { return hw::adder(m_technology, width); });
}

const UnitCost& PriceList::saturation(int width) {
    // The carries into and out of the sign differ; then every bit is set or cleared.
    return remembered({key(Kind::Saturation), width},
                      [&] { return gateRow(m_technology, 1, 2 * width); });
}

const UnitCost& PriceList::maximum(int width) {
    return remembered({key(Kind::Maximum), width},
                      [&] { return hw::maximum(m_technology, width); });
}

const UnitCost& PriceList::integerDot(int elements, const DotShape& dot) {
    return remembered({key(Kind::IntegerDot), elements, key(dot.product), dot.bitsA, dot.bitsB,
                       dot.productBits, dot.shift, dot.shiftElements},
                      [&] { return hw::integerDot(m_technology, elements, dot); });
}

const UnitCost& PriceList::multiModeDot(int lanes) {
    return remembered({key(Kind::MultiModeDot), lanes}, [&] {
        constexpr int kProductBits = 32;
        const auto fused =
            describeUnit(*findUnitKind("fusible_multiplier"), {4, 2}, m_technology).cost;
        Composition dot(m_technology);
        dot.then("fused multipliers", lanes, fused)
            .then("adder tree", lanes > 1 ? 1 : 0, adderTree(m_technology, lanes, kProductBits));
        return dot.total();
    });
}

const UnitCost& PriceList::selector(int ways, int width) {
    return remembered({key(Kind::Selector), ways, width},
                      [&] { return hw::selector(m_technology, ways, width); });
}

const UnitCost& PriceList::integerToFloat(int width, FloatShape to) {
    return remembered({key(Kind::IntegerToFloat), width, to.exponentBits, to.fractionBits},
                      [&] { return hw::integerToFloat(m_technology, width, to); });
}

const UnitCost& PriceList::normaliser(int width) {
    return remembered({key(Kind::Normaliser), width},
                      [&] { return hw::normaliser(m_technology, width); });
}

const UnitCost& PriceList::tableRead(int entries) {
    return remembered({key(Kind::TableRead), entries},
                      [&] { return hw::tableRead(m_technology, entries); });
}

const UnitCost& PriceList::blockQuantiser(int elements, int magnitudeBits, int exponentBits) {
    return remembered({key(Kind::BlockQuantiser), elements, magnitudeBits, exponentBits}, [&] {
        return hw::blockQuantiser(m_technology, elements, magnitudeBits, exponentBits);
    });
}

const UnitCost& PriceList::stochasticRounder(int randomBits) {
    return remembered({key(Kind::StochasticRounder), randomBits},
                      [&] { return hw::stochasticRounder(m_technology, randomBits); });
}

const UnitCost& PriceList::counter(int bits) {
    return remembered({key(Kind::Counter), bits}, [&] {
        return pricing::sum(registers(m_technology, bits), hw::adder(m_technology, bits));
    });
}

const UnitCost& PriceList::weightRebuilder(int terms, int coefficientBits, int basisBits) {
    return remembered({key(Kind::WeightRebuilder), terms, coefficientBits, basisBits}, [&] {
        return describeUnit(*findUnitKind("weight_rebuilder"), {terms, coefficientBits, basisBits},
                            m_technology)
            .cost;
    });
}

const UnitCost& PriceList::entropyEncoder() {
    return remembered({key(Kind::EntropyEncoder)},
                      [&] { return usual("huffman_encoder", m_technology); });
}

const UnitCost& PriceList::entropyDecoder() {
    return remembered({key(Kind::EntropyDecoder)},
                      [&] { return usual("huffman_decoder", m_technology); });
}

const UnitCost& PriceList::dmaChannel(int wordBits) {
    return remembered({key(Kind::DmaChannel), wordBits}, [&] {
        return usual(
            "dma_channel", m_technology,
            std::array{std::pair<std::string, std::string>{"word", std::to_string(wordBits)}});
    });
}

const SramCost& PriceList::buffer(int kib) {
    const auto found = m_buffers.find(kib);
    // CACTI's low-power cells go from 45 to 22 nm; other nodes take the nearest.
    return found != m_buffers.end()
               ? found->second
               : m_buffers.emplace(kib, sram({1.0 * kib, 64, m_technology.library.node_nm}))
                     .first->second;
}

const NormPrices& PriceList::norm(const NormModule& module) {
    const auto known = std::find_if(m_norms.begin(), m_norms.end(),
                                    [&](const auto& each) { return each.first == module; });
    return known != m_norms.end()
               ? known->second
               : m_norms.emplace_back(module, pricesOf(module, m_technology)).second;
}

PriceList& priceListOf(const Technology& technology) {
    // Behind pointers, so that a list stays where it is.
    thread_local std::vector<std::unique_ptr<PriceList>> lists;
    const auto found = std::find_if(lists.begin(), lists.end(),
                                    [&](const auto& list) { return serves(*list, technology); });
    if (found != lists.end()) {
        return **found;
    }
    if (lists.size() == kKeptLists) {
        lists.erase(lists.begin());
    }
    lists.push_back(std::make_unique<PriceList>(technology));
    return *lists.back();
}

}  // namespace mantissa::hw
