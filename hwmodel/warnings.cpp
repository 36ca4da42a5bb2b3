// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/warnings.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace mantissa::hw {
namespace {

/// Deeper pipelines than this are outside what the delay laws and register counts describe.
constexpr int kDeepestPipeline = 12;

std::string numberText(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.0f", value);
    return text;
}

std::int64_t vectorSize(const StoredTensor& tensor) {
    const auto* block = std::get_if<numerics::BlockFloat>(&tensor.format.format);
    const bool vector = block != nullptr && block->block.kind == numerics::BlockShape::Kind::Vector;
    return vector ? block->block.size : 0;
}

void warnAboutBuffer(CostSheet& sheet, const std::string& where, const StoredTensor& tensor,
                     double elementsPerStep, Part buffer, std::string_view name) {
    const double needed = 2 * elementsPerStep * tensor.bits / tensor.elements;
    if (needed > sheet.bufferBits(buffer)) {
        sheet.warn(where + "two steps of operands take " + numberText(std::ceil(needed / 8192)) +
                   " KiB, more than the " + std::string(name) + " buffer holds");
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
    const auto where = std::string(layer) + ", " + std::string(pass) + ": ";
    const auto block = std::max(vectorSize(gemm.a), vectorSize(gemm.b));
    if (block > gemm.axisExtent) {
        sheet.warn(where + "blocks of " + std::to_string(block) + " are longer than the axis of " +
                   std::to_string(gemm.axisExtent) + ", so that few elements share an exponent");
    }
    const bool isBlock = arithmetic.kind == ArithmeticKind::Block;
    const auto& array = datapath.array;
    if (isBlock && arithmetic.segments.length < array.dotElements) {
        sheet.warn(where + numberText(array.dotElements - arithmetic.segments.length) + " of " +
                   std::to_string(array.dotElements) +
                   " products of each dot unit stay idle: too few elements share an exponent");
    }
    const bool blockA = std::holds_alternative<numerics::BlockFloat>(gemm.a.format.format);
    const bool blockB = std::holds_alternative<numerics::BlockFloat>(gemm.b.format.format);
    if (blockA != blockB) {
        sheet.warn(where + "block and float operands meet, so float multipliers are used");
    }
    // The accumulator is a loop: results take turns in it.
    const int stages = accumulatorStages(sheet.technology());
    const double additions = isBlock ? arithmetic.segments.count() : time.stepsPerResult;
    if (time.rowTiles * time.columnTiles < stages && additions > 1) {
        sheet.warn(where + "fewer result tiles than the " + std::to_string(stages) +
                   " stages of the FP32 accumulator; its stalls are not counted");
    }
    warnAboutBuffer(sheet, where, gemm.a, static_cast<double>(array.rows) * array.lanes, bufferA,
                    bufferName(bufferA));
    warnAboutBuffer(sheet, where, gemm.b, static_cast<double>(array.columns) * array.lanes, bufferB,
                    bufferName(bufferB));
}

void warnAboutArray(CostSheet& sheet, const Datapath& datapath, double area_um2) {
    const auto& technology = sheet.technology();
    if (datapath.hasFloat) {
        warnAboutUnit(sheet, "float multiplier",
                      floatMultiplier(technology, datapath.floatA, datapath.floatB).delay_ns);
    }
    if (datapath.hasBlock) {
        warnAboutUnit(
            sheet, "block dot product",
            blockDot(technology, datapath.array.dotElements, datapath.bitsA, datapath.bitsB)
                .delay_ns);
    }
    warnAboutUnit(sheet, "FP32 adder", floatAdder(technology, kBinary32).delay_ns);
    if (datapath.hasBlock && datapath.accumulatesIntegers()) {
        const int width = blockDotWidth(static_cast<int>(std::min(datapath.longestSegment, 1e9)),
                                        datapath.bitsA, datapath.bitsB);
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
