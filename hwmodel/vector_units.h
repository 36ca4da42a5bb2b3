// SPDX-License-Identifier: GPL-3.0-or-later
// Activation, pooling and joins: FP32, `vectorLanes` elements a cycle.
#pragma once

#include <vector>

#include "hwmodel/cost_sheet.h"
#include "hwmodel/network_outline.h"

namespace mantissa::hw {

/// Enters the units that the network's layers use.
void addVectorUnits(CostSheet& sheet, const std::vector<LayerOutline>& layers);

/// Activations, pooling and joins: the arithmetic that the layer kind states, and what the backward
/// pass needs to be kept. Those of one input stream behind the layer they read and add no cycles;
/// joins read their FP32 inputs from DRAM.
void chargeElementwise(CostSheet& sheet, LayerCost& cost, const LayerOutline& layer, double batch);

}  // namespace mantissa::hw
