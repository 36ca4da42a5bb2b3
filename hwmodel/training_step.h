// SPDX-License-Identifier: GPL-3.0-or-later
// One training step put together, layer by layer.
#pragma once

#include "hwmodel/estimate.h"
#include "hwmodel/network_outline.h"
#include "hwmodel/step_memory.h"

namespace mantissa::hw {

/// Of a valid design, whose network `outline` is of. `memory` is of that outline and serves the
/// design; the report is the same whatever it remembers.
HardwareReport trainingStep(const design::DesignPoint& design, const NetworkOutline& outline,
                            const EstimateOptions& options, StepMemory& memory);

}  // namespace mantissa::hw
