// SPDX-License-Identifier: GPL-3.0-or-later
// What a watched step shows; private to core/train.
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "core/nn/network.h"
#include "core/train/trainer.h"

namespace mantissa::train {

/// Of the last step of a network that gathered statistics: the measures of each quantised operand,
/// and the Euclidean norm of each weight's gradient over `lossScale`. `profiled`: it gathered
/// profiles too. Incomplete once `stop` is requested.
std::vector<Observation> observationsOf(nn::Network& network, std::int64_t step, double lossScale,
                                        bool profiled, const std::stop_token& stop);

}  // namespace mantissa::train
