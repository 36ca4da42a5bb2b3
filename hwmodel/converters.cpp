// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/converters.h"

#include <algorithm>

namespace mantissa::hw {
namespace {

using numerics::BlockFloat;
using numerics::Minifloat;

/// Elements that a quantiser sees together: a block, or as much of it as leaves in one cycle.
int quantiserElements(const BlockFloat& format, int lanes) {
    const std::int64_t full = format.block.fullSize();
    const std::int64_t size = full > 0 ? full : lanes;
    return static_cast<int>(std::clamp<std::int64_t>(size, 1, lanes));
}

}  // namespace

void Converters::note(const StoredTensor& copy) {
    if (const auto* block = std::get_if<BlockFloat>(&copy.format.format)) {
        m_magnitudeBits = std::max(m_magnitudeBits, block->magnitudeBits());
        m_exponentBits = std::max(m_exponentBits, block->exponentBits);
    } else if (const auto* mini = std::get_if<Minifloat>(&copy.format.format)) {
        m_floatShape = {std::max(m_floatShape.exponentBits, mini->exponentBits),
                        std::max(m_floatShape.fractionBits, mini->mantissaBits)};
    }
}

void Converters::write(CostSheet& sheet, PhaseCost& phase, std::span<const StoredTensor> copies,
                       Part tensors) {
    const auto& technology = sheet.technology();
    int blocks = 0;
    int floats = 0;
    int stochastic = 0;
    for (const auto& copy : copies) {
        sheet.move(phase, tensors, copy.bits);
        note(copy);
        if (const auto* block = std::get_if<BlockFloat>(&copy.format.format)) {
            const int elements = quantiserElements(*block, sheet.hardware().vectorLanes);
            m_blockElements = std::max(m_blockElements, elements);
            sheet.work(
                phase, Part::BlockQuantisers, copy.elements / elements,
                blockQuantiser(technology, elements, block->magnitudeBits(), block->exponentBits));
            ++blocks;
        } else if (const auto* mini = std::get_if<Minifloat>(&copy.format.format)) {
            sheet.work(phase, Part::FloatConverters, copy.elements,
                       floatConverter(technology, {mini->exponentBits, mini->mantissaBits}));
            ++floats;
        } else {
            continue;
        }
        if (copy.format.rounding == numerics::Rounding::Stochastic) {
            sheet.work(phase, Part::StochasticRounders, copy.elements,
                       stochasticRounder(technology));
            ++stochastic;
        }
    }
    m_blockBanks = std::max(m_blockBanks, blocks);
    m_floatBanks = std::max(m_floatBanks, floats);
    m_stochasticBanks = std::max(m_stochasticBanks, stochastic);
}

void Converters::addUnits(CostSheet& sheet) const {
    const auto& technology = sheet.technology();
    const int lanes = sheet.hardware().vectorLanes;
    const auto banksText = [](int banks) {
        return std::to_string(banks) + (banks == 1 ? " bank" : " banks");
    };
    if (m_blockBanks > 0) {
        sheet.addUnits(
            Part::BlockQuantisers, static_cast<double>(m_blockBanks) * lanes / m_blockElements,
            blockQuantiser(technology, m_blockElements, m_magnitudeBits, m_exponentBits),
            std::to_string(m_blockElements) + " elements to " + std::to_string(m_magnitudeBits) +
                " magnitude bits, " + banksText(m_blockBanks));
    }
    if (m_floatBanks > 0) {
        sheet.addUnits(Part::FloatConverters, static_cast<double>(m_floatBanks) * lanes,
                       floatConverter(technology, m_floatShape),
                       std::to_string(m_floatShape.fractionBits) + " fraction bits, " +
                           banksText(m_floatBanks));
    }
    if (m_stochasticBanks > 0) {
        sheet.addUnits(Part::StochasticRounders, static_cast<double>(m_stochasticBanks) * lanes,
                       stochasticRounder(technology), banksText(m_stochasticBanks));
    }
}

}  // namespace mantissa::hw
