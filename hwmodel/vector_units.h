// SPDX-License-Identifier: GPL-3.0-or-later
// Normalisation, activation, pooling and weight update: FP32, `vectorLanes` elements a cycle.
#pragma once

#include <vector>

#include "hwmodel/cost_sheet.h"
#include "hwmodel/network_outline.h"

namespace mantissa::hw {

/// Enters the units that the network's layers use.
void addVectorUnits(CostSheet& sheet, const std::vector<LayerOutline>& layers);

/// Batch normalisation, arithmetic and the FP32 tensors it reads (x; backward x and dy).
void chargeNormForward(CostSheet& sheet, PhaseCost& phase, const LayerOutline& layer, double batch);
void chargeNormBackward(CostSheet& sheet, PhaseCost& phase, const LayerOutline& layer,
                        double batch);

/// Activations, pooling and joins: the arithmetic that the layer kind states, and what the backward
/// pass needs to be kept. Those of one input stream behind the layer they read and add no cycles;
/// joins read their FP32 inputs from DRAM.
void chargeElementwise(CostSheet& sheet, LayerCost& cost, const LayerOutline& layer, double batch);

/// SGD with momentum and weight decay on `parameters` FP32 master values: reads and writes master
/// and momentum.
void chargeUpdate(CostSheet& sheet, PhaseCost& phase, double parameters);

}  // namespace mantissa::hw
