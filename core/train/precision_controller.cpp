// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/precision_controller.h"

#include <utility>
#include <variant>

namespace mantissa::train {

PrecisionController::PrecisionController(ControlledRun run)
    : m_run(std::move(run)), m_precision(m_run.plan) {}

bool PrecisionController::isControlled(std::size_t layer) const {
    return nn::kindOf(network().layers[layer].params).hasGemm && !m_run.plan[layer].fixed;
}

std::vector<nn::LayerPrecision> PrecisionController::planAt(int bits) const {
    auto plan = m_run.plan;
    for (std::size_t layer = 0; layer < plan.size(); ++layer) {
        for (const Operand operand : kAllOperands) {
            if (const auto changed = atWidth(plan[layer].*operand, bits);
                changed && isControlled(layer)) {
                plan[layer].*operand = *changed;
            }
        }
    }
    return plan;
}

std::optional<int> PrecisionController::widthOf(const numerics::TensorFormat& format) {
    const auto* const block = std::get_if<numerics::BlockFloat>(&format.format);
    return block == nullptr ? std::nullopt : std::optional(block->mantissaBits);
}

std::optional<numerics::TensorFormat> PrecisionController::atWidth(
    const numerics::TensorFormat& format, int bits) {
    auto changed = format;
    auto* const block = std::get_if<numerics::BlockFloat>(&changed.format);
    if (block == nullptr) {
        return std::nullopt;
    }
    block->mantissaBits = bits;
    return numerics::validate(changed.format) ? std::optional(changed) : std::nullopt;
}

void PrecisionController::widen(std::size_t layer, std::span<const Operand> operands, int bits) {
    if (m_run.plan[layer].fixed) {
        return;
    }
    for (const Operand operand : operands) {
        if (const auto changed = atWidth(m_run.plan[layer].*operand, bits)) {
            m_precision[layer].*operand = *changed;
        }
    }
}

std::span<const float> weightGradientOf(nn::Network& network, const std::string& layer) {
    for (const auto& parameter : network.parameters()) {
        if (parameter.name == layer + ".weight") {
            return parameter.gradient;
        }
    }
    return {};
}

}  // namespace mantissa::train
