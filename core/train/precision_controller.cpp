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

std::optional<int> PrecisionController::widthOf(const numerics::TensorFormat& format) {
    if (const auto* const block = std::get_if<numerics::BlockFloat>(&format.format)) {
        return block->mantissaBits;
    }
    if (const auto* const scaled = std::get_if<numerics::Microscaled>(&format.format);
        scaled != nullptr && hasIntegerElements(*scaled)) {
        return scaled->mantissaBits;
    }
    if (const auto* const fixed = std::get_if<numerics::FixedPoint>(&format.format)) {
        return fixed->integerBits + fixed->fractionBits;
    }
    return std::nullopt;
}

std::optional<numerics::TensorFormat> PrecisionController::atWidth(
    const numerics::TensorFormat& format, int bits) {
    if (!widthOf(format)) {
        return std::nullopt;
    }
    auto changed = format;
    if (auto* const block = std::get_if<numerics::BlockFloat>(&changed.format)) {
        block->mantissaBits = bits;
    } else if (auto* const scaled = std::get_if<numerics::Microscaled>(&changed.format)) {
        scaled->mantissaBits = bits;
    } else if (auto* const fixed = std::get_if<numerics::FixedPoint>(&changed.format)) {
        fixed->fractionBits = bits - fixed->integerBits;
    }
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
