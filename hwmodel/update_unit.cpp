// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/update_unit.h"

#include <algorithm>
#include <cmath>

#include "core/numerics/registry.h"

namespace mantissa::hw {
namespace {

constexpr double kWordBits = 32;
/// An exponent and a rate's, which is a power of two.
constexpr int kRateAdderBits = 9;

/// All parameters of a layer in the format of one state. Biases and factors count as weights do.
StoredTensor stateOf(const LayerOutline& layer, const StoredFormat& stored) {
    const auto parameters = static_cast<double>(layer.shapes.parameters);
    auto tensor = binary32Tensor(parameters);
    if (!stored.isBinary32) {
        const auto& weight = layer.shapes.weight;
        const bool matrix = weight.size() > 1;
        const Shape shape = matrix ? weight : Shape{layer.shapes.parameters};
        tensor.stored = &stored;
        tensor.shape = shape;
        tensor.bits = parameters *
                      numerics::storageBitsPerElement(stored.format.format, shape, matrix ? 1 : 0);
    }
    return tensor;
}

}  // namespace

UpdateOperations updateOperations(const train::Recipe& recipe) {
    if (recipe.optimiser == train::OptimiserKind::Sgd) {
        const bool momentum = recipe.momentum > 0;
        return {momentum ? 3 : 2, momentum ? 3 : 2, false, momentum, false};
    }
    return {7, 5, true, true, true};
}

UpdateUnit::UpdateUnit(const train::Recipe& recipe, const design::HardwareConfig& hardware)
    : m_operations(updateOperations(recipe)),
      m_onArray(hardware.updatesOnArray && !m_operations.dividesAndRoots) {}

void UpdateUnit::addUnits(CostSheet& sheet, const Datapath& datapath) const {
    auto& prices = sheet.prices();
    const double lanes = sheet.hardware().vectorLanes;
    const auto& [multiplies, adds, dividesAndRoots, first, second] = m_operations;
    if (m_onArray) {
        sheet.addUnits(Part::ExponentAdders, datapath.elements(), prices.adder(kRateAdderBits),
                       {"# bit for rates", {kRateAdderBits}});
        return;
    }
    if (sheet.hardware().updatesOnArray) {
        sheet.warn(
            {"the arrays neither divide nor take roots, so that Adam keeps a unit of its "
             "own"});
    }
    sheet.addUnits(Part::UpdateMultipliers, lanes * multiplies, prices.multiply32(),
                   {"FP32, # a lane", {multiplies}});
    sheet.addUnits(Part::UpdateAdders, lanes * adds, prices.add32(), {"FP32, # a lane", {adds}});
    if (dividesAndRoots) {
        sheet.addUnits(Part::UpdateScalars, lanes, prices.divide32(), {"FP32 divider a lane", {}});
        sheet.addUnits(Part::UpdateScalars, lanes, prices.root32(), {"FP32 root a lane", {}});
    }
    const int words = adds + 2;
    sheet.addRegisters(Part::UpdateRegisters, lanes * words, kWordBits,
                       {"32 bit, # a lane", {words}});
}

void UpdateUnit::charge(CostSheet& sheet, PhaseCost& phase, Converters& converters,
                        const Datapath& datapath, const LayerOutline& layer,
                        const LayerFormats& formats) const {
    auto& prices = sheet.prices();
    const auto parameters = static_cast<double>(layer.shapes.parameters);
    const double multiplies = parameters * m_operations.multiplies;
    const double adds = parameters * m_operations.adds;
    if (m_onArray) {
        sheet.work(phase, Part::ExponentAdders, multiplies, prices.adder(kRateAdderBits));
        sheet.work(phase, Part::Accumulators, adds, prices.add32());
        phase.computeCycles = std::ceil(adds / datapath.elements());
    } else {
        sheet.work(phase, Part::UpdateMultipliers, multiplies, prices.multiply32());
        sheet.work(phase, Part::UpdateAdders, adds, prices.add32());
        sheet.work(phase, Part::UpdateRegisters, (adds + 2 * parameters) * kWordBits,
                   prices.flipFlop());
        phase.computeCycles = std::ceil(parameters / sheet.hardware().vectorLanes);
    }
    if (m_operations.dividesAndRoots) {
        // One digit a cycle, both at the same time for neighbouring parameters.
        const double divides = dividerCycles(kBinary32);
        const double roots = rootCycles(kBinary32);
        sheet.work(phase, Part::UpdateScalars, parameters * divides, prices.divide32());
        sheet.work(phase, Part::UpdateScalars, parameters * roots, prices.root32());
        phase.computeCycles *= std::max(divides, roots);
    }
    const auto keep = [&](const StoredFormat& stored) {
        const auto state = stateOf(layer, stored);
        sheet.move(phase, Part::DramMaster, state.bits);
        converters.write(sheet, phase, {&state}, Part::DramMaster);
    };
    keep(*formats.master);
    if (m_operations.keepsMomentum) {
        keep(*formats.momentum);
    }
    if (m_operations.keepsSecondMoment) {
        keep(*formats.secondMoment);
    }
}

}  // namespace mantissa::hw
