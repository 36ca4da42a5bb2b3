// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/divergence.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace mantissa::train {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20U;  ///< elements between two looks at a stop

std::string shortNumber(double value) {
    std::array<char, 32> buffer{};
    (void)std::snprintf(buffer.data(), buffer.size(), "%.3g", value);
    return buffer.data();
}

}  // namespace

LossWatch::LossWatch(int classes) : m_limit(10 * std::log(static_cast<double>(classes))) {}

std::optional<std::string> LossWatch::check(double meanLoss) {
    if (std::isnan(meanLoss)) {
        return "the loss is NaN";
    }
    if (std::isinf(meanLoss)) {
        return "the loss is infinite";
    }
    m_above = meanLoss > m_limit ? m_above + 1 : 0;
    if (m_above >= kPatience) {
        return "the loss stayed above " + shortNumber(m_limit) + " (10 ln classes) for " +
               std::to_string(kPatience) + " steps and is now " + shortNumber(meanLoss);
    }
    return std::nullopt;
}

std::string firstNonFiniteInput(const nn::Network& network, const nn::NetworkSpec& spec,
                                const std::stop_token& stop) {
    for (std::size_t layer = 0; layer < spec.layers.size(); ++layer) {
        const auto input = network.operands(layer).activation;
        for (std::size_t first = 0; first < input.size(); first += kPiece) {
            const auto piece = input.subspan(first, std::min(kPiece, input.size() - first));
            if (stop.stop_requested()) {
                return {};
            }
            if (!std::all_of(piece.begin(), piece.end(),
                             [](float x) { return std::isfinite(x); })) {
                return "first seen in the input of " + spec.layers[layer].name;
            }
        }
    }
    return {};
}

std::string worstOperand(std::span<const nn::OperandStatistics> statistics) {
    constexpr double kManyFlushed = 0.5;
    constexpr double kManyClipped = 0.1;
    std::string text;
    double worst = 1;  // in units of what is many
    for (const auto& operand : statistics) {
        const double flushed = operand.statistics.flushedShare();
        const double clipped = operand.statistics.clippedShare();
        const bool byClipping = clipped / kManyClipped > flushed / kManyFlushed;
        const double loss = byClipping ? clipped / kManyClipped : flushed / kManyFlushed;
        if (loss >= worst) {
            worst = loss;
            text = std::string(operand.operand) + " of " + operand.layer +
                   (byClipping ? " clipped: " : " flushed to zero: ") +
                   shortNumber(100 * (byClipping ? clipped : flushed)) + " %";
        }
    }
    return text;
}

std::string deadChannels(std::span<const nn::LayerProfile> profiles) {
    constexpr double kMany = 0.5;
    const auto worst = std::max_element(
        profiles.begin(), profiles.end(),
        [](const auto& a, const auto& b) { return a.profile.deadShare() < b.profile.deadShare(); });
    if (worst == profiles.end() || worst->profile.deadShare() < kMany) {
        return {};
    }
    return std::to_string(worst->profile.deadChannels) + " of " +
           std::to_string(worst->profile.channels) + " channels of the " +
           std::string(worst->tensor) + " of " + worst->layer + " are dead";
}

std::string largestWeight(std::span<const nn::Parameter> parameters, const std::stop_token& stop) {
    const nn::Parameter* worst = nullptr;
    float largest = 0;
    for (const auto& parameter : parameters) {
        const auto value = parameter.gradient.empty() ? std::span<float>() : parameter.value;
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (i % kPiece == 0 && stop.stop_requested()) {
                return {};
            }
            if (worst == nullptr || std::abs(value[i]) > largest) {
                worst = &parameter;
                largest = std::abs(value[i]);
            }
        }
    }
    if (worst == nullptr) {
        return {};
    }
    return "largest weight " + shortNumber(largest) + " in " + worst->name;
}

}  // namespace mantissa::train
