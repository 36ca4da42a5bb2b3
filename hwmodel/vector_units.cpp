// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/vector_units.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace mantissa::hw {
namespace {

constexpr double kWordBits = 32;
constexpr int kMagnitudeBits = 31;  ///< compared as integers; the sign is handled apart

/// A batch normalisation unit as FP32 operations an element, an each-channel part and its size.
struct NormUnit {
    // One lane.
    int multipliers, adders, ranges, registers;
    // Operations an element: forward, backward statistics, backward result.
    struct Operations {
        int passes, multiplies, adds, ranges;
    } forward, backwardStatistics, backwardResult;
    int scalarOperations;  ///< multiplies and adds a channel
    bool root;
};

// Forward: mean; centred squares; (x - mu) inv gamma + beta. Backward: sums of dy and dy x^, then
// gamma inv (dy - mean(dy) - x^ mean(dy x^)).
constexpr NormUnit kConventional{3, 4, 0, 8, {3, 3, 5, 0}, {1, 2, 3, 0}, {1, 3, 3, 0}, 4, true};
// One pass: x and x^2 are summed together, so that the mean needs no pass of its own.
constexpr NormUnit kOnePass{3, 4, 0, 8, {2, 3, 4, 0}, {1, 2, 3, 0}, {1, 3, 3, 0}, 6, true};
// Forward: mean and range; a x + b. Backward: the same sums; the range's gradient reaches the
// extreme elements only, so the result needs one multiply and one add (Banner et al. 2018, eq. 9).
constexpr NormUnit kRange{1, 3, 1, 6, {2, 1, 2, 1}, {1, 1, 3, 0}, {1, 1, 1, 1}, 8, false};

const NormUnit& unitOf(const nn::BatchNorm& norm) {
    const bool range =
        norm.kind == nn::BatchNormKind::Range || norm.kind == nn::BatchNormKind::LightNorm;
    return range ? kRange : norm.kind == nn::BatchNormKind::OnePass ? kOnePass : kConventional;
}

double ceilDiv(double numerator, double denominator) {
    return std::ceil(numerator / denominator);
}

struct NormExtents {
    double channels = 1;
    double perChannel = 1;
    double elements() const { return channels * perChannel; }
};

NormExtents extentsOf(const LayerOutline& layer, double batch) {
    const auto channels = static_cast<double>(layer.shapes.output.at(0));
    const double elements = layer.outputElements * batch;
    return {channels, elements / channels};
}

void chargeElements(CostSheet& sheet, PhaseCost& phase, const NormUnit::Operations& operations,
                    double elements) {
    const auto& multiply = sheet.prices().multiply32();
    const auto& add = sheet.prices().add32();
    sheet.work(phase, Part::NormMultipliers, elements * operations.multiplies, multiply);
    sheet.work(phase, Part::NormAdders, elements * operations.adds, add);
    if (operations.ranges > 0) {
        sheet.work(phase, Part::NormRanges, elements * operations.ranges, sheet.prices().range32());
    }
    // Every operation leaves its result in a register.
    sheet.work(phase, Part::NormRegisters,
               elements * kWordBits * (operations.multiplies + operations.adds + operations.ranges),
               sheet.prices().flipFlop());
}

/// The part for each channel: lane sums, divide and root. Returns its cycles for one channel.
double chargeScalars(CostSheet& sheet, PhaseCost& phase, const nn::BatchNorm& norm,
                     double channels) {
    const auto& unit = unitOf(norm);
    const double laneSums = 2.0 * (sheet.hardware().vectorLanes - 1);
    const double chunks = unit.forward.ranges > 0 ? norm.chunks : 0.0;
    const double operations = unit.scalarOperations + chunks;
    sheet.work(phase, Part::NormMultipliers, channels * unit.scalarOperations / 2.0,
               sheet.prices().multiply32());
    sheet.work(phase, Part::NormAdders,
               channels * (unit.scalarOperations / 2.0 + chunks + laneSums),
               sheet.prices().add32());
    double cycles = dividerCycles(kBinary32);
    sheet.work(phase, Part::NormScalar, channels * dividerCycles(kBinary32),
               sheet.prices().divide32());
    if (unit.root) {
        sheet.work(phase, Part::NormScalar, channels * rootCycles(kBinary32),
                   sheet.prices().root32());
        cycles += rootCycles(kBinary32);
    }
    return cycles + operations + laneSums;
}

/// A tensor that is read `passes` times: from DRAM each time, or once if a channel fits on chip.
void readPasses(CostSheet& sheet, PhaseCost& phase, Part buffer, const NormExtents& extents,
                int passes) {
    const double bits = extents.elements() * kWordBits;
    if (extents.perChannel * kWordBits <= sheet.bufferBits(buffer)) {
        sheet.move(phase, Part::DramNorm, bits);
        sheet.access(phase, buffer, bits * passes, bits);
    } else {
        sheet.move(phase, Part::DramNorm, bits * passes);
    }
}

void addNormUnit(CostSheet& sheet, const NormUnit& size) {
    const auto& technology = sheet.technology();
    const double lanes = sheet.hardware().vectorLanes;
    const auto& multiply = sheet.prices().multiply32();
    const auto& add = sheet.prices().add32();
    sheet.addUnits(Part::NormMultipliers, lanes * size.multipliers + 1, multiply,
                   {"FP32, # a lane and one shared", {size.multipliers}});
    sheet.addUnits(Part::NormAdders, lanes * size.adders + 1, add,
                   {"FP32, # a lane and one shared", {size.adders}});
    if (size.ranges > 0) {
        sheet.addUnits(Part::NormRanges, lanes * size.ranges, sheet.prices().range32(),
                       {"FP32, one a lane", {}});
    }
    sheet.addUnits(Part::NormScalar, 1, sheet.prices().divide32(), {"FP32 divider", {}});
    if (size.root) {
        sheet.addUnits(Part::NormScalar, 1, sheet.prices().root32(), {"FP32 root", {}});
    }
    // A pipelined unit holds a result for each of its stages; adders are the deepest.
    const int stages = std::max(multiply.stages(technology), add.stages(technology));
    const double words = (lanes * size.registers + (size.root ? 3 : 5)) * stages;
    sheet.addRegisters(Part::NormRegisters, words, kWordBits, {"32 bit, # stage|", {stages}});
}

/// The larger of both kinds' needs, since one unit serves every normalisation layer.
NormUnit merged(NormUnit a, const NormUnit& b) {
    a.multipliers = std::max(a.multipliers, b.multipliers);
    a.adders = std::max(a.adders, b.adders);
    a.ranges = std::max(a.ranges, b.ranges);
    a.registers = std::max(a.registers, b.registers);
    a.root = a.root || b.root;
    return a;
}

}  // namespace

