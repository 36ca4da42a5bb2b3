// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/weight_decoder.h"

#include <algorithm>

namespace mantissa::hw {
namespace {

using train::WeightCode;

constexpr int kWordBits = 32;

bool rebuilds(const WeightCode& code) {
    return code.terms > 0;
}

/// Sums of a basis' numbers have no scale of their own: it is their kernel's.
struct Rebuilder {
    const UnitCost& sum;
    const UnitCost& toFloat;
    const UnitCost& scale;
    /// Registers that cut what follows the sum, which has one of its own.
    double pipelineBits;
};

Rebuilder rebuilderOf(CostSheet& sheet, const WeightCode& code) {
    auto& prices = sheet.prices();
    const int width = rebuiltWidth(code.terms, code.coefficientBits, code.basisBits);
    const auto& sum = prices.weightRebuilder(code.terms, code.coefficientBits, code.basisBits);
    const auto& toFloat = prices.integerToFloat(width, kBinary32);
    const auto& scale = prices.multiply32();
    const auto& technology = sheet.technology();
    return {sum, toFloat, scale,
            1.0 * kWordBits * (toFloat.stages(technology) + scale.stages(technology))};
}

UnitCost ownerComparator(const Technology& technology, int ownerBits) {
    return gateRow(technology, ownerBits, kWordBits);
}

}  // namespace

void admit(WeightCode& decoder, const WeightCode& code) {
    decoder.runBits = std::max(decoder.runBits, code.runBits);
    decoder.indexBits = std::max(decoder.indexBits, code.indexBits);
    decoder.ownerBits = std::max(decoder.ownerBits, code.ownerBits);
    decoder.terms = std::max(decoder.terms, code.terms);
    decoder.coefficientBits = std::max(decoder.coefficientBits, code.coefficientBits);
    decoder.basisBits = std::max(decoder.basisBits, code.basisBits);
}

void addWeightDecoders(CostSheet& sheet, const WeightCode& decoder, double places) {
    auto& prices = sheet.prices();
    constexpr auto kPart = Part::WeightDecoders;
    if (decoder.runBits > 0) {
        sheet.addUnits(kPart, places, prices.counter(decoder.runBits),
                       {"# bit counter of zeros at the columns", {decoder.runBits}});
    }
    if (decoder.ownerBits > 0) {
        sheet.addUnits(kPart, places, ownerComparator(sheet.technology(), decoder.ownerBits),
                       {"# bit comparator of owners at the columns", {decoder.ownerBits}});
    }
    if (decoder.indexBits > 0) {
        const int entries = 1 << decoder.indexBits;
        sheet.addUnits(kPart, places, prices.tableRead(entries),
                       {"# FP32 values at the columns", {entries}});
        sheet.addRegisters(kPart, 1, 1.0 * entries * kWordBits, {"one table", {}});
    }
    if (rebuilds(decoder)) {
        const auto unit = rebuilderOf(sheet, decoder);
        sheet.addUnits(kPart, places, unit.sum,
                       {"sum of # shifted numbers of # bit at the columns",
                        {decoder.terms, decoder.basisBits}});
        sheet.addUnits(kPart, places, unit.toFloat, {"its conversion to FP32", {}});
        sheet.addUnits(kPart, places, unit.scale, {"multiplier by the kernel's scale", {}});
        sheet.addRegisters(kPart, places, unit.pipelineBits, {"pipeline", {}});
    }
}

void chargeWeightDecoders(CostSheet& sheet, PhaseCost& phase, const WeightCode& code,
                          double entering) {
    auto& prices = sheet.prices();
    constexpr auto kPart = Part::WeightDecoders;
    const double decoded = entering * code.density;
    if (code.runBits > 0) {
        sheet.work(phase, kPart, entering, prices.counter(code.runBits));
    }
    if (code.ownerBits > 0) {
        sheet.work(phase, kPart, entering, ownerComparator(sheet.technology(), code.ownerBits));
    }
    if (code.indexBits > 0) {
        sheet.work(phase, kPart, decoded, prices.tableRead(1 << code.indexBits));
    }
    if (rebuilds(code)) {
        const auto unit = rebuilderOf(sheet, code);
        for (const auto* part : {&unit.sum, &unit.toFloat, &unit.scale}) {
            sheet.work(phase, kPart, decoded, *part);
        }
        sheet.work(phase, kPart, decoded * unit.pipelineBits, prices.flipFlop());
    }
}

void warnAboutTransform(CostSheet& sheet, const train::Recipe& recipe) {
    const auto& info = train::infoOf(recipe.weightTransform);
    if (info.code != nullptr) {
        sheet.warn(
            {"weights are transformed off chip: which stay, their values and bases are "
             "found there, and neither that work nor its traffic is counted"});
    }
}

}  // namespace mantissa::hw
