// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/encoding.h"

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
        layer.weightGradient.b.entropyCoded = true;
        sheet.warn({"compressed # times, which is taken as given: the coder is priced, finding "
                    "codes and bounds is not",
                    {hardware.stashCompression}},
                   {"the stash"});
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
        sheet.addUnits(Part::IndexCoders, sheet.hardware().vectorLanes,
                       sheet.prices().counter(bits),
                       {"# bit adder with its register, one a lane", {bits}});
    }
}

void chargeIndexDecoders(CostSheet& sheet, PhaseCost& phase, const StoredTensor& weights,
                         double reads) {
    if (weights.encoding < 1) {
        const double entries = entriesOf(weights.elements, sheet.hardware().weightDensity);
        sheet.work(phase, Part::IndexCoders, entries * reads, sheet.prices().counter(kPointerBits));
    }
}

void chargeIndexEncoders(CostSheet& sheet, PhaseCost& phase, const StoredTensor& weights) {
    if (weights.encoding < 1) {
        sheet.work(phase, Part::IndexCoders, weights.elements, sheet.prices().counter(kRunBits));
    }
}

void addStashCoders(CostSheet& sheet) {
    const double lanes = sheet.hardware().vectorLanes;
    const double delay_ns = sheet.prices().entropyDecoder().delay_ns;
    if (delay_ns > sheet.technology().period_ns) {
        sheet.warn(
            {"clock # MHz: the stash's decoder finds a code's length in one cycle up to # "
             "MHz",
             {sheet.hardware().clockMhz, 1e3 / delay_ns}});
    }
    sheet.addUnits(Part::StashCoders, lanes, sheet.prices().entropyEncoder(),
                   {"Huffman encoder of 8-bit symbols a lane", {}});
    sheet.addUnits(Part::StashCoders, lanes, sheet.prices().entropyDecoder(),
                   {"Huffman decoder of 8-bit symbols a lane", {}});
}

void chargeStashEncoder(CostSheet& sheet, PhaseCost& phase, const StoredTensor& stash) {
    if (stash.entropyCoded) {
        sheet.work(phase, Part::StashCoders, stash.elements, sheet.prices().entropyEncoder());
    }
}

void chargeStashDecoder(CostSheet& sheet, PhaseCost& phase, const StoredTensor& stash,
                        double reads) {
    if (stash.entropyCoded) {
        sheet.work(phase, Part::StashCoders, stash.elements * reads,
                   sheet.prices().entropyDecoder());
    }
}

}  // namespace mantissa::hw
