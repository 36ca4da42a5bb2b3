// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/encoding.h"

#include "hwmodel/pricing.h"
#include "hwmodel/published/eie.h"

namespace mantissa::hw {
namespace {

constexpr int kRunBits = 4;
constexpr int kPointerBits = 16;
/// The most that the abstract of COMET (Jin et al., PVLDB 2021) reports.
constexpr double kMostReported = 13.5;

void encodeWeight(CostSheet& sheet, const std::string& layerName, Gemm& gemm) {
    const double density = sheet.hardware().weightDensity;
    auto& weight = gemm.b;
    const double sparse = relativeIndexBits(weight.elements, weight.bits / weight.elements, density,
                                            gemm.reduction());
    if (sparse < weight.bits) {
        weight.encoding = sparse / weight.bits;
    } else {
        sheet.warn({"relative indices of weights of which # are not zero take more than the zeros, "
                    "so that they are stored as they are",
                    {density}},
                   {layerName});
    }
}

double entriesOf(double elements, double density) {
    return elements * density * eie::entriesPerNonzero(density);
}

/// Adds up runs, or counts zeros.
UnitCost counter(const CostSheet& sheet, int bits) {
    return pricing::sum(registers(sheet.technology(), bits), sheet.prices().adder(bits));
}

}  // namespace

double relativeIndexBits(double elements, double valueBits, double density, double columns) {
    return entriesOf(elements, density) * (valueBits + kRunBits) + columns * kPointerBits;
}

void encodeForDram(CostSheet& sheet, const LayerOutline& outline, bool transformed,
                   GemmLayer& layer) {
    const auto& hardware = sheet.hardware();
    if (hardware.weightDensity < 1 && !transformed) {
        encodeWeight(sheet, outline.name, layer.forward);
        encodeWeight(sheet, outline.name, layer.inputGradient);
    }
    if (hardware.stashCompression > 1 && outline.trainsBefore) {
        layer.weightGradient.b.encoding /= hardware.stashCompression;
        sheet.warn({"the coder that compresses the stash # times is not priced",
                    {hardware.stashCompression}});
        if (hardware.stashCompression > kMostReported) {
            sheet.warn(
                {"a stash compressed # times: error-bounded compression is reported to "
                 "reach 13.5 (COMET)",
                 {hardware.stashCompression}});
        }
    }
}

void addIndexCoders(CostSheet& sheet) {
    for (const int bits : {kPointerBits, kRunBits}) {
        sheet.addUnits(Part::IndexCoders, sheet.hardware().vectorLanes, counter(sheet, bits),
                       {"# bit adder with its register, one a lane", {bits}});
    }
}

void chargeIndexDecoders(CostSheet& sheet, PhaseCost& phase, const StoredTensor& weights,
                         double reads) {
    if (weights.encoding < 1) {
        const double entries = entriesOf(weights.elements, sheet.hardware().weightDensity);
        sheet.work(phase, Part::IndexCoders, entries * reads, counter(sheet, kPointerBits));
    }
}

void chargeIndexEncoders(CostSheet& sheet, PhaseCost& phase, const StoredTensor& weights) {
    if (weights.encoding < 1) {
        sheet.work(phase, Part::IndexCoders, weights.elements, counter(sheet, kRunBits));
    }
}

}  // namespace mantissa::hw
