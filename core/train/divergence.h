// SPDX-License-Identifier: GPL-3.0-or-later
// Notices that a run has no future, and says what was seen.
#pragma once

#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "core/nn/network.h"
#include "core/nn/network_spec.h"

namespace mantissa::train {

/// Sees the loss of each step. A loss that is NaN or Inf, or that stays above 10 x ln(classes)
/// (ten times that of guessing) for 50 steps on end, is the end of a run.
class LossWatch {
public:
    static constexpr int kPatience = 50;  ///< steps

    explicit LossWatch(int classes);

    /// What is wrong, e.g. "the loss is NaN"; empty while all is well.
    std::optional<std::string> check(double meanLoss);

private:
    double m_limit;
    int m_above = 0;
};

/// Where in the forward pass of the last training step the first NaN or Inf stood, e.g. "first seen
/// in the input of conv2"; empty where no input of a layer with GEMM held one, or once `stop` is
/// requested.
std::string firstNonFiniteInput(const nn::Network& network, const nn::NetworkSpec& spec,
                                const std::stop_token& stop = {});

/// The operand whose format lost most of it, e.g. "error@weight_gradient of conv3 flushed to zero:
/// 71 %"; empty where none lost half of its elements to zero or a tenth to the largest code.
std::string worstOperand(std::span<const nn::OperandStatistics> statistics);

/// The tensor of which most channels are zero throughout, e.g. "40 of 64 channels of the activation
/// of conv3 are dead"; empty where none lost half of them.
std::string deadChannels(std::span<const nn::LayerProfile> profiles);

/// The largest weight, e.g. "largest weight 3.2e+20 in fc1.weight": tells a run-away from a format
/// that overflows. Empty once `stop` is requested.
std::string largestWeight(std::span<const nn::Parameter> parameters,
                          const std::stop_token& stop = {});

}  // namespace mantissa::train
