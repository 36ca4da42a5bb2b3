// SPDX-License-Identifier: GPL-3.0-or-later
// The normalisation layers of a network on modules of norm_module.h.
#pragma once

#include <deque>
#include <unordered_map>

#include "hwmodel/cost_sheet.h"
#include "hwmodel/network_outline.h"
#include "hwmodel/plan_formats.h"

namespace mantissa::hw {

/// How maps stand in memory around a normalisation, blocks along the channels: those of the forward
/// pass, and their errors.
numerics::TensorFormat normMapFormat(const nn::BatchNorm& norm);
numerics::TensorFormat normErrorFormat(const nn::BatchNorm& norm);

/// One module for each distinct kind of normalisation in a network, formats included.
class NormLayers {
public:
    NormLayers(CostSheet& sheet, FormatPool& pool) : m_sheet(sheet), m_pool(pool) {}

    /// Another layer, which stays where it is; one that does not normalise asks for nothing.
    void admit(const LayerOutline& layer, const LayerFormats& formats);

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
        const StoredFormat* input = nullptr;
        const StoredFormat* error = nullptr;
        NormModule module;
        const NormPrices* prices = nullptr;
    };
    const Unit& unitOf(const LayerOutline& layer) const;

    CostSheet& m_sheet;
    FormatPool& m_pool;
    std::deque<Unit> m_units;
    std::unordered_map<const LayerOutline*, const Unit*> m_unitOf;
};

}  // namespace mantissa::hw
