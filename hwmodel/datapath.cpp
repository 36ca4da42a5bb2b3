// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/datapath.h"

#include <algorithm>

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

FloatOperand widest(const FloatOperand& a, const FloatOperand& b) {
    return {{std::max(a.shape.exponentBits, b.shape.exponentBits),
             std::max(a.shape.fractionBits, b.shape.fractionBits)},
            std::max(a.normalisedBits, b.normalisedBits),
            std::max(a.tableBits, b.tableBits)};
}

ScaleUnits widest(const ScaleUnits& a, const ScaleUnits& b) {
    return {std::max(a.exponents, b.exponents), std::max(a.factors, b.factors),
            std::max(a.offsets, b.offsets)};
}

/// Bits of a code that is multiplied, with its sign.
int operandBits(const DotShape& dot) {
    return dot.bitsA + dot.bitsB + 2;
}

/// Width of the adder that joins shared exponents, or one with an FP32 sum's.
int exponentAdderBits(int exponentBits, bool toFloat) {
    return std::max(exponentBits, toFloat ? kBinary32.exponentBits : 0) + 1;
}

void addFloatUnits(CostSheet& sheet, const Datapath& d, double elements, double& pipelineBits) {
    const auto& technology = sheet.technology();
    const auto product = floatMultiplier(technology, d.floatA.shape, d.floatB.shape);
    const int stages = product.stages(technology);
    sheet.addUnits(Part::FloatMultipliers, elements * d.array.lanes, product,
                   timesText(d.floatA.shape.fractionBits + 1, d.floatB.shape.fractionBits + 1,
                             "bit significands, ") +
                       stagesText(stages));
    pipelineBits += static_cast<double>(d.array.lanes) * kWordBits * stages;
}

std::string dotText(const DotShape& dot) {
    switch (dot.product) {
        case Product::Multiply:
            return timesText(dot.bitsA, dot.bitsB, "magnitude bits, ");
        case Product::Shift:
            return std::to_string(dot.productBits) + " bits shifted by up to " +
                   std::to_string(dot.shift) + ", ";
        case Product::Sign:
            return std::to_string(dot.productBits) + " bits with a sign, ";
        case Product::Xnor:
            break;
    }
    return "two signs, ";
}

void addIntegerUnits(CostSheet& sheet, const Datapath& d, double elements, double& pipelineBits) {
    const auto& technology = sheet.technology();
    const double units = elements * d.array.dotUnits;
    double dotBits = 0;
    for (const auto& shape : d.dots) {
        if (!shape) {
            continue;
        }
        const auto dot = integerDot(technology, d.array.dotElements, *shape);
        const int stages = dot.stages(technology);
        sheet.addUnits(Part::IntegerDots, units, dot,
                       std::to_string(d.array.dotElements) + " products of " + dotText(*shape) +
                           stagesText(stages));
        const int width = dotWidth(d.array.dotElements, *shape);
        dotBits = std::max<double>(dotBits, (width + kExponentSumBits) * stages);
    }
    const auto convert = integerToFloat(technology, d.integerBits);
    sheet.addUnits(
        Part::IntegerToFloat, units, convert,
        std::to_string(d.integerBits) + " bit to FP32, " + stagesText(convert.stages(technology)));
    pipelineBits += d.array.dotUnits * (dotBits + kWordBits * convert.stages(technology));
    if (d.accumulatesIntegers()) {
        sheet.addUnits(Part::IntegerAccumulators, units, adder(technology, d.integerBits),
                       std::to_string(d.integerBits) + " bit adder");
        sheet.addUnits(Part::IntegerAccumulators, units, registers(technology, d.integerBits),
                       "register");
    }
}

/// Binary32 scales and offsets of `places` sums a cycle. Returns the bits of their pipelines.
double addScaleUnits(CostSheet& sheet, const ScaleUnits& units, double places,
                     std::string_view where) {
    const auto& technology = sheet.technology();
    const auto multiply = floatMultiplier(technology, kBinary32, kBinary32);
    const auto sum = floatAdder(technology, kBinary32);
    const int multipliers = units.factors + units.offsets;
    if (multipliers == 0) {
        return 0;
    }
    sheet.addUnits(Part::SumScales, places * multipliers, multiply,
                   std::to_string(multipliers) + " FP32 multipliers " + std::string(where));
    if (units.offsets > 0) {
        sheet.addUnits(Part::SumScales, places * units.offsets, sum,
                       std::to_string(units.offsets) + " FP32 adders");
    }
    return kWordBits *
           (multipliers * multiply.stages(technology) + units.offsets * sum.stages(technology));
}

