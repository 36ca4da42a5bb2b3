// SPDX-License-Identifier: GPL-3.0-or-later
// The normalisation layers of a network on modules of norm_module.h.
#pragma once

#include <deque>
#include <vector>

#include "hwmodel/cost_sheet.h"
#include "hwmodel/network_outline.h"
#include "hwmodel/plan_formats.h"

namespace mantissa::hw {

/// How maps stand in memory around a normalisation, blocks along the channels: those of the forward
/// pass, and their errors.
numerics::TensorFormat normMapFormat(const nn::BatchNorm& norm);
numerics::TensorFormat normErrorFormat(const nn::BatchNorm& norm);

/// One module for each distinct kind of normalisation in a network.
class NormLayers {
public:
    NormLayers(CostSheet& sheet, const std::vector<LayerOutline>& layers);

    /// Enters the modules.
    void addUnits(CostSheet& sheet) const;
    /// Arithmetic, and the passes over what is stored: x; backward x and dy. Writing the results is
    /// left to who knows their readers.
    void chargeForward(CostSheet& sheet, PhaseCost& phase, const LayerOutline& layer,
                       double batch) const;
    void chargeBackward(CostSheet& sheet, PhaseCost& phase, const LayerOutline& layer,
                        double batch) const;
    /// How a layer's input is stored, and the gradient of its output.
    const StoredFormat& inputFormat(const LayerOutline& layer) const;
    const StoredFormat& errorFormat(const LayerOutline& layer) const;

private:
    struct Unit {
        nn::BatchNorm norm;  ///< what the module is for
        NormModule module;
        const NormPrices* prices = nullptr;
        StoredFormat input;
        StoredFormat error;
    };
    const Unit& unitOf(const LayerOutline& layer) const;

    std::deque<Unit> m_units;
};

}  // namespace mantissa::hw
