// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/converters.h"

#include <algorithm>

namespace mantissa::hw {
namespace {

constexpr int kExponentBits = 8;
constexpr int kMagnitudeBits = 31;  ///< binary32 magnitudes compare as integers

/// Elements that a quantiser sees together: a block, or as much of it as leaves in one cycle.
int quantiserElements(const Operand& operand, int lanes) {
    if (!operand.conversion.sharesExponent) {
        return 1;
    }
    const std::int64_t full = operand.block.fullSize();
    return static_cast<int>(std::clamp<std::int64_t>(full > 0 ? full : lanes, 1, lanes));
}

}  // namespace

Converters::Widths Converters::widthsOf(const StoredTensor& copy, int lanes) {
    const auto& conversion = copy.operand.conversion;
    Widths widths;
    widths.elements = quantiserElements(copy.operand, lanes);
    widths.magnitudeBits = conversion.magnitudeBits;
    widths.exponentBits = conversion.exponentBits;
    widths.shape = conversion.toFloat.value_or(FloatShape{0, 0});
    widths.randomBits =
        copy.format.rounding == numerics::Rounding::Stochastic ? copy.format.randomBits : 0;
    return widths;
}

std::vector<Converters::Need> Converters::needsOf(const StoredTensor& copy, const Widths& widths) {
    const auto& conversion = copy.operand.conversion;
    const auto statistic = conversion.statistic;
    std::vector<Need> needs;
    const auto need = [&](Unit unit, double count) {
        if (count > 0) {
            needs.push_back({unit, count});
        }
    };
    need(Quantiser, conversion.magnitudeBits > 0 ? 1.0 / widths.elements : 0.0);
    need(MicroAdder, conversion.microElements > 0 ? 1.0 / conversion.microElements : 0.0);
    need(Float, conversion.toFloat ? 1 : 0);
    need(ExponentMaximum, statistic == Statistic::Exponent ? 1 : 0);
    need(ExponentAdder, conversion.exponentAdders);
    need(Comparator, conversion.comparators + (statistic == Statistic::Largest ? 1 : 0));
    need(FloatRange, statistic == Statistic::Range ? 1 : 0);
    need(FloatAdder, conversion.floatAdders + (statistic == Statistic::Mean ? 1 : 0));
    need(FloatMultiplier, conversion.floatMultipliers);
    need(Rounder, widths.randomBits > 0 && !isBinary32(copy.format.format) ? 1 : 0);
    return needs;
}

UnitCost Converters::costOf(const Technology& technology, Unit unit, const Widths& widths) {
    switch (unit) {
        case Quantiser:
            return blockQuantiser(technology, widths.elements, widths.magnitudeBits,
                                  widths.exponentBits);
        case Float:
            return floatConverter(technology, widths.shape);
        case ExponentMaximum:
            return maximum(technology, kExponentBits);
        case Comparator:
            return maximum(technology, kMagnitudeBits);
        case FloatRange:
            return floatRange(technology, kBinary32);
        case FloatAdder:
            return floatAdder(technology, kBinary32);
        case FloatMultiplier:
            return floatMultiplier(technology, kBinary32, kBinary32);
        case Rounder:
            return stochasticRounder(technology, widths.randomBits);
        case MicroAdder:
        case ExponentAdder:
        case Units:
            break;
    }
    return adder(technology, kExponentBits);
}

Part Converters::partOf(Unit unit) {
    switch (unit) {
        case Quantiser:
        case MicroAdder:
            return Part::IntegerQuantisers;
        case Float:
            return Part::FloatConverters;
        case Rounder:
            return Part::StochasticRounders;
        default:
            return Part::BlockScales;
    }
}

std::string Converters::detailOf(Unit unit, const Widths& widths) {
    switch (unit) {
        case Quantiser:
            return std::to_string(widths.elements) + " elements to " +
                   std::to_string(widths.magnitudeBits) + " magnitude bits";
        case MicroAdder:
            return "adders of micro-exponents";
        case Float:
            return std::to_string(widths.shape.fractionBits) + " fraction bits";
        case ExponentMaximum:
            return "maxima of exponents";
        case ExponentAdder:
            return "exponent adders";
        case Comparator:
            return "comparators";
        case FloatRange:
            return "running maxima and minima";
        case FloatAdder:
            return "FP32 adders";
        case FloatMultiplier:
            return "FP32 multipliers";
        case Rounder:
            return std::to_string(widths.randomBits) + " random bits";
        case Units:
            break;
    }
    return {};
}

void Converters::note(const Widths& widths) {
    m_widths.elements = std::max(m_widths.elements, widths.elements);
    m_widths.magnitudeBits = std::max(m_widths.magnitudeBits, widths.magnitudeBits);
    m_widths.exponentBits = std::max(m_widths.exponentBits, widths.exponentBits);
    m_widths.shape = {std::max(m_widths.shape.exponentBits, widths.shape.exponentBits),
                      std::max(m_widths.shape.fractionBits, widths.shape.fractionBits)};
    m_widths.randomBits = std::max(m_widths.randomBits, widths.randomBits);
}

void Converters::write(CostSheet& sheet, PhaseCost& phase, std::span<const StoredTensor> copies,
                       Part tensors) {
    std::array<double, Units> banks{};
    for (const auto& copy : copies) {
        sheet.move(phase, tensors, copy.bits);
        const auto widths = widthsOf(copy, sheet.hardware().vectorLanes);
        note(widths);
        for (const auto& [unit, count] : needsOf(copy, widths)) {
            sheet.work(phase, partOf(unit), copy.elements * count,
                       costOf(sheet.technology(), unit, widths));
            // A quantiser of n elements serves n lanes; how many there are is settled at the end.
            banks[unit] += unit == Quantiser ? 1.0 : count;
        }
    }
    for (std::size_t unit = 0; unit < Units; ++unit) {
        m_banks[unit] = std::max(m_banks[unit], banks[unit]);
    }
}

void Converters::addUnits(CostSheet& sheet) const {
    for (int i = 0; i < Units; ++i) {
        const auto unit = static_cast<Unit>(i);
        if (m_banks[unit] <= 0) {
            continue;
        }
        const double lanes = m_banks[unit] * sheet.hardware().vectorLanes;
        sheet.addUnits(partOf(unit), unit == Quantiser ? lanes / m_widths.elements : lanes,
                       costOf(sheet.technology(), unit, m_widths), detailOf(unit, m_widths));
    }
}

}  // namespace mantissa::hw
