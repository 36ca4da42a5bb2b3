// SPDX-License-Identifier: GPL-3.0-or-later
// Softmax cross-entropy: the loss.
#pragma once

#include <cstdint>
#include <span>

#include "core/nn/network.h"

namespace mantissa::nn {

/// Loss and top-1 hits of `labels.size()` rows of `classes` scores; a tie goes to the first class,
/// a row with NaN is a miss. `gradient`, where not empty, becomes (softmax - one-hot) / rows.
/// Labels are below `classes`.
StepResult softmaxCrossEntropy(std::span<const float> logits, std::int64_t classes,
                               std::span<const std::uint8_t> labels, std::span<float> gradient);

}  // namespace mantissa::nn
