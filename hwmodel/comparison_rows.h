// SPDX-License-Identifier: GPL-3.0-or-later
// What the parts of a comparison share. Internal to hwmodel/comparison.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "hwmodel/comparison.h"

namespace mantissa::hw {

/// Nothing where one of the two is absent, nor in percent of zero.
void setDelta(ComparisonCell& cell, std::optional<double> value, std::optional<double> baseline,
              DeltaUnit unit);

/// How many bits each tensor has, and what its formats took from it, in the mean of all layers.
void addTensorRows(std::vector<ComparisonRow>& rows, std::span<const ComparedPoint> designs);
/// What they took from each layer's.
void addLayerRows(std::vector<ComparisonRow>& rows, std::span<const ComparedPoint> designs);

}  // namespace mantissa::hw
