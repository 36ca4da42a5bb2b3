// SPDX-License-Identifier: GPL-3.0-or-later
// How many bits an element of each tensor has, in the mean of a network.
#pragma once

#include <string>
#include <vector>

#include "core/design/design_point.h"

namespace mantissa::hw {

struct TensorBits {
    std::string tensor;  ///< a design::roleText
    double bits = 32;
};

/// Weights, activations, errors and weight gradients of the layers that multiply matrices, over all
/// elements and the passes that read them; normalisation: its maps and their errors, in the formats
/// of the plan or, for LightNorm, of the layer. What blocks share is counted, sparse codes and
/// copies are not. Tensors that the network lacks are left out; nothing for a design that is not
/// valid.
std::vector<TensorBits> tensorBits(const design::DesignPoint& design);

}  // namespace mantissa::hw
