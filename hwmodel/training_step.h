// SPDX-License-Identifier: GPL-3.0-or-later
// One training step put together, layer by layer.
#pragma once

#include "hwmodel/estimate.h"
#include "hwmodel/network_outline.h"

namespace mantissa::hw {

/// Of a valid design, whose network `outline` is of.
HardwareReport trainingStep(const design::DesignPoint& design, const NetworkOutline& outline,
                            const EstimateOptions& options);

}  // namespace mantissa::hw
