// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/datapath.h"

#include <algorithm>
#include <cmath>

namespace mantissa::hw {
namespace {

constexpr int kExponentSumBits = 11;  ///< two shared exponents and the offset, signed
constexpr int kWordBits = 32;

std::string stagesText(int stages) {
    return std::to_string(stages) + (stages == 1 ? " stage" : " stages");
}

std::string timesText(int a, int b, std::string_view what) {
    return std::to_string(a) + " x " + std::to_string(b) + " " + std::string(what);
}

int wordBits(FloatShape shape) {
    return 1 + shape.exponentBits + shape.fractionBits;
}

/// Width of the integer that a whole segment sums to.
int segmentWidth(double length, int bitsA, int bitsB) {
    return blockDotWidth(static_cast<int>(std::min(length, 1e9)), bitsA, bitsB);
}

FloatShape widest(FloatShape a, FloatShape b) {
    return {std::max(a.exponentBits, b.exponentBits), std::max(a.fractionBits, b.fractionBits)};
}

/// Largest run of a plan, so the dot product that no layer leaves without work.
double longestRun(const std::vector<GemmArithmetic>& users) {
    double longest = 1;
    for (const auto& user : users) {
        if (user.kind == ArithmeticKind::Block) {
            longest = std::max(longest, user.segments.length);
        }
    }
    return longest;
}

void addFloatUnits(CostSheet& sheet, const Datapath& d, double elements, double& pipelineBits) {
    const auto& technology = sheet.technology();
    const auto product = floatMultiplier(technology, d.floatA, d.floatB);
    const int stages = product.stages(technology);
    sheet.addUnits(
        Part::FloatMultipliers, elements * d.array.lanes, product,
        timesText(d.floatA.fractionBits + 1, d.floatB.fractionBits + 1, "bit significands, ") +
            stagesText(stages));
    pipelineBits += static_cast<double>(d.array.lanes) * kWordBits * stages;
}

void addBlockUnits(CostSheet& sheet, const Datapath& d, double elements, double& pipelineBits) {
    const auto& technology = sheet.technology();
    const double units = elements * d.array.dotUnits;
    const auto dot = blockDot(technology, d.array.dotElements, d.bitsA, d.bitsB);
    sheet.addUnits(Part::BlockDots, units, dot,
                   std::to_string(d.array.dotElements) + " products of " +
                       timesText(d.bitsA, d.bitsB, "magnitude bits, ") +
                       stagesText(dot.stages(technology)));
    sheet.addUnits(Part::ExponentAdders, units, adder(technology, d.exponentBits + 1),
                   std::to_string(d.exponentBits + 1) + " bit");
    const int width = segmentWidth(d.longestSegment, d.bitsA, d.bitsB);
    const auto convert = integerToFloat(technology, width);
    sheet.addUnits(
        Part::IntegerToFloat, units, convert,
        std::to_string(width) + " bit to FP32, " + stagesText(convert.stages(technology)));
    const int dotWidth = blockDotWidth(d.array.dotElements, d.bitsA, d.bitsB);
    pipelineBits += d.array.dotUnits * ((dotWidth + kExponentSumBits) * dot.stages(technology) +
                                        kWordBits * convert.stages(technology));
    if (d.accumulatesIntegers()) {
        sheet.addUnits(Part::IntegerAccumulators, units, adder(technology, width),
                       std::to_string(width) + " bit adder");
        sheet.addUnits(Part::IntegerAccumulators, units, registers(technology, width), "register");
    }
}

/// Sums the products, or the dot products, of one processing element; shared by both kinds.
void addSums(CostSheet& sheet, const Datapath& d, double elements, double& pipelineBits) {
    const auto& technology = sheet.technology();
    const auto sum = floatAdder(technology, kBinary32);
    const int stages = sum.stages(technology);
    const int leaves = std::max(d.hasFloat ? d.array.lanes : 1, d.hasBlock ? d.array.dotUnits : 1);
    if (leaves > 1) {
        sheet.addUnits(Part::FloatTrees, elements * (leaves - 1), sum,
                       "FP32, " + stagesText(stages));
        pipelineBits += (leaves - 1.0) * kWordBits * stages;
    }
    sheet.addUnits(Part::Accumulators, elements, sum, "FP32 adder, " + stagesText(stages));
    sheet.addUnits(Part::Accumulators, elements, registers(technology, kWordBits * stages),
                   "a register for each interleaved result");
}

void addEdges(CostSheet& sheet, const Datapath& d) {
    const auto& technology = sheet.technology();
    const double lanes = d.array.lanes;
    if (d.normalisedA > 0) {
        sheet.addUnits(Part::Normalisers, d.array.rows * lanes,
                       normaliser(technology, d.normalisedA),
                       std::to_string(d.normalisedA) + " bit at the rows");
    }
    if (d.normalisedB > 0) {
        sheet.addUnits(Part::Normalisers, d.array.columns * lanes,
                       normaliser(technology, d.normalisedB),
                       std::to_string(d.normalisedB) + " bit at the columns");
    }
}

void chargeFloat(CostSheet& sheet, PhaseCost& phase, const Gemm& gemm,
                 const GemmArithmetic& arithmetic, const ArrayTime& time) {
    const auto& technology = sheet.technology();
    const double macs = gemm.macs();
    const auto product = floatMultiplier(technology, arithmetic.a.shape, arithmetic.b.shape);
    const auto sum = floatAdder(technology, kBinary32);
    const double results = gemm.rows * gemm.columns;
    const double accumulations = results * time.stepsPerResult;
    sheet.work(phase, Part::FloatMultipliers, macs, product);
    sheet.work(phase, Part::FloatTrees, macs - accumulations, sum);
    sheet.work(phase, Part::Accumulators, accumulations, sum);
    sheet.work(phase, Part::OperandRegisters,
               macs * (wordBits(arithmetic.a.shape) + wordBits(arithmetic.b.shape)),
               registers(technology, 1));
    const double stages = product.stages(technology) + sum.stages(technology);
    sheet.work(phase, Part::PipelineRegisters, macs * kWordBits * stages, registers(technology, 1));
    if (arithmetic.a.normalisedBits > 0) {
        sheet.work(phase, Part::Normalisers, gemm.rows * gemm.reduction() * time.columnTiles,
                   normaliser(technology, arithmetic.a.normalisedBits));
    }
    if (arithmetic.b.normalisedBits > 0) {
        sheet.work(phase, Part::Normalisers, gemm.columns * gemm.reduction() * time.rowTiles,
                   normaliser(technology, arithmetic.b.normalisedBits));
    }
}

void chargeBlock(CostSheet& sheet, PhaseCost& phase, const Datapath& d, const Gemm& gemm,
                 const GemmArithmetic& arithmetic, const ArrayTime& time) {
    const auto& technology = sheet.technology();
    const double results = gemm.rows * gemm.columns;
    const double dots = results * time.dotsPerResult;
    const double conversions = results * arithmetic.segments.count();
    const int elements = d.array.dotElements;
    const int width = segmentWidth(arithmetic.segments.length, arithmetic.bitsA, arithmetic.bitsB);
    const auto dot = blockDot(technology, elements, arithmetic.bitsA, arithmetic.bitsB);
    const auto convert = integerToFloat(technology, width);
    const auto sum = floatAdder(technology, kBinary32);
    // Idle lanes see zeros, so a dot product costs in proportion to its products.
    sheet.work(phase, Part::BlockDots, gemm.macs() / elements, dot);
    sheet.work(phase, Part::ExponentAdders, conversions,
               adder(technology, arithmetic.exponentBits + 1));
    if (dots > conversions) {
        sheet.work(phase, Part::IntegerAccumulators, dots, adder(technology, width));
        sheet.work(phase, Part::IntegerAccumulators, dots, registers(technology, width));
    }
    sheet.work(phase, Part::IntegerToFloat, conversions, convert);
    // Dot products side by side are summed before they reach the accumulator.
    const double accumulations = std::min(conversions, results * time.stepsPerResult);
    sheet.work(phase, Part::FloatTrees, conversions - accumulations, sum);
    sheet.work(phase, Part::Accumulators, accumulations, sum);
    const double operandBits = gemm.macs() * (arithmetic.bitsA + arithmetic.bitsB + 2) +
                               conversions * 2 * arithmetic.exponentBits;
    sheet.work(phase, Part::OperandRegisters, operandBits, registers(technology, 1));
    const int dotWidth = blockDotWidth(elements, arithmetic.bitsA, arithmetic.bitsB);
    const double pipelineBits =
        dots * (dotWidth + kExponentSumBits) * dot.stages(technology) +
        conversions * kWordBits * (convert.stages(technology) + sum.stages(technology));
    sheet.work(phase, Part::PipelineRegisters, pipelineBits, registers(technology, 1));
}

}  // namespace

Datapath datapathFor(const design::HardwareConfig& hardware,
                     const std::vector<GemmArithmetic>& users) {
    Datapath d;
    d.array.rows = hardware.rows;
    d.array.columns = hardware.columns;
    d.array.lanes = hardware.lanes;
    d.longestSegment = longestRun(users);
    d.array.dotElements =
        static_cast<int>(std::min(d.longestSegment, static_cast<double>(hardware.lanes)));
    d.array.dotUnits = hardware.lanes / d.array.dotElements;
    for (const auto& user : users) {
        if (user.kind == ArithmeticKind::Float) {
            d.hasFloat = true;
            d.floatA = widest(d.floatA, user.a.shape);
            d.floatB = widest(d.floatB, user.b.shape);
            d.normalisedA = std::max(d.normalisedA, user.a.normalisedBits);
            d.normalisedB = std::max(d.normalisedB, user.b.normalisedBits);
        } else {
            d.hasBlock = true;
            d.bitsA = std::max(d.bitsA, user.bitsA);
            d.bitsB = std::max(d.bitsB, user.bitsB);
            d.exponentBits = std::max(d.exponentBits, user.exponentBits);
        }
    }
    return d;
}

void addDatapath(CostSheet& sheet, const Datapath& d) {
    if (!d.hasFloat && !d.hasBlock) {
        return;  // a network without GEMMs needs no array
    }
    const double elements = static_cast<double>(d.array.rows) * d.array.columns;
    double pipelineBits = 0;
    double operandBits = 0;
    if (d.hasFloat) {
        addFloatUnits(sheet, d, elements, pipelineBits);
        operandBits = d.array.lanes * (wordBits(d.floatA) + wordBits(d.floatB));
    }
    if (d.hasBlock) {
        addBlockUnits(sheet, d, elements, pipelineBits);
        const double blockBits =
            d.array.dotUnits *
            (d.array.dotElements * (d.bitsA + d.bitsB + 2.0) + 2.0 * d.exponentBits);
        operandBits = std::max(operandBits, blockBits);
    }
    addSums(sheet, d, elements, pipelineBits);
    const auto& technology = sheet.technology();
    sheet.addUnits(Part::OperandRegisters, elements, registers(technology, operandBits),
                   std::to_string(static_cast<long>(operandBits)) + " bit");
    sheet.addUnits(Part::PipelineRegisters, elements, registers(technology, pipelineBits),
                   std::to_string(static_cast<long>(pipelineBits)) + " bit");
    addEdges(sheet, d);
}

void chargeArithmetic(CostSheet& sheet, PhaseCost& phase, const Datapath& datapath,
                      const Gemm& gemm, const GemmArithmetic& arithmetic, const ArrayTime& time) {
    if (arithmetic.kind == ArithmeticKind::Float) {
        chargeFloat(sheet, phase, gemm, arithmetic, time);
    } else {
        chargeBlock(sheet, phase, datapath, gemm, arithmetic, time);
    }
}

int accumulatorStages(const Technology& technology) {
    return floatAdder(technology, kBinary32).stages(technology);
}

}  // namespace mantissa::hw
