// SPDX-License-Identifier: GPL-3.0-or-later
// What turns stored weights into those that are multiplied (train::WeightCode): it stands between
// the weight buffer and the arrays, so that memories see stored bits and the arrays whole weights.
#pragma once

#include "core/train/recipe.h"
#include "core/train/weight_transform.h"
#include "hwmodel/cost_sheet.h"

namespace mantissa::hw {

/// Makes a decoder wide enough for one more tensor.
void admit(train::WeightCode& decoder, const train::WeightCode& code);

/// `places` decoders, each of one weight a cycle. Counters of runs; a port each into one table of
/// FP32 values; units "weight_rebuilder" whose sums become FP32 and are multiplied by their
/// kernel's scale; comparators of owners.
void addWeightDecoders(CostSheet& sheet, const train::WeightCode& decoder, double places);

/// `entering` weights, zeros among them, pass the decoders.
void chargeWeightDecoders(CostSheet& sheet, PhaseCost& phase, const train::WeightCode& code,
                          double entering);

/// Says what of a recipe's transform is not counted, if it has one that is stored.
void warnAboutTransform(CostSheet& sheet, const train::Recipe& recipe);

}  // namespace mantissa::hw