void addScaling(CostSheet& sheet, const Datapath& d, double elements, double& pipelineBits) {
    const auto& technology = sheet.technology();
    const double units = elements * d.array.dotUnits;
    const double lanes = sheet.hardware().vectorLanes;
    const int width = exponentAdderBits(d.exponentBits, d.hasFloat);
    const double adders = units * d.each.exponents + lanes * d.leaving.exponents;
    if (adders > 0) {
        sheet.addUnits(Part::ExponentAdders, adders, adder(technology, width),
                       std::to_string(width) + " bit");
    }
    pipelineBits += d.array.dotUnits * addScaleUnits(sheet, d.each, units, "a group");
    const double leaving =
        addScaleUnits(sheet, d.leaving, lanes, "a vector lane where results leave");
    if (leaving > 0) {
        sheet.addUnits(Part::SumScales, lanes, registers(technology, leaving), "pipeline");
    }
}

/// Sums the products, or the dot products, of one processing element; shared by both kinds.
void addSums(CostSheet& sheet, const Datapath& d, double elements, double& pipelineBits) {
    const auto& technology = sheet.technology();
    const auto sum = floatAdder(technology, kBinary32);
    const int stages = sum.stages(technology);
    const int leaves =
        std::max(d.hasFloat ? d.array.lanes : 1, d.hasInteger() ? d.array.dotUnits : 1);
    if (leaves > 1) {
        sheet.addUnits(Part::FloatTrees, elements * (leaves - 1), sum,
                       "FP32, " + stagesText(stages));
        pipelineBits += (leaves - 1.0) * kWordBits * stages;
    }
    sheet.addUnits(Part::Accumulators, elements, sum, "FP32 adder, " + stagesText(stages));
    sheet.addUnits(Part::Accumulators, elements, registers(technology, kWordBits * stages),
                   "a register for each interleaved result");
}

/// Units between a buffer and the array, for each element that enters in a cycle.
void addEdge(CostSheet& sheet, const FloatOperand& operand, double places, std::string_view where) {
    const auto& technology = sheet.technology();
    if (operand.normalisedBits > 0) {
        sheet.addUnits(Part::Normalisers, places, normaliser(technology, operand.normalisedBits),
                       std::to_string(operand.normalisedBits) + " bit at " + std::string(where));
    }
    if (operand.tableBits > 0) {
        const int entries = 1 << operand.tableBits;
        sheet.addUnits(Part::Decoders, places, tableRead(technology, entries),
                       std::to_string(entries) + " FP32 entries at " + std::string(where));
        sheet.addUnits(Part::Decoders, 1, registers(technology, entries * kWordBits), "one table");
    }
}

/// Sums of one operand's elements, which an offset of the other one multiplies.
UnitCost offsetSum(const Technology& technology, const Datapath& d) {
    return d.hasInteger() ? adder(technology, d.integerBits) : floatAdder(technology, kBinary32);
}

void addEdges(CostSheet& sheet, const Datapath& d) {
    const double rows = static_cast<double>(d.array.rows) * d.array.lanes;
    const double columns = static_cast<double>(d.array.columns) * d.array.lanes;
    addEdge(sheet, d.floatA, rows, "the rows");
    addEdge(sheet, d.floatB, columns, "the columns");
    const double sums = (d.sumsA ? rows : 0.0) + (d.sumsB ? columns : 0.0);
    if (sums > 0) {
        sheet.addUnits(Part::OffsetSums, sums, offsetSum(sheet.technology(), d),
                       "an adder for each element that enters");
    }
}

/// `entering`: elements that pass one edge of the array.
void chargeEdge(CostSheet& sheet, PhaseCost& phase, const FloatOperand& operand, double entering) {
    const auto& technology = sheet.technology();
    if (operand.normalisedBits > 0) {
        sheet.work(phase, Part::Normalisers, entering,
                   normaliser(technology, operand.normalisedBits));
    }
    if (operand.tableBits > 0) {
        sheet.work(phase, Part::Decoders, entering, tableRead(technology, 1 << operand.tableBits));
    }
}