void addVectorUnits(CostSheet& sheet, const std::vector<LayerOutline>& layers) {
    const double lanes = sheet.hardware().vectorLanes;
    std::optional<NormUnit> norm;
    nn::VectorWork most;
    bool trains = false;
    for (const auto& layer : layers) {
        if (layer.role == LayerRole::Norm) {
            const auto& unit = unitOf(layer.norm);
            norm = norm ? merged(*norm, unit) : unit;
        }
        const auto& work = layer.work;
        most.compares = std::max(most.compares, work.compares);
        most.adds = std::max({most.adds, work.adds, work.backwardAdds});
        most.multiplies = std::max({most.multiplies, work.multiplies, work.backwardMultiplies});
        most.divides = std::max(most.divides, work.divides);
        trains = trains || layer.shapes.parameters > 0;
    }
    const auto& multiply = sheet.prices().multiply32();
    const auto& add = sheet.prices().add32();
    if (norm) {
        addNormUnit(sheet, *norm);
    }
    if (most.compares > 0) {
        sheet.addUnits(Part::Comparators, lanes, sheet.prices().maximum(kMagnitudeBits),
                       {"31 bit, one a lane", {}});
    }
    if (most.adds > 0) {
        sheet.addUnits(Part::PoolArithmetic, lanes, add, {"FP32 adder a lane", {}});
    }
    if (most.multiplies > 0) {
        sheet.addUnits(Part::PoolArithmetic, lanes, multiply, {"FP32 multiplier a lane", {}});
    }
    if (most.divides > 0) {
        sheet.addUnits(Part::PoolArithmetic, lanes, sheet.prices().divide32(),
                       {"FP32 divider a lane", {}});
    }
    if (trains) {
        sheet.addUnits(Part::UpdateMultipliers, lanes * 3, multiply, {"FP32, three a lane", {}});
        sheet.addUnits(Part::UpdateAdders, lanes * 3, add, {"FP32, three a lane", {}});
        sheet.addRegisters(Part::UpdateRegisters, lanes * 5, kWordBits,
                           {"32 bit, five a lane", {}});
    }
}

