// SPDX-License-Identifier: GPL-3.0-or-later
// The weight update: what an optimiser computes for each parameter, and the states that it keeps.
#pragma once

#include "core/train/recipe.h"
#include "hwmodel/converters.h"
#include "hwmodel/datapath.h"
#include "hwmodel/network_outline.h"

namespace mantissa::hw {

/// FP32 operations on one parameter.
struct UpdateOperations {
    int multiplies = 0;
    int adds = 0;
    bool dividesAndRoots = false;
    bool keepsMomentum = false;  ///< Adam's first moment
    bool keepsSecondMoment = false;
};
/// SGD: gradient with decay, momentum, step. Adam: decay, both moments, quotient by the root, step;
/// bias corrections are factors of the step.
UpdateOperations updateOperations(const train::Recipe& recipe);

class UpdateUnit {
public:
    UpdateUnit(const train::Recipe& recipe, const design::HardwareConfig& hardware);

    /// Whether the arrays' accumulators add, which have to be FP32 then.
    bool isOnArray() const { return m_onArray; }
    /// `vectorLanes` wide; or what the arrays need to do its work.
    void addUnits(CostSheet& sheet, const Datapath& datapath) const;
    /// Arithmetic of one layer's parameters, and their states read and written.
    void charge(CostSheet& sheet, PhaseCost& phase, Converters& converters,
                const Datapath& datapath, const LayerOutline& layer,
                const LayerFormats& formats) const;

private:
    UpdateOperations m_operations;
    bool m_onArray;
};

}  // namespace mantissa::hw
