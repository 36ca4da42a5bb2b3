// SPDX-License-Identifier: GPL-3.0-or-later
// Limits that a configuration exceeds, said by name.
#pragma once

#include "hwmodel/datapath.h"

namespace mantissa::hw {

/// One GEMM of one layer: blocks longer than the axis, idle lanes, kinds that do not match, too few
/// results to interleave, operands of one step that do not fit a buffer. `place`: layer and pass.
void warnAboutGemm(CostSheet& sheet, const Place& place, const Gemm& gemm,
                   const GemmArithmetic& arithmetic, const Datapath& datapath,
                   const ArrayTime& time, Part bufferA, Part bufferB);

/// Sums that are not of the kind that the plan names.
void warnAboutSums(CostSheet& sheet, const Place& place, const SumFormat& planned,
                   const SumFormat& priced);

/// What the estimate leaves out for the kinds of formats in a layer.
void warnAboutFormats(CostSheet& sheet, const GemmLayer& layer);

/// The accelerator: clock against the delay laws, area against the reticle.
void warnAboutArray(CostSheet& sheet, const Datapath& datapath, double area_um2);

}  // namespace mantissa::hw
