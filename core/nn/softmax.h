// SPDX-License-Identifier: GPL-3.0-or-later
// Softmax cross-entropy: the loss.
#pragma once

#include <cstdint>
#include <span>

#include "core/nn/network.h"

namespace mantissa::nn {

/// Loss and top-1 hits of `labels.size()` rows of `classes` scores; a tie goes to the first class,
/// a row with NaN is a miss. `gradient`, where not empty, becomes scale (softmax - target) / rows.
/// The target is one-hot, or with smoothing s (1 - s) one-hot + s / classes (Szegedy et al., CVPR
/// 2016), and the loss is of that target. Labels are below `classes`.
StepResult softmaxCrossEntropy(std::span<const float> logits, std::int64_t classes,
                               std::span<const Label> labels, std::span<float> gradient,
                               const LossOptions& loss = {});

}  // namespace mantissa::nn