void chargeScaling(CostSheet& sheet, PhaseCost& phase, const Datapath& d, const Gemm& gemm,
                   const GemmArithmetic& arithmetic, const ArrayTime& time) {
    const auto& technology = sheet.technology();
    const auto& scaling = arithmetic.scaling;
    const double results = gemm.rows * gemm.columns;
    const bool isInteger = arithmetic.kind == ArithmeticKind::Integer;
    // An integer sum waits for the end of its segment, a float sum is scaled as it leaves the tree.
    const double sums = isInteger                ? results * arithmetic.segments.count()
                        : arithmetic.isGrouped() ? results * time.dotsPerResult
                                                 : results;
    if (const int additions = arithmetic.exponentAdditions(); additions > 0) {
        sheet.work(phase, Part::ExponentAdders, sums * additions,
                   adder(technology, exponentAdderBits(scaling.exponentBits, !isInteger)));
    }
    if (const int multiplications = scaling.factors + scaling.offsets(); multiplications > 0) {
        sheet.work(phase, Part::SumScales, sums * multiplications,
                   floatMultiplier(technology, kBinary32, kBinary32));
    }
    if (scaling.offsets() > 0) {
        sheet.work(phase, Part::SumScales, sums * scaling.offsets(),
                   floatAdder(technology, kBinary32));
        const double entering =
            (scaling.offsetB ? gemm.rows * gemm.reduction() * time.columnTiles : 0.0) +
            (scaling.offsetA ? gemm.columns * gemm.reduction() * time.rowTiles : 0.0);
        sheet.work(phase, Part::OffsetSums, entering, offsetSum(technology, d));
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
    chargeEdge(sheet, phase, arithmetic.a, gemm.rows * gemm.reduction() * time.columnTiles);
    chargeEdge(sheet, phase, arithmetic.b, gemm.columns * gemm.reduction() * time.rowTiles);
}

void chargeInteger(CostSheet& sheet, PhaseCost& phase, const Datapath& d, const Gemm& gemm,
                   const GemmArithmetic& arithmetic, const ArrayTime& time) {
    const auto& technology = sheet.technology();
    const double results = gemm.rows * gemm.columns;
    const double dots = results * time.dotsPerResult;
    const double conversions = results * arithmetic.segments.count();
    const int elements = d.array.dotElements;
    const int width = dotWidth(arithmetic.segments.length, arithmetic.dot);
    const auto dot = integerDot(technology, elements, arithmetic.dot);
    const auto convert = integerToFloat(technology, width);
    const auto sum = floatAdder(technology, kBinary32);
    // Idle lanes see zeros, so a dot product costs in proportion to its products.
    sheet.work(phase, Part::IntegerDots, gemm.macs() / elements, dot);
    if (dots > conversions) {
        sheet.work(phase, Part::IntegerAccumulators, dots, adder(technology, width));
        sheet.work(phase, Part::IntegerAccumulators, dots, registers(technology, width));
    }
    sheet.work(phase, Part::IntegerToFloat, conversions, convert);
    // Dot products side by side are summed before they reach the accumulator.
    const double accumulations = std::min(conversions, results * time.stepsPerResult);
    sheet.work(phase, Part::FloatTrees, conversions - accumulations, sum);
    sheet.work(phase, Part::Accumulators, accumulations, sum);
    const auto& scaling = arithmetic.scaling;
    const double bits = gemm.macs() * operandBits(arithmetic.dot) +
                        conversions * scaling.exponents * scaling.exponentBits;
    sheet.work(phase, Part::OperandRegisters, bits, registers(technology, 1));
    const double pipelineBits =
        dots * (dotWidth(elements, arithmetic.dot) + kExponentSumBits) * dot.stages(technology) +
        conversions * kWordBits * (convert.stages(technology) + sum.stages(technology));
    sheet.work(phase, Part::PipelineRegisters, pipelineBits, registers(technology, 1));
}

/// Makes the datapath wide enough for one more user.
void admit(Datapath& d, const GemmArithmetic& user) {
    const auto& scaling = user.scaling;
    if (user.kind == ArithmeticKind::Float) {
        d.hasFloat = true;
        d.floatA = widest(d.floatA, user.a);
        d.floatB = widest(d.floatB, user.b);
    } else {
        auto& shape = d.dots[static_cast<std::size_t>(user.dot.product)];
        shape = shape ? widest(*shape, user.dot) : user.dot;
        d.integerBits = std::max(d.integerBits, dotWidth(user.segments.length, user.dot));
        d.longestSum = std::max(d.longestSum, user.segments.length);
    }
    d.exponentBits = std::max(d.exponentBits, scaling.exponentBits);
    d.sumsA = d.sumsA || scaling.offsetB;
    d.sumsB = d.sumsB || scaling.offsetA;
    // Exponents of integers meet before the conversion, other scales at the end of a result where
    // they serve all of it.
    const bool exponentsLeave = !user.isGrouped();
    const bool numbersLeave = user.segments.count() <= 1;
    auto& exponents = exponentsLeave ? d.leaving : d.each;
    exponents = widest(exponents, ScaleUnits{user.exponentAdditions(), 0, 0});
    auto& numbers = numbersLeave ? d.leaving : d.each;
    numbers = widest(numbers, ScaleUnits{0, scaling.factors, scaling.offsets()});
}

}  // namespace

