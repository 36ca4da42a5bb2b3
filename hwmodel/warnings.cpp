// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/warnings.h"

#include <algorithm>
#include <cmath>

#include "core/numerics/registry.h"

namespace mantissa::hw {
namespace {

/// Deeper pipelines than this are outside what the delay laws and register counts describe.
constexpr int kDeepestPipeline = 12;
/// More interfaces than the edge of one die has room for.
constexpr double kMostChannels = 8;

std::int64_t vectorSize(const Operand& operand) {
    const bool vector = operand.block.kind == numerics::BlockShape::Kind::Vector;
    return vector ? operand.block.size : 0;
}

bool isWideInteger(const Operand& operand) {
    return operand.element == ElementKind::Integer && operand.magnitudeBits > 1;
}

Place with(Place place, std::string_view number, double value) {
    place.number = number;
    place.value = value;
    return place;
}

void warnAboutBuffer(CostSheet& sheet, const Place& place, const StoredTensor& tensor,
                     double elementsPerStep, Part buffer) {
    const double needed = 2 * elementsPerStep * tensor.bits / tensor.elements;
    if (needed > sheet.bufferBits(buffer)) {
        const std::string_view name = buffer == Part::WeightBuffer       ? "weight"
                                      : buffer == Part::ActivationBuffer ? "activation"
                                                                         : "error";
        sheet.warn({"two steps of operands take more than the @ buffer holds", {}, name},
                   with(place, "# KiB", std::ceil(needed / 8192)));
    }
}

void warnAboutUnit(CostSheet& sheet, std::string_view name, double delay_ns) {
    const double clock = sheet.hardware().clockMhz;
    const double limit = kDeepestPipeline * 1e3 / delay_ns;
    if (clock > limit) {
        sheet.warn(
            {"clock # MHz: the @ is cut into # stages, and the laws describe up to #: # MHz by its "
             "delay law",
             {clock, std::ceil(delay_ns * clock * 1e-3), kDeepestPipeline, limit},
             name});
    }
}

}  // namespace

void warnAboutGemm(CostSheet& sheet, const Place& place, const Gemm& gemm,
                   const GemmArithmetic& arithmetic, const Datapath& datapath,
                   const ArrayTime& time, Part bufferA, Part bufferB) {
    const auto& a = gemm.a.operand();
    const auto& b = gemm.b.operand();
    const auto block = std::max(vectorSize(a), vectorSize(b));
    if (block > gemm.axisExtent) {
        sheet.warn({"blocks of # are longer than the reduction axis, so that few elements share a "
                    "scale",
                    {static_cast<double>(block)}},
                   with(place, "#", static_cast<double>(gemm.axisExtent)));
    }
    const auto array = datapath.arrayFor(arithmetic);
    const int dotElements = array.dotElements / gemm.overlay.terms;
    if (arithmetic.isGrouped() && arithmetic.segments.length < dotElements) {
        sheet.warn({"of # products that are summed under one scale some stay idle",
                    {static_cast<double>(dotElements)}},
                   with(place, "#", dotElements - arithmetic.segments.length));
    }
    const bool isInteger = arithmetic.kind == ArithmeticKind::Integer;
    if (!isInteger && (isWideInteger(a) || isWideInteger(b))) {
        sheet.warn({"integers meet floats, so that they are normalised for float multipliers"},
                   place);
    }
    // The accumulator is a loop: results take turns in it.
    const int stages = accumulatorStages(sheet.prices(), datapath);
    const double additions = isInteger ? arithmetic.segments.count() : time.stepsPerResult;
    const bool loops = array.dataflow == design::Dataflow::OutputStationary;
    if (loops && time.rowFolds * time.columnFolds < stages * array.cores && additions > 1) {
        sheet.warn({"fewer result tiles than the # stages of the accumulator, whose stalls are not "
                    "counted",
                    {static_cast<double>(stages)}},
                   place);
    }
    // Extents and elements are those of the dense product, of which a step takes so many at once.
    const double lanes = array.lanes;
    warnAboutBuffer(sheet, place, gemm.a, array.rows * lanes * gemm.overlay.terms, bufferA);
    warnAboutBuffer(sheet, place, gemm.b, array.columns * lanes * gemm.overlay.kernels(), bufferB);
}

void warnAboutSums(CostSheet& sheet, const Place& place, const SumFormat& planned,
                   const SumFormat& priced) {
    if (planned != priced) {
        sheet.warn({"sums are priced in FP32, not in the plan's accumulator, which serves products "
                    "that training sums as integers, and no depthwise filters"},
                   place);
    }
}

void warnAboutFormats(CostSheet& sheet, const GemmLayer& layer) {
    const int lanes = sheet.hardware().vectorLanes;
    for (const auto* tensor :
         {&layer.forward.a, &layer.forward.b, &layer.inputGradient.a, &layer.inputGradient.b,
          &layer.weightGradient.a, &layer.weightGradient.b, &layer.result}) {
        const auto& operand = tensor->operand();
        const auto& conversion = operand.conversion;
        const bool learns = conversion.sharesExponent || conversion.statistic != Statistic::None;
        const auto full = operand.block.fullSize();
        const bool waits = learns && (full == 0 || full > lanes);
        if (operand.leftOut.empty() && !waits) {
            continue;
        }
        const auto kind = numerics::familyOf(tensor->stored->format.format).label;
        if (!operand.leftOut.empty()) {
            sheet.warn({operand.leftOut}, {kind});
        }
        if (waits) {
            sheet.warn({"finding what a block shares, where it has more elements than the # vector "
                        "lanes, takes a buffer or another pass that is not counted",
                        {static_cast<double>(lanes)}},
                       {kind});
        }
    }
}

void warnAboutArray(CostSheet& sheet, const Datapath& datapath, double area_um2) {
    auto& prices = sheet.prices();
    if (datapath.hasFloat) {
        warnAboutUnit(
            sheet, "float multiplier",
            prices.floatMultiplier(datapath.floatA.shape, datapath.floatB.shape).delay_ns);
    }
    for (const auto& dot : datapath.dots) {
        if (dot) {
            warnAboutUnit(sheet, "integer dot product",
                          prices.integerDot(datapath.array.dotElements, *dot).delay_ns);
        }
    }
    warnAboutUnit(sheet, "FP32 adder", prices.add32().delay_ns);
    if (datapath.hasInteger() && datapath.accumulatesIntegers()) {
        const int width = datapath.integerBits;
        const double delay = prices.adder(width).delay_ns;
        if (delay > sheet.technology().period_ns) {
            sheet.warn({"clock # MHz: the #-bit integer accumulator adds in one cycle up to # MHz",
                        {sheet.hardware().clockMhz, 1.0 * width, 1e3 / delay}});
        }
    }
    const auto& memory = sheet.dram();
    if (memory.energyPerBit_pj < memory.lowest_pj || memory.energyPerBit_pj > memory.highest_pj) {
        sheet.warn({"DRAM at # pJ a bit: published figures of its kind span # to #",
                    {memory.energyPerBit_pj, memory.lowest_pj, memory.highest_pj}});
    }
    const auto& hardware = sheet.hardware();
    if (hardware.dramBandwidthGbps > kMostChannels * memory.peak_gbps) {
        sheet.warn(
            {"DRAM bandwidth of # GB/s takes more than # channels or stacks of its kind, which "
             "peak at # GB/s each",
             {hardware.dramBandwidthGbps, kMostChannels, memory.peak_gbps}});
    }
    const auto& library = sheet.technology().library;
    if (!library.leakage_nw) {
        sheet.warn(
            {"leakage of cells is not included: no source knows it for these cells at # nm "
             "and # V",
             {library.node_nm, library.voltage_v}});
    }
    if (!sheet.knowsBufferLeakage()) {
        sheet.warn(
            {"leakage of buffers is not included: below 45 nm CACTI's rows of low-power cells "
             "contradict each other",
             {}});
    }
    const bool scaled =
        hardware.node_nm == design::HardwareConfig{}.node_nm || hardware.node_nm == library.node_nm;
    if (!scaled) {
        sheet.warn(
            {"node # nm: the scaling factors do not reach from # nm to it, so that the cells "
             "stay as they are",
             {hardware.node_nm, library.node_nm}});
    }
    if (area_um2 > kReticle_um2) {
        sheet.warn(
            {"area of # mm2 exceeds a reticle of # mm2", {area_um2 * 1e-6, kReticle_um2 * 1e-6}});
    }
}

}  // namespace mantissa::hw
