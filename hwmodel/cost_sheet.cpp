// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/cost_sheet.h"

#include <utility>

namespace mantissa::hw {
namespace {

constexpr Law kSum{"sum of its parts", SourceKind::Derived};
constexpr Law kLeaking{"no area of its own: that of the parts that leak", SourceKind::Derived};
constexpr Law kOffChip{"DRAM is off chip: no area", SourceKind::Derived};

struct Group {
    std::string_view name;
    Part first;
    Part last;
};
constexpr std::array<Group, 8> kGroups{{
    {"PE array", Part::FloatMultipliers, Part::PipelineRegisters},
    {"Converters", Part::IntegerQuantisers, Part::StashCoders},
    {"Normalisation unit", Part::NormForward, Part::NormBackward},
    {"Vector unit", Part::Comparators, Part::PoolArithmetic},
    {"Update unit", Part::UpdateMultipliers, Part::UpdateRegisters},
    {"Buffers", Part::WeightBuffer, Part::ErrorBuffer},
    {"DMA", Part::DmaChannels, Part::DmaChannels},
    {"DRAM", Part::DramWeights, Part::DramMasks},
}};

constexpr std::array<std::string_view, kParts> kPartNames{
    "Float multipliers",
    "Float adder trees",
    "Integer dot products",
    "Product routing",
    "Exponent adders",
    "Integer accumulators",
    "Integer to float",
    "Scales of sums",
    "Accumulators",
    "Operand registers",
    "Pipeline registers",
    "Integer quantisers",
    "Float converters",
    "Block scales and thresholds",
    "Stochastic rounding",
    "Operand normalisers",
    "Codebook decoders",
    "Weight decoders",
    "Offset sums",
    "Index coders",
    "Stash coders",
    "Forward datapath",
    "Backward datapath",
    "Comparators",
    "Pooling arithmetic",
    "Multipliers",
    "Adders",
    "Divider and root",
    "Registers",
    "Weight buffer",
    "Activation buffer",
    "Error buffer",
    "DMA channels",
    "Weights",
    "Activations",
    "Errors",
    "Weight gradients",
    "Partial sums",
    "Master weights and moments",
    "Normalisation tensors",
    "Masks and indices",
};

/// One in and one out for each of three buffers.
constexpr double kDmaChannels = 6;

constexpr double kNanowatts = 1e6;  // of a milliwatt

BreakdownNode leaf(std::size_t index, const PartEntry& entry) {
    BreakdownNode node;
    node.name = kPartNames[index];
    node.area_um2 = entry.area_um2;
    node.energy_pj = entry.energy_pj;
    node.count = entry.count;
    node.areaSource = provenanceOf(entry.areaLaw != nullptr ? *entry.areaLaw : kOffChip);
    node.areaSource.details = entry.details;
    node.energySource = provenanceOf(entry.energyLaw != nullptr ? *entry.energyLaw : kSum);
    return node;
}

void adopt(BreakdownNode& parent, BreakdownNode child) {
    parent.area_um2 += child.area_um2;
    parent.energy_pj += child.energy_pj;
    parent.children.push_back(std::move(child));
}

BreakdownNode inner(std::string_view name) {
    BreakdownNode node;
    node.name = name;
    node.areaSource = provenanceOf(kSum);
    node.energySource = provenanceOf(kSum);
    return node;
}

}  // namespace

CostSheet::CostSheet(const design::HardwareConfig& hardware, const EstimateOptions& options)
    : m_hardware(hardware),
      m_prices(priceListOf(technologyOf(hardware, options.library))),
      m_dram(dramOf(hardware, options.dramEnergyPerBit_pj)) {}

void CostSheet::addBuffers(const BufferSizes& sizes) {
    m_sizes = sizes;
    m_buffers = {m_prices.buffer(sizes.weight), m_prices.buffer(sizes.activation),
                 m_prices.buffer(sizes.error)};
    addBuffer(Part::WeightBuffer, sizes.weight);
    addBuffer(Part::ActivationBuffer, sizes.activation);
    addBuffer(Part::ErrorBuffer, sizes.error);
    addDmaChannels();
}

void CostSheet::addBuffer(Part part, int kib) {
    auto& target = entry(part);
    target.count = 1;
    target.area_um2 = bufferCost(part).area_um2;
    target.leakage_nw = kNanowatts * bufferCost(part).leakage_mw.value_or(0);
    target.areaLaw = &sramLaw();
    target.energyLaw = &sramLaw();
    target.details[target.detailCount++] = {"# KiB", {kib}};
}

void CostSheet::addDmaChannels() {
    const int word = dramWordBits(m_hardware);
    const auto& channel = m_prices.dmaChannel(word);
    m_dmaEnergyPerBit_pj = channel.energy_pj / word;
    addUnits(Part::DmaChannels, kDmaChannels, channel,
             {"one in, one out a buffer, words of # bits", {word}});
}

void CostSheet::addUnits(Part part, double count, const UnitCost& unit, const UnitDetail& detail) {
    auto& target = entry(part);
    target.count += count;
    target.area_um2 += count * unit.area_um2;
    target.leakage_nw += count * unit.leakage_nw;
    // The first unit entered names the source; what joins it is smaller and of the same family.
    if (target.areaLaw == nullptr) {
        target.areaLaw = unit.areaLaw;
        target.energyLaw = unit.energyLaw;
    }
    if (target.detailCount < kMostDetails) {
        target.details[target.detailCount++] = detail;
    }
}

void CostSheet::addRegisters(Part part, double count, double bits, const UnitDetail& detail) {
    const auto& flipFlop = m_prices.flipFlop();
    addUnits(part, count,
             {.area_um2 = bits * flipFlop.area_um2,
              .leakage_nw = bits * flipFlop.leakage_nw,
              .areaLaw = flipFlop.areaLaw,
              .energyLaw = flipFlop.energyLaw},
             detail);
}

void CostSheet::spend(Part part, double energy_pj) {
    entry(part).energy_pj += m_layers * energy_pj;
    if (m_record != nullptr) {
        m_record->energies.push_back({part, energy_pj});
    }
}

void CostSheet::warn(const Limit& limit, const Place& place) {
    m_limits.note(limit, place);
    if (m_record != nullptr) {
        m_record->limits.emplace_back(limit, place);
    }
}

void CostSheet::repeat(const Entries& entries) {
    for (const auto& [part, energy_pj] : entries.energies) {
        entry(part).energy_pj += m_layers * energy_pj;
    }
    for (const auto& [limit, place] : entries.limits) {
        m_limits.note(limit, place);
    }
}

void CostSheet::work(PhaseCost& phase, Part part, double operations, const UnitCost& unit) {
    const double energy = operations * unit.energy_pj;
    spend(part, energy);
    phase.computeEnergy_pj += energy;
}

const SramCost& CostSheet::bufferCost(Part buffer) const {
    return m_buffers[static_cast<std::size_t>(buffer) -
                     static_cast<std::size_t>(Part::WeightBuffer)];
}

void CostSheet::access(PhaseCost& phase, Part buffer, double readBits, double writeBits) {
    const auto& cost = bufferCost(buffer);
    const double energy = readBits * cost.readEnergy_pj + writeBits * cost.writeEnergy_pj;
    spend(buffer, energy);
    phase.sramBits += readBits + writeBits;
    phase.sramEnergy_pj += energy;
}

void CostSheet::move(PhaseCost& phase, Part tensors, double bits) {
    const double energy = bits * m_dram.energyPerBit_pj;
    spend(tensors, energy);
    phase.dramBits += bits;
    phase.dramEnergy_pj += energy;
    const double channelEnergy = bits * m_dmaEnergyPerBit_pj;
    spend(Part::DmaChannels, channelEnergy);
    phase.computeEnergy_pj += channelEnergy;
}

double CostSheet::bufferBits(Part buffer) const {
    const int kib = buffer == Part::WeightBuffer       ? m_sizes.weight
                    : buffer == Part::ActivationBuffer ? m_sizes.activation
                                                       : m_sizes.error;
    return kib * 8192.0;
}

double CostSheet::leakage_nw() const {
    double sum = 0;
    for (const auto& part : m_parts) {
        sum += part.leakage_nw;
    }
    return sum;
}

bool CostSheet::knowsBufferLeakage() const {
    return m_buffers.front().leakage_mw.has_value();
}

BreakdownNode CostSheet::leakage(double milliseconds) const {
    auto node = inner("Leakage");
    for (const auto& group : kGroups) {
        BreakdownNode child;
        child.name = group.name;
        for (auto i = static_cast<std::size_t>(group.first);
             i <= static_cast<std::size_t>(group.last); ++i) {
            child.energy_pj += m_parts[i].leakage_nw * milliseconds;  // nW ms = pJ
        }
        child.areaSource = provenanceOf(kLeaking);
        child.energySource =
            provenanceOf(group.first == Part::WeightBuffer ? sramLaw() : leakageLaw());
        if (child.energy_pj > 0) {
            adopt(node, std::move(child));
        }
    }
    return node;
}

BreakdownNode CostSheet::breakdown(double milliseconds) const {
    auto root = inner("Accelerator");
    root.children.reserve(kGroups.size() + 1);
    for (const auto& group : kGroups) {
        auto node = inner(group.name);
        node.children.reserve(static_cast<std::size_t>(group.last) -
                              static_cast<std::size_t>(group.first) + 1);
        for (auto i = static_cast<std::size_t>(group.first);
             i <= static_cast<std::size_t>(group.last); ++i) {
            const auto& part = m_parts[i];
            if (part.area_um2 <= 0 && part.energy_pj <= 0) {
                continue;
            }
            auto child = leaf(i, part);
            if (group.first == Part::DramWeights) {
                child.energySource = provenanceOf(*m_dram.law);
            }
            adopt(node, std::move(child));
        }
        if (!node.children.empty()) {
            adopt(root, std::move(node));
        }
    }
    if (auto node = leakage(milliseconds); !node.children.empty()) {
        adopt(root, std::move(node));
    }
    return root;
}

}  // namespace mantissa::hw
