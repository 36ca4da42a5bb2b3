// SPDX-License-Identifier: GPL-3.0-or-later
// What a whole run lost to its formats, tensor by tensor.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/train/trainer.h"

namespace mantissa::train {

struct OperandLoss {
    std::string layer;
    std::string operand;  ///< "error@weight_gradient", as Observation
    /// Signal to quantisation noise: the mean over the watched steps that lost anything; +Inf where
    /// none did.
    double sqnrDb = 0;
};

/// Of each operand that was rounded, in the order in which they were first observed.
std::vector<OperandLoss> operandLosses(std::span<const Observation> observations);

}  // namespace mantissa::train
