// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/vector_units.h"

#include <algorithm>

namespace mantissa::hw {
namespace {

constexpr double kWordBits = 32;
constexpr int kMagnitudeBits = 31;  ///< compared as integers; the sign is handled apart

}  // namespace

void addVectorUnits(CostSheet& sheet, const std::vector<LayerOutline>& layers) {
    const double lanes = sheet.hardware().vectorLanes;
    nn::VectorWork most;
    for (const auto& layer : layers) {
        const auto& work = layer.work;
        most.compares = std::max(most.compares, work.compares);
        most.comparators = std::max(most.comparators, work.comparators);
        most.adds = std::max({most.adds, work.adds, work.backwardAdds});
        most.multiplies = std::max({most.multiplies, work.multiplies, work.backwardMultiplies});
        most.divides = std::max(most.divides, work.divides);
    }
    const auto& multiply = sheet.prices().multiply32();
    const auto& add = sheet.prices().add32();
    if (most.compares > 0) {
        sheet.addUnits(Part::Comparators, lanes * most.comparators,
                       sheet.prices().maximum(kMagnitudeBits),
                       {"31 bit, # a lane", {static_cast<int>(most.comparators)}});
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

}  // namespace mantissa::hw
