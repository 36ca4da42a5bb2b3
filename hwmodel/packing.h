// SPDX-License-Identifier: GPL-3.0-or-later
// Packed processing elements (complementary sparsity, arXiv 2112.13896): which passes multiply
// overlaid sparse kernels as one dense kernel, and why others stay dense.
#pragma once

#include "core/train/recipe.h"
#include "hwmodel/cost_sheet.h"
#include "hwmodel/mapping.h"

namespace mantissa::hw {

/// Kernels that the accelerator's elements pack: as many as the recipe overlays. 1 where it was not
/// asked to, or cannot, which it says.
int packedKernels(CostSheet& sheet, const train::Recipe& recipe);

/// Why a pass that could leave out zeros, of that arithmetic when dense, stays dense; an empty
/// pattern: it does not.
Limit keepsDense(const design::HardwareConfig& hardware, const LayerOutline& layer,
                 const GemmArithmetic& arithmetic, int kernels);

}  // namespace mantissa::hw
