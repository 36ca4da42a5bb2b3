// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/encoding.h"

#include "hwmodel/published/eie.h"

namespace mantissa::hw {
namespace {

constexpr double kRunBits = 4;
constexpr double kPointerBits = 16;
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

}  // namespace

double relativeIndexBits(double elements, double valueBits, double density, double columns) {
    const double entries = elements * density * eie::entriesPerNonzero(density);
    return entries * (valueBits + kRunBits) + columns * kPointerBits;
}

void encodeForDram(CostSheet& sheet, const LayerOutline& outline, GemmLayer& layer) {
    const auto& hardware = sheet.hardware();
    if (hardware.weightDensity < 1) {
        encodeWeight(sheet, outline.name, layer.forward);
        encodeWeight(sheet, outline.name, layer.inputGradient);
    }
    if (hardware.stashCompression > 1 && outline.trainsBefore) {
        layer.weightGradient.b.encoding = 1 / hardware.stashCompression;
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

}  // namespace mantissa::hw