void chargeNormForward(CostSheet& sheet, PhaseCost& phase, const LayerOutline& layer,
                       double batch) {
    const auto& norm = layer.norm;
    const auto& operations = unitOf(norm).forward;
    const auto extents = extentsOf(layer, batch);
    chargeElements(sheet, phase, operations, extents.elements());
    const double scalar = chargeScalars(sheet, phase, norm, extents.channels);
    const double stream =
        operations.passes * ceilDiv(extents.perChannel, sheet.hardware().vectorLanes);
    // One channel's scalars are computed while the next one streams.
    phase.computeCycles = extents.channels * std::max(stream, scalar);
    readPasses(sheet, phase, Part::ActivationBuffer, extents, operations.passes);
}

void chargeNormBackward(CostSheet& sheet, PhaseCost& phase, const LayerOutline& layer,
                        double batch) {
    const auto& unit = unitOf(layer.norm);
    const auto extents = extentsOf(layer, batch);
    chargeElements(sheet, phase, unit.backwardStatistics, extents.elements());
    int passes = unit.backwardStatistics.passes;
    if (layer.trainsBefore) {
        chargeElements(sheet, phase, unit.backwardResult, extents.elements());
        passes += unit.backwardResult.passes;
    }
    phase.computeCycles =
        extents.channels * passes * ceilDiv(extents.perChannel, sheet.hardware().vectorLanes);
    readPasses(sheet, phase, Part::ActivationBuffer, extents, passes);
    readPasses(sheet, phase, Part::ErrorBuffer, extents, passes);
}

void chargeElementwise(CostSheet& sheet, LayerCost& cost, const LayerOutline& layer, double batch) {
    auto& forward = cost.phases[static_cast<std::size_t>(StepPhase::Forward)];
    auto& backward = cost.phases[static_cast<std::size_t>(StepPhase::InputGradient)];
    const auto& work = layer.work;
    const auto charge = [&](PhaseCost& phase, Part part, double operations, const auto& unit) {
        if (operations > 0) {
            sheet.work(phase, part, operations * batch, unit);
        }
    };
    const auto& add = sheet.prices().add32();
    const auto& multiply = sheet.prices().multiply32();
    charge(forward, Part::Comparators, work.compares, sheet.prices().maximum(kMagnitudeBits));
    charge(forward, Part::PoolArithmetic, work.adds, add);
    charge(forward, Part::PoolArithmetic, work.multiplies, multiply);
    charge(forward, Part::PoolArithmetic, work.divides * dividerCycles(kBinary32),
           sheet.prices().divide32());
    if (layer.trainsBefore) {
        charge(backward, Part::PoolArithmetic, work.backwardAdds, add);
        charge(backward, Part::PoolArithmetic, work.backwardMultiplies, multiply);
    }
    if (work.keptBits > 0 && layer.trainsBefore) {
        sheet.move(forward, Part::DramMasks, work.keptBits * batch);
        sheet.move(backward, Part::DramMasks, work.keptBits * batch);
    }
    if (layer.role == LayerRole::Join) {
        const double bits = layer.inputElements * batch * kWordBits;
        sheet.move(forward, Part::DramActivations, bits);
        if (layer.trainsBefore) {
            sheet.move(backward, Part::DramErrors, bits);
        }
    }
}

void chargeUpdate(CostSheet& sheet, PhaseCost& phase, double parameters) {
    sheet.work(phase, Part::UpdateMultipliers, parameters * 3, sheet.prices().multiply32());
    sheet.work(phase, Part::UpdateAdders, parameters * 3, sheet.prices().add32());
    sheet.work(phase, Part::UpdateRegisters, parameters * 5 * kWordBits, sheet.prices().flipFlop());
    sheet.move(phase, Part::DramMaster, parameters * 4 * kWordBits);
    phase.computeCycles = ceilDiv(parameters, sheet.hardware().vectorLanes);
}

}  // namespace mantissa::hw