bool Datapath::hasInteger() const {
    return std::any_of(dots.begin(), dots.end(), [](const auto& dot) { return dot.has_value(); });
}

Datapath datapathFor(const design::HardwareConfig& hardware,
                     const std::vector<GemmArithmetic>& users) {
    Datapath d;
    d.array.rows = hardware.rows;
    d.array.columns = hardware.columns;
    d.array.lanes = hardware.lanes;
    double longestGroup = 1;
    for (const auto& user : users) {
        admit(d, user);
        if (user.isGrouped()) {
            longestGroup = std::max(longestGroup, user.segments.length);
        }
    }
    d.array.dotElements =
        static_cast<int>(std::min(longestGroup, static_cast<double>(hardware.lanes)));
    d.array.dotUnits = hardware.lanes / d.array.dotElements;
    return d;
}

void addDatapath(CostSheet& sheet, const Datapath& d) {
    if (!d.hasFloat && !d.hasInteger()) {
        return;  // a network without GEMMs needs no array
    }
    const double elements = static_cast<double>(d.array.rows) * d.array.columns;
    double pipelineBits = 0;
    double registerBits = 0;
    if (d.hasFloat) {
        addFloatUnits(sheet, d, elements, pipelineBits);
        registerBits = d.array.lanes * (wordBits(d.floatA.shape) + wordBits(d.floatB.shape));
    }
    if (d.hasInteger()) {
        addIntegerUnits(sheet, d, elements, pipelineBits);
        int codes = 0;
        for (const auto& dot : d.dots) {
            codes = std::max(codes, dot ? operandBits(*dot) : 0);
        }
        registerBits = std::max(
            registerBits, d.array.dotUnits * (d.array.dotElements * codes + 2.0 * d.exponentBits));
    }
    addScaling(sheet, d, elements, pipelineBits);
    addSums(sheet, d, elements, pipelineBits);
    const auto& technology = sheet.technology();
    sheet.addUnits(Part::OperandRegisters, elements, registers(technology, registerBits),
                   std::to_string(static_cast<long>(registerBits)) + " bit");
    sheet.addUnits(Part::PipelineRegisters, elements, registers(technology, pipelineBits),
                   std::to_string(static_cast<long>(pipelineBits)) + " bit");
    addEdges(sheet, d);
}

void chargeArithmetic(CostSheet& sheet, PhaseCost& phase, const Datapath& datapath,
                      const Gemm& gemm, const GemmArithmetic& arithmetic, const ArrayTime& time) {
    if (arithmetic.kind == ArithmeticKind::Float) {
        chargeFloat(sheet, phase, gemm, arithmetic, time);
    } else {
        chargeInteger(sheet, phase, datapath, gemm, arithmetic, time);
    }
    chargeScaling(sheet, phase, datapath, gemm, arithmetic, time);
}

int accumulatorStages(const Technology& technology) {
    return floatAdder(technology, kBinary32).stages(technology);
}

}  // namespace mantissa::hw
