// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/datapath.h"

#include <algorithm>
#include <bit>

namespace mantissa::hw {
namespace {

constexpr int kExponentSumBits = 11;  ///< two shared exponents and the offset, signed
constexpr int kWordBits = 32;

FloatShape widest(FloatShape a, FloatShape b) {
    return {std::max(a.exponentBits, b.exponentBits), std::max(a.fractionBits, b.fractionBits)};
}

FloatOperand widest(const FloatOperand& a, const FloatOperand& b) {
    return {widest(a.shape, b.shape), std::max(a.normalisedBits, b.normalisedBits),
            std::max(a.tableBits, b.tableBits)};
}

ScaleUnits widest(const ScaleUnits& a, const ScaleUnits& b) {
    return {std::max(a.exponents, b.exponents), std::max(a.factors, b.factors),
            std::max(a.offsets, b.offsets)};
}

/// Width of an integer sum: the plan's, or what no sum of a segment overflows.
int sumWidth(const GemmArithmetic& arithmetic) {
    return arithmetic.sums.integerBits > 0 ? arithmetic.sums.integerBits
                                           : dotWidth(arithmetic.segments.length, arithmetic.dot);
}

/// Width of the adder that joins shared exponents, or one with an FP32 sum's.
int exponentAdderBits(int exponentBits, bool toFloat) {
    return std::max(exponentBits, toFloat ? kBinary32.exponentBits : 0) + 1;
}

/// Bits of the number of a weight's owner.
int ownerBits(const Overlay& overlay) {
    const int owners = std::max(overlay.sums, overlay.terms);
    return static_cast<int>(std::bit_width(static_cast<unsigned>(owners - 1)));
}

/// Bits of a product, with its sign, on the way to a sum.
int productBits(const GemmArithmetic& arithmetic) {
    const auto& dot = arithmetic.dot;
    return arithmetic.kind == ArithmeticKind::Float ? kWordBits
           : dot.product == Product::Xnor           ? 1
                                                    : dot.productBits + dot.shift + 1;
}

int bitsOfA(const GemmArithmetic& arithmetic) {
    return arithmetic.kind == ArithmeticKind::Float ? arithmetic.a.shape.bits()
                                                    : arithmetic.dot.bitsA + 1;
}

/// Multiplexers of each lane: behind the multiplier one that picks from the products of as many
/// neighbouring lanes as sums are fed, before it one that picks the owner's error.
void addRouting(CostSheet& sheet, const Datapath& d, double elements, double& pipelineBits) {
    const auto add = [&](int ways, int bits, std::string_view text) {
        if (ways > 1) {
            const auto& unit = sheet.prices().selector(ways, bits);
            const int stages = unit.stages(sheet.technology());
            sheet.addUnits(Part::ProductRouting, elements * d.array.lanes, unit,
                           {text, {ways, bits, stages}});
            pipelineBits += 1.0 * d.array.lanes * bits * stages;
        }
    };
    add(d.overlay.sums, d.routedBits, "products of # lanes, # bits each, # stage|");
    add(d.overlay.terms, d.selectedBits, "one of # errors of # bits, # stage|");
}

void chargeRouting(CostSheet& sheet, PhaseCost& phase, const Gemm& gemm,
                   const GemmArithmetic& arithmetic) {
    const auto charge = [&](int ways, int bits) {
        if (ways > 1) {
            const auto& unit = sheet.prices().selector(ways, bits);
            sheet.work(phase, Part::ProductRouting, gemm.macs(), unit);
            sheet.work(phase, Part::PipelineRegisters,
                       gemm.macs() * bits * unit.stages(sheet.technology()),
                       sheet.prices().flipFlop());
        }
    };
    charge(arithmetic.overlay.sums, productBits(arithmetic));
    charge(arithmetic.overlay.terms, bitsOfA(arithmetic));
}

void addFloatUnits(CostSheet& sheet, const Datapath& d, double elements, double& pipelineBits) {
    const auto& product = sheet.prices().floatMultiplier(d.floatA.shape, d.floatB.shape);
    const int stages = product.stages(sheet.technology());
    sheet.addUnits(Part::FloatMultipliers, elements * d.array.lanes, product,
                   {"# x # bit significands, # stage|",
                    {d.floatA.shape.fractionBits + 1, d.floatB.shape.fractionBits + 1, stages}});
    pipelineBits += static_cast<double>(d.array.lanes) * kWordBits * stages;
}

constexpr int kMultiModeBits = 16;
constexpr int kMultiModeSumBits = 40;

/// Products that a fused multiplier gives at once (FlexBlock's scaling: 4x and 16x).
int productsOf(const DotShape& dot) {
    const int bits = std::max(dot.bitsA, dot.bitsB) + 1;
    return bits <= 4 ? 16 : bits <= 8 ? 4 : 1;
}

/// Whether fused multipliers serve a kind of products.
bool fuses(const Datapath& d, const DotShape& dot) {
    return d.multiMode && dot.product == Product::Multiply && dot.shift == 0 &&
           std::max(dot.bitsA, dot.bitsB) < kMultiModeBits;
}

UnitDetail dotDetail(int elements, const DotShape& dot, int stages) {
    switch (dot.product) {
        case Product::Multiply:
            return {"# products of # x # magnitude bits, # stage|",
                    {elements, dot.bitsA, dot.bitsB, stages}};
        case Product::Shift:
            return {"# products of # bits shifted by up to #, # stage|",
                    {elements, dot.productBits, dot.shift, stages}};
        case Product::Sign:
            return {"# products of # bits with a sign, # stage|",
                    {elements, dot.productBits, stages}};
        case Product::Xnor:
            break;
    }
    return {"# products of two signs, # stage|", {elements, stages}};
}

void addIntegerUnits(CostSheet& sheet, const Datapath& d, double elements, double& pipelineBits) {
    const auto& technology = sheet.technology();
    auto& prices = sheet.prices();
    const double units = elements * d.dotUnits;
    double dotBits = 0;
    for (const auto& shape : d.dots) {
        if (!shape) {
            continue;
        }
        if (fuses(d, *shape)) {
            const auto& dot = prices.multiModeDot(d.array.lanes);
            const int stages = dot.stages(technology);
            sheet.addUnits(Part::IntegerDots, elements, dot,
                           {"# multipliers of 16, 8 or 4 bits with their sum, # stage|",
                            {d.array.lanes, stages}});
            dotBits = std::max<double>(dotBits, kMultiModeSumBits * stages);
            continue;
        }
        const auto& dot = prices.integerDot(d.array.dotElements, *shape);
        const int stages = dot.stages(technology);
        sheet.addUnits(Part::IntegerDots, units, dot,
                       dotDetail(d.array.dotElements, *shape, stages));
        const int width = dotWidth(d.array.dotElements, *shape);
        dotBits = std::max<double>(dotBits, (width + kExponentSumBits) * stages);
    }
    // Every sum that a dot product feeds ends on its own.
    const double sums = units * d.overlay.sums;
    const auto& convert = prices.integerToFloat(d.integerBits, d.sums);
    sheet.addUnits(
        Part::IntegerToFloat, sums, convert,
        {"# bit to 1-#-#, # stage|",
         {d.integerBits, d.sums.exponentBits, d.sums.fractionBits, convert.stages(technology)}});
    pipelineBits +=
        1.0 * d.dotUnits * d.overlay.sums * (dotBits + d.sums.bits() * convert.stages(technology));
    if (d.accumulatesIntegers()) {
        sheet.addUnits(Part::IntegerAccumulators, sums, prices.adder(d.integerBits),
                       {"# bit adder", {d.integerBits}});
        sheet.addRegisters(Part::IntegerAccumulators, sums, d.integerBits, {"register", {}});
        if (d.saturates) {
            sheet.addUnits(Part::IntegerAccumulators, sums, prices.saturation(d.integerBits),
                           {"# bit saturation", {d.integerBits}});
        }
    }
}

/// Binary32 scales and offsets of `places` sums a cycle. Returns the bits of their pipelines.
double addScaleUnits(CostSheet& sheet, const ScaleUnits& units, double places,
                     std::string_view multipliersText) {
    const auto& technology = sheet.technology();
    const auto& multiply = sheet.prices().multiply32();
    const auto& sum = sheet.prices().add32();
    const int multipliers = units.factors + units.offsets;
    if (multipliers == 0) {
        return 0;
    }
    sheet.addUnits(Part::SumScales, places * multipliers, multiply,
                   {multipliersText, {multipliers}});
    if (units.offsets > 0) {
        sheet.addUnits(Part::SumScales, places * units.offsets, sum,
                       {"# FP32 adders", {units.offsets}});
    }
    return kWordBits *
           (multipliers * multiply.stages(technology) + units.offsets * sum.stages(technology));
}

void addScaling(CostSheet& sheet, const Datapath& d, double elements, double& pipelineBits) {
    const double units = elements * d.dotUnits * d.overlay.sums;
    const double lanes = sheet.hardware().vectorLanes;
    const int width = exponentAdderBits(d.exponentBits, d.hasFloat);
    const double adders = units * d.each.exponents + lanes * d.leaving.exponents;
    if (adders > 0) {
        sheet.addUnits(Part::ExponentAdders, adders, sheet.prices().adder(width),
                       {"# bit", {width}});
    }
    pipelineBits += d.array.dotUnits * d.overlay.sums *
                    addScaleUnits(sheet, d.each, units, "# FP32 multipliers a group");
    const double leaving = addScaleUnits(sheet, d.leaving, lanes,
                                         "# FP32 multipliers a vector lane where results leave");
    if (leaving > 0) {
        sheet.addRegisters(Part::SumScales, lanes, leaving, {"pipeline", {}});
    }
}

/// Sums the products, or the dot products, of one processing element; shared by both kinds.
void addSums(CostSheet& sheet, const Datapath& d, double elements, double& pipelineBits) {
    const auto& technology = sheet.technology();
    const auto& sum = sheet.prices().floatAdder(d.sums);
    const int stages = sum.stages(technology);
    const UnitDetail detail{"1-#-# adder, # stage|",
                            {d.sums.exponentBits, d.sums.fractionBits, stages}};
    // Routed products are summed in the lower levels of the tree, which passes that stay dense use
    // as a whole; dot products side by side each have their part of every sum.
    const int adders = std::max(d.hasFloat ? d.array.lanes - 1 : 0,
                                d.hasInteger() ? d.overlay.sums * (d.dotUnits - 1) : 0);
    if (adders > 0) {
        sheet.addUnits(Part::FloatTrees, elements * adders, sum, detail);
        pipelineBits += 1.0 * adders * d.sums.bits() * stages;
    }
    const double accumulators = elements * d.overlay.sums;
    sheet.addUnits(Part::Accumulators, accumulators, sum, detail);
    sheet.addRegisters(Part::Accumulators, accumulators, 1.0 * d.sums.bits() * stages,
                       {"a register for each interleaved result", {}});
}

/// Units between a buffer and the array, for each element that enters in a cycle.
void addEdge(CostSheet& sheet, const FloatOperand& operand, double places, bool rows) {
    auto& prices = sheet.prices();
    if (operand.normalisedBits > 0) {
        sheet.addUnits(
            Part::Normalisers, places, prices.normaliser(operand.normalisedBits),
            {rows ? "# bit at the rows" : "# bit at the columns", {operand.normalisedBits}});
    }
    if (operand.tableBits > 0) {
        const int entries = 1 << operand.tableBits;
        sheet.addUnits(
            Part::Decoders, places, prices.tableRead(entries),
            {rows ? "# FP32 entries at the rows" : "# FP32 entries at the columns", {entries}});
        sheet.addRegisters(Part::Decoders, 1, entries * kWordBits, {"one table", {}});
    }
}

/// Sums of one operand's elements, which an offset of the other one multiplies.
const UnitCost& offsetSum(PriceList& prices, const Datapath& d) {
    return d.hasInteger() ? prices.adder(d.integerBits) : prices.add32();
}

void addEdges(CostSheet& sheet, const Datapath& d) {
    const double rows =
        1.0 * d.array.rows * d.array.lanes * d.array.arrays * d.array.cores * d.overlay.terms;
    const double columns = 1.0 * d.array.columns * d.array.lanes * d.array.cores;
    addEdge(sheet, d.floatA, rows, true);
    addEdge(sheet, d.floatB, columns, false);
    addWeightDecoders(sheet, d.weights, columns);
    const double sums = (d.sumsA ? rows : 0.0) + (d.sumsB ? columns : 0.0);
    if (sums > 0) {
        sheet.addUnits(Part::OffsetSums, sums, offsetSum(sheet.prices(), d),
                       {"an adder for each element that enters", {}});
    }
}

/// `entering`: elements that pass one edge of the array.
void chargeEdge(CostSheet& sheet, PhaseCost& phase, const FloatOperand& operand, double entering) {
    if (operand.normalisedBits > 0) {
        sheet.work(phase, Part::Normalisers, entering,
                   sheet.prices().normaliser(operand.normalisedBits));
    }
    if (operand.tableBits > 0) {
        sheet.work(phase, Part::Decoders, entering,
                   sheet.prices().tableRead(1 << operand.tableBits));
    }
}

void chargeScaling(CostSheet& sheet, PhaseCost& phase, const Datapath& d, const Gemm& gemm,
                   const GemmArithmetic& arithmetic, const ArrayTime& time) {
    const auto& scaling = arithmetic.scaling;
    const double results = gemm.rows * gemm.columns;
    const bool isInteger = arithmetic.kind == ArithmeticKind::Integer;
    // An integer sum waits for the end of its segment, a float sum is scaled as it leaves the tree.
    const double sums = isInteger                ? results * arithmetic.segments.count()
                        : arithmetic.isGrouped() ? results * time.dotsPerResult
                                                 : results;
    if (const int additions = arithmetic.exponentAdditions(); additions > 0) {
        sheet.work(phase, Part::ExponentAdders, sums * additions,
                   sheet.prices().adder(exponentAdderBits(scaling.exponentBits, !isInteger)));
    }
    if (const int multiplications = scaling.factors + scaling.offsets(); multiplications > 0) {
        sheet.work(phase, Part::SumScales, sums * multiplications, sheet.prices().multiply32());
    }
    if (scaling.offsets() > 0) {
        sheet.work(phase, Part::SumScales, sums * scaling.offsets(), sheet.prices().add32());
        const double entering =
            (scaling.offsetB ? gemm.rows * gemm.reduction() * time.entriesOfA : 0.0) +
            (scaling.offsetA ? gemm.columns * gemm.reduction() * time.entriesOfB : 0.0);
        sheet.work(phase, Part::OffsetSums, entering, offsetSum(sheet.prices(), d));
    }
}

/// What a processing element holds of each operand: all errors that one is selected from, and the
/// owner beside each weight.
struct OperandBits {
    double a = 0;
    double b = 0;
};
OperandBits operandBits(const Datapath& d) {
    OperandBits bits;
    if (d.hasFloat) {
        bits = {1.0 * d.array.lanes * d.floatA.shape.bits(),
                1.0 * d.array.lanes * d.floatB.shape.bits()};
    }
    // Each overlaid kernel has an exponent of its own; a run of errors has one.
    const double sharedA = 1.0 * d.dotUnits * d.exponentBits;
    const double sharedB = sharedA * d.overlay.sums;
    for (const auto& dot : d.dots) {
        if (dot) {
            const double codes = 1.0 * d.array.dotUnits * d.array.dotElements;
            const double fused = 1.0 * d.array.lanes * kMultiModeBits;
            const auto codesOf = [&](int magnitudeBits) {
                return d.multiMode ? fused : codes * (magnitudeBits + 1);
            };
            bits = {std::max(bits.a, codesOf(dot->bitsA) + sharedA),
                    std::max(bits.b, codesOf(dot->bitsB) + sharedB)};
        }
    }
    return {bits.a * d.overlay.terms, bits.b + 1.0 * d.array.lanes * ownerBits(d.overlay)};
}

/// Whether the operand that stays waits for its fold in a second register.
bool holdsNextOperand(const ArrayShape& array) {
    return array.overlapsFolds && array.dataflow != design::Dataflow::OutputStationary;
}

/// Elements of B that enter the arrays; packed ones once for all kernels.
double enteringB(const Gemm& gemm, const ArrayTime& time) {
    return gemm.columns * gemm.reduction() * time.entriesOfB / gemm.overlay.kernels();
}

/// Registers in which operands pass from element to element; one that stays is written once a fold,
/// and once more where it waits before.
void chargeOperands(CostSheet& sheet, PhaseCost& phase, const Datapath& d, const Gemm& gemm,
                    const ArrayTime& time, double bitsA, double bitsB) {
    const double macs = gemm.macs();
    bitsB += ownerBits(gemm.overlay);
    const auto flow = d.array.dataflow;
    const double writes = holdsNextOperand(d.array) ? 2 : 1;
    const double movesA = flow == design::Dataflow::InputStationary
                              ? writes * gemm.rows * gemm.reduction() * time.entriesOfA
                              : macs * gemm.overlay.terms;
    const double movesB =
        flow == design::Dataflow::WeightStationary ? writes * enteringB(gemm, time) : macs;
    sheet.work(phase, Part::OperandRegisters, movesA * bitsA + movesB * bitsB,
               sheet.prices().flipFlop());
}

void chargeFloat(CostSheet& sheet, PhaseCost& phase, const Datapath& d, const Gemm& gemm,
                 const GemmArithmetic& arithmetic, const ArrayTime& time) {
    const auto& technology = sheet.technology();
    const double macs = gemm.macs();
    const auto& product = sheet.prices().floatMultiplier(arithmetic.a.shape, arithmetic.b.shape);
    const auto& sum = sheet.prices().floatAdder(arithmetic.sums.shape);
    const double results = gemm.rows * gemm.columns;
    // A sum that no product of a step is routed to rests.
    const double accumulations = std::min(macs, results * time.stepsPerResult);
    sheet.work(phase, Part::FloatMultipliers, macs, product);
    sheet.work(phase, Part::FloatTrees, macs - accumulations, sum);
    sheet.work(phase, Part::Accumulators, accumulations, sum);
    chargeOperands(sheet, phase, d, gemm, time, arithmetic.a.shape.bits(),
                   arithmetic.b.shape.bits());
    const double pipelineBits = 1.0 * kWordBits * product.stages(technology) +
                                1.0 * arithmetic.sums.shape.bits() * sum.stages(technology);
    sheet.work(phase, Part::PipelineRegisters, macs * pipelineBits, sheet.prices().flipFlop());
    chargeEdge(sheet, phase, arithmetic.a, gemm.rows * gemm.reduction() * time.entriesOfA);
    chargeEdge(sheet, phase, arithmetic.b, enteringB(gemm, time));
}

void chargeInteger(CostSheet& sheet, PhaseCost& phase, const Datapath& d, const Gemm& gemm,
                   const GemmArithmetic& arithmetic, const ArrayTime& time) {
    const auto& technology = sheet.technology();
    const double results = gemm.rows * gemm.columns;
    const double dots = results * time.dotsPerResult;
    const double conversions = results * arithmetic.segments.count();
    const bool fused = fuses(d, arithmetic.dot);
    // A fused multiplier works as a whole, whatever the mode.
    const int elements = fused ? d.array.lanes * productsOf(arithmetic.dot) : d.array.dotElements;
    const int width = sumWidth(arithmetic);
    const auto& dot = fused ? sheet.prices().multiModeDot(d.array.lanes)
                            : sheet.prices().integerDot(elements, arithmetic.dot);
    const auto shape = arithmetic.sums.shape;
    const auto& convert = sheet.prices().integerToFloat(width, shape);
    const auto& sum = sheet.prices().floatAdder(shape);
    // Idle lanes see zeros, so a dot product costs in proportion to its products.
    sheet.work(phase, Part::IntegerDots, gemm.macs() / elements, dot);
    if (dots > conversions) {
        sheet.work(phase, Part::IntegerAccumulators, dots, sheet.prices().adder(width));
        sheet.work(phase, Part::IntegerAccumulators, dots * width, sheet.prices().flipFlop());
        if (arithmetic.sums.saturates) {
            sheet.work(phase, Part::IntegerAccumulators, dots, sheet.prices().saturation(width));
        }
    }
    sheet.work(phase, Part::IntegerToFloat, conversions, convert);
    // Dot products side by side are summed before they reach the accumulator.
    const double accumulations = std::min(conversions, results * time.stepsPerResult);
    sheet.work(phase, Part::FloatTrees, conversions - accumulations, sum);
    sheet.work(phase, Part::Accumulators, accumulations, sum);
    const auto& scaling = arithmetic.scaling;
    chargeOperands(sheet, phase, d, gemm, time, arithmetic.dot.bitsA + 1, arithmetic.dot.bitsB + 1);
    sheet.work(phase, Part::OperandRegisters,
               conversions * scaling.exponents * scaling.exponentBits, sheet.prices().flipFlop());
    const double pipelineBits =
        dots * (dotWidth(elements, arithmetic.dot) + kExponentSumBits) * dot.stages(technology) +
        conversions * shape.bits() * (convert.stages(technology) + sum.stages(technology));
    sheet.work(phase, Part::PipelineRegisters, pipelineBits, sheet.prices().flipFlop());
}

/// Makes the datapath wide enough for one more user.
void admit(Datapath& d, const GemmArithmetic& user) {
    const auto& scaling = user.scaling;
    d.sums = widest(d.sums, user.sums.shape);
    if (user.kind == ArithmeticKind::Float) {
        d.hasFloat = true;
        d.floatA = widest(d.floatA, user.a);
        d.floatB = widest(d.floatB, user.b);
    } else {
        auto& shape = d.dots[static_cast<std::size_t>(user.dot.product)];
        shape = shape ? widest(*shape, user.dot) : user.dot;
        d.integerBits = std::max(d.integerBits, sumWidth(user));
        d.saturates = d.saturates || user.sums.saturates;
        d.longestSum = std::max(d.longestSum, user.segments.length);
    }
    d.exponentBits = std::max(d.exponentBits, scaling.exponentBits);
    if (user.overlay.sums > 1) {
        d.overlay.sums = user.overlay.sums;
        d.routedBits = std::max(d.routedBits, productBits(user));
    }
    if (user.overlay.terms > 1) {
        d.overlay.terms = user.overlay.terms;
        d.selectedBits = std::max(d.selectedBits, bitsOfA(user));
    }
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

ArrayShape Datapath::arrayFor(const GemmArithmetic& arithmetic) const {
    auto shape = array;
    if (arithmetic.kind == ArithmeticKind::Integer && fuses(*this, arithmetic.dot)) {
        shape.lanes *= productsOf(arithmetic.dot);
        shape.dotElements = static_cast<int>(std::min<double>(longestGroup, shape.lanes));
        shape.dotUnits = shape.lanes / shape.dotElements;
    }
    return shape;
}

Datapath datapathFor(const design::HardwareConfig& hardware,
                     const std::vector<const GemmArithmetic*>& users) {
    Datapath d;
    d.array.rows = hardware.rows;
    d.array.columns = hardware.columns;
    d.array.lanes = hardware.lanes;
    d.array.arrays = hardware.arrays;
    d.array.cores = hardware.cores;
    d.array.dataflow = hardware.dataflow;
    d.array.overlapsFolds = hardware.doubleBuffered;
    d.multiMode = hardware.multiMode;
    for (const auto* user : users) {
        admit(d, *user);
        if (user->isGrouped()) {
            d.longestGroup = std::max(d.longestGroup, user->segments.length);
        }
    }
    d.array.dotElements =
        static_cast<int>(std::min(d.longestGroup, static_cast<double>(hardware.lanes)));
    d.array.dotUnits = hardware.lanes / d.array.dotElements;
    for (const auto* user : users) {
        d.dotUnits = std::max(d.dotUnits, d.arrayFor(*user).dotUnits);
    }
    return d;
}

void addDatapath(CostSheet& sheet, const Datapath& d) {
    if (!d.hasFloat && !d.hasInteger()) {
        return;  // a network without GEMMs needs no array
    }
    const double elements = d.elements();
    double pipelineBits = 0;
    if (d.hasFloat) {
        addFloatUnits(sheet, d, elements, pipelineBits);
    }
    if (d.hasInteger()) {
        addIntegerUnits(sheet, d, elements, pipelineBits);
    }
    addRouting(sheet, d, elements, pipelineBits);
    addScaling(sheet, d, elements, pipelineBits);
    addSums(sheet, d, elements, pipelineBits);
    const auto [bitsA, bitsB] = operandBits(d);
    sheet.addRegisters(Part::OperandRegisters, elements, bitsA + bitsB,
                       {"# bit", {static_cast<int>(bitsA + bitsB)}});
    if (holdsNextOperand(d.array)) {
        const double staying =
            d.array.dataflow == design::Dataflow::InputStationary ? bitsA : bitsB;
        sheet.addRegisters(Part::OperandRegisters, elements, staying,
                           {"# bit for the next fold's operand", {static_cast<int>(staying)}});
    }
    sheet.addRegisters(Part::PipelineRegisters, elements, pipelineBits,
                       {"# bit", {static_cast<int>(pipelineBits)}});
    addEdges(sheet, d);
}

void chargeArithmetic(CostSheet& sheet, PhaseCost& phase, const Datapath& datapath,
                      const Gemm& gemm, const GemmArithmetic& arithmetic, const ArrayTime& time) {
    if (arithmetic.kind == ArithmeticKind::Float) {
        chargeFloat(sheet, phase, datapath, gemm, arithmetic, time);
    } else {
        chargeInteger(sheet, phase, datapath, gemm, arithmetic, time);
    }
    chargeRouting(sheet, phase, gemm, arithmetic);
    chargeScaling(sheet, phase, datapath, gemm, arithmetic, time);
}

int accumulatorStages(PriceList& prices, const Datapath& datapath) {
    return prices.floatAdder(datapath.sums).stages(prices.technology());
}

}  // namespace mantissa::hw
