// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/warnings.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/numerics/registry.h"

namespace mantissa::hw {
namespace {

/// Deeper pipelines than this are outside what the delay laws and register counts describe.
constexpr int kDeepestPipeline = 12;

std::string numberText(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.0f", value);
    return text;
}

std::int64_t vectorSize(const Operand& operand) {
    const bool vector = operand.block.kind == numerics::BlockShape::Kind::Vector;
    return vector ? operand.block.size : 0;
}

bool isWideInteger(const Operand& operand) {
    return operand.element == ElementKind::Integer && operand.magnitudeBits > 1;
}

void warnAboutBuffer(CostSheet& sheet, const std::string& place, const StoredTensor& tensor,
                     double elementsPerStep, Part buffer, std::string_view name) {
    const double needed = 2 * elementsPerStep * tensor.bits / tensor.elements;
    if (needed > sheet.bufferBits(buffer)) {
        sheet.warn(
            "two steps of operands take more than the " + std::string(name) + " buffer holds",
            place + " (" + numberText(std::ceil(needed / 8192)) + " KiB)");
    }
}

std::string_view bufferName(Part buffer) {
    return buffer == Part::WeightBuffer       ? "weight"
           : buffer == Part::ActivationBuffer ? "activation"
                                              : "error";
}

void warnAboutUnit(CostSheet& sheet, std::string_view name, double delay_ns) {
    const double clock = sheet.hardware().clockMhz;
    const double limit = kDeepestPipeline * 1e3 / delay_ns;
    if (clock > limit) {
        sheet.warn("clock " + numberText(clock) + " MHz: by its delay law the " +
                   std::string(name) + " allows " + numberText(1e3 / delay_ns) +
                   " MHz in one cycle and " + numberText(limit) + " MHz in " +
                   std::to_string(kDeepestPipeline) + " stages");
    }
}

}  // namespace

void warnAboutGemm(CostSheet& sheet, std::string_view layer, std::string_view pass,
                   const Gemm& gemm, const GemmArithmetic& arithmetic, const Datapath& datapath,
                   const ArrayTime& time, Part bufferA, Part bufferB) {
    const auto place = std::string(layer) + " " + std::string(pass);
    const auto block = std::max(vectorSize(gemm.a.operand), vectorSize(gemm.b.operand));
    if (block > gemm.axisExtent) {
        sheet.warn("blocks of " + std::to_string(block) +
                       " are longer than the reduction axis, so that few elements share a scale",
                   place + " (" + std::to_string(gemm.axisExtent) + ")");
    }
    const auto& array = datapath.array;
    if (arithmetic.isGrouped() && arithmetic.segments.length < array.dotElements) {
        sheet.warn("of " + std::to_string(array.dotElements) +
                       " products that are summed under one scale some stay idle",
                   place + " (" + numberText(array.dotElements - arithmetic.segments.length) + ")");
    }
    const bool isInteger = arithmetic.kind == ArithmeticKind::Integer;
    if (!isInteger && (isWideInteger(gemm.a.operand) || isWideInteger(gemm.b.operand))) {
        sheet.warn("integers meet floats, so that they are normalised for float multipliers",
                   place);
    }
    // The accumulator is a loop: results take turns in it.
    const int stages = accumulatorStages(sheet.technology());
    const double additions = isInteger ? arithmetic.segments.count() : time.stepsPerResult;
    if (time.rowTiles * time.columnTiles < stages && additions > 1) {
        sheet.warn("fewer result tiles than the " + std::to_string(stages) +
                       " stages of the FP32 accumulator, whose stalls are not counted",
                   place);
    }
    warnAboutBuffer(sheet, place, gemm.a, static_cast<double>(array.rows) * array.lanes, bufferA,
                    bufferName(bufferA));
    warnAboutBuffer(sheet, place, gemm.b, static_cast<double>(array.columns) * array.lanes, bufferB,
                    bufferName(bufferB));
}

void warnAboutFormats(CostSheet& sheet, const GemmLayer& layer) {
    const int lanes = sheet.hardware().vectorLanes;
    for (const auto* tensor :
         {&layer.forward.a, &layer.forward.b, &layer.inputGradient.a, &layer.inputGradient.b,
          &layer.weightGradient.a, &layer.weightGradient.b, &layer.result}) {
        const auto& operand = tensor->operand;
        const std::string kind(numerics::familyOf(tensor->format.format).label);
        if (!operand.leftOut.empty()) {
            sheet.warn(kind + ": " + std::string(operand.leftOut));
        }
        const auto& conversion = operand.conversion;
        const bool learns = conversion.sharesExponent || conversion.statistic != Statistic::None;
        const auto full = operand.block.fullSize();
        if (learns && (full == 0 || full > lanes)) {
            sheet.warn("finding what a block shares, where it has more elements than the " +
                           std::to_string(lanes) +
                           " vector lanes, takes a buffer or another pass that is not counted",
                       kind);
        }
    }
}

void warnAboutArray(CostSheet& sheet, const Datapath& datapath, double area_um2) {
    const auto& technology = sheet.technology();
    if (datapath.hasFloat) {
        warnAboutUnit(
            sheet, "float multiplier",
            floatMultiplier(technology, datapath.floatA.shape, datapath.floatB.shape).delay_ns);
    }
    for (const auto& dot : datapath.dots) {
        if (dot) {
            warnAboutUnit(sheet, "integer dot product",
                          integerDot(technology, datapath.array.dotElements, *dot).delay_ns);
        }
    }
    warnAboutUnit(sheet, "FP32 adder", floatAdder(technology, kBinary32).delay_ns);
    if (datapath.hasInteger() && datapath.accumulatesIntegers()) {
        const int width = datapath.integerBits;
        const double delay = adder(technology, width).delay_ns;
        if (delay > technology.period_ns) {
            sheet.warn("clock " + numberText(sheet.hardware().clockMhz) + " MHz: the " +
                       std::to_string(width) + "-bit integer accumulator adds in one cycle up to " +
                       numberText(1e3 / delay) + " MHz");
        }
    }
    if (area_um2 > kReticle_um2) {
        sheet.warn("area of " + numberText(area_um2 * 1e-6) + " mm2 exceeds a reticle of " +
                   numberText(kReticle_um2 * 1e-6) + " mm2");
    }
}

}  // namespace mantissa::hw
