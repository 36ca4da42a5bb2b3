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

Converters::Widths Converters::widthsOf(const StoredFormat& stored, int lanes) {
    const auto& conversion = stored.operand.conversion;
    const auto& format = stored.format;
    Widths widths;
    widths.elements = quantiserElements(stored.operand, lanes);
    widths.magnitudeBits = conversion.magnitudeBits;
    widths.exponentBits = conversion.exponentBits;
    widths.shape = conversion.toFloat.value_or(FloatShape{0, 0});
    widths.randomBits = format.rounding == numerics::Rounding::Stochastic ? format.randomBits : 0;
    return widths;
}

const Converters::Conversions& Converters::conversionsOf(CostSheet& sheet,
                                                         const StoredFormat& stored) {
    const auto known = std::find_if(m_conversions.begin(), m_conversions.end(),
                                    [&](const auto& each) { return each.stored == &stored; });
    if (known != m_conversions.end()) {
        return *known;
    }
    const auto& conversion = stored.operand.conversion;
    const auto statistic = conversion.statistic;
    const auto widths = widthsOf(stored, sheet.hardware().vectorLanes);
    auto& added = m_conversions.emplace_back();
    added.stored = &stored;
    added.widths = widths;
    const auto need = [&](Unit unit, double count) {
        if (count > 0) {
            added.needs[added.count++] = {unit, count, &costOf(sheet.prices(), unit, widths)};
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
    need(Rounder, widths.randomBits > 0 && !stored.isBinary32 ? 1 : 0);
    return added;
}

const UnitCost& Converters::costOf(PriceList& prices, Unit unit, const Widths& widths) {
    switch (unit) {
        case Quantiser:
            return prices.blockQuantiser(widths.elements, widths.magnitudeBits,
                                         widths.exponentBits);
        case Float:
            return prices.floatConverter(widths.shape);
        case ExponentMaximum:
            return prices.maximum(kExponentBits);
        case Comparator:
            return prices.maximum(kMagnitudeBits);
        case FloatRange:
            return prices.range32();
        case FloatAdder:
            return prices.add32();
        case FloatMultiplier:
            return prices.multiply32();
        case Rounder:
            return prices.stochasticRounder(widths.randomBits);
        case MicroAdder:
        case ExponentAdder:
        case Units:
            break;
    }
    return prices.adder(kExponentBits);
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

UnitDetail Converters::detailOf(Unit unit, const Widths& widths) {
    switch (unit) {
        case Quantiser:
            return {"# elements to # magnitude bits", {widths.elements, widths.magnitudeBits}};
        case MicroAdder:
            return {"adders of micro-exponents", {}};
        case Float:
            return {"# fraction bits", {widths.shape.fractionBits}};
        case ExponentMaximum:
            return {"maxima of exponents", {}};
        case ExponentAdder:
            return {"exponent adders", {}};
        case Comparator:
            return {"comparators", {}};
        case FloatRange:
            return {"running maxima and minima", {}};
        case FloatAdder:
            return {"FP32 adders", {}};
        case FloatMultiplier:
            return {"FP32 multipliers", {}};
        case Rounder:
            return {"# random bits", {widths.randomBits}};
        case Units:
            break;
    }
    return {};
}

void Converters::Widths::include(const Widths& other) {
    elements = std::max(elements, other.elements);
    magnitudeBits = std::max(magnitudeBits, other.magnitudeBits);
    exponentBits = std::max(exponentBits, other.exponentBits);
    shape = {std::max(shape.exponentBits, other.shape.exponentBits),
             std::max(shape.fractionBits, other.shape.fractionBits)};
    randomBits = std::max(randomBits, other.randomBits);
}

void Converters::Banks::include(const Banks& other) {
    for (std::size_t unit = 0; unit < Units; ++unit) {
        units[unit] = std::max(units[unit], other.units[unit]);
    }
    widths.include(other.widths);
}

void Converters::write(CostSheet& sheet, PhaseCost& phase, const Copies& copies, Part tensors) {
    Banks banks;
    for (auto each = copies.begin(); each != copies.end(); ++each) {
        const auto* copy = *each;
        sheet.move(phase, tensors, copy->dramBits());
        // What differs in its code alone is converted once.
        if (std::any_of(copies.begin(), each, [&](const StoredTensor* before) {
                return before->encoding != copy->encoding && before->stored == copy->stored &&
                       before->axis == copy->axis && before->shape == copy->shape;
            })) {
            continue;
        }
        const auto& conversions = conversionsOf(sheet, *copy->stored);
        banks.widths.include(conversions.widths);
        for (std::size_t i = 0; i < conversions.count; ++i) {
            const auto& [unit, count, cost] = conversions.needs[i];
            sheet.work(phase, partOf(unit), copy->elements * count, *cost);
            // A quantiser of n elements serves n lanes; how many there are is settled at the end.
            banks.units[unit] += unit == Quantiser ? 1.0 : count;
        }
    }
    m_banks.include(banks);
    if (m_record != nullptr) {
        m_record->include(banks);
    }
}

void Converters::addUnits(CostSheet& sheet) const {
    for (int i = 0; i < Units; ++i) {
        const auto unit = static_cast<Unit>(i);
        if (m_banks.units[unit] <= 0) {
            continue;
        }
        const double lanes = m_banks.units[unit] * sheet.hardware().vectorLanes;
        sheet.addUnits(partOf(unit), unit == Quantiser ? lanes / m_banks.widths.elements : lanes,
                       costOf(sheet.prices(), unit, m_banks.widths),
                       detailOf(unit, m_banks.widths));
    }
}

}  // namespace mantissa::hw
