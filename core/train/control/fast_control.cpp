// SPDX-License-Identifier: GPL-3.0-or-later
// FAST's control (Zhang, McDanel and Kung, HPCA 2022): weights, activations and gradients of each
// layer are narrow until the wider format would change them by more than a threshold that falls
// over training and over the layers.
#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "core/train/precision_controller.h"

namespace mantissa::train {
namespace {

std::string numberText(double value) {
    std::array<char, 32> text{};
    (void)std::snprintf(text.data(), text.size(), "%.3g", value);
    return text.data();
}

class FastControl final : public PrecisionController {
public:
    explicit FastControl(ControlledRun run) : PrecisionController(std::move(run)) {
        for (std::size_t layer = 0; layer < network().layers.size(); ++layer) {
            m_layers += isControlled(layer) ? 1 : 0;
            for (const Tensor& tensor : kTensors) {
                const auto& format = planOf(layer).*tensor.operands[0];
                if (isControlled(layer) && atWidth(format, control().fastNarrowBits) &&
                    atWidth(format, control().fastWideBits)) {
                    m_units.push_back({layer, m_layers - 1, &tensor});
                    widen(layer, tensor.operands, control().fastNarrowBits);
                }
            }
        }
    }

    bool hasOperands() const override { return !m_units.empty(); }
    std::vector<nn::LayerPrecision> widest() const override {
        return planAt(std::max(control().fastNarrowBits, control().fastWideBits));
    }

    std::vector<RunEvent> decide(const RunPosition& at) override {
        std::vector<RunEvent> events;
        for (Unit& unit : m_units) {
            if (unit.wide == unit.wantsWide) {
                continue;
            }
            unit.wide = unit.wantsWide;
            const int bits = unit.wide ? control().fastWideBits : control().fastNarrowBits;
            widen(unit.layer, unit.tensor->operands, bits);
            events.push_back({at.step, network().layers[unit.layer].name + " " + unit.tensor->name,
                              static_cast<double>(bits),
                              "r = " + numberText(unit.improvement) +
                                  (unit.wide ? " above " : " not above ") +
                                  numberText(unit.threshold) + ": mantissas of " +
                                  std::to_string(bits) + " bits"});
        }
        return events;
    }

    bool measures() const override { return true; }
    bool observes(const RunPosition& at) const override { return at.step % intervalSteps(at) == 0; }

    void observe(const RunPosition& at, nn::Network& trained, ThreadTeam& team) override {
        for (std::size_t i = 0; i < m_units.size(); ++i) {
            Unit& unit = m_units[i];
            const auto& plan = planOf(unit.layer).*unit.tensor->operands[0];
            const auto operands = trained.operands(unit.layer);
            const numerics::RandomKey key{.seed = 0,
                                          .step = static_cast<std::uint64_t>(at.step),
                                          .tensor = static_cast<std::uint32_t>(i)};
            unit.improvement = relativeImprovement(
                {operands.*unit.tensor->values, operands.*unit.tensor->shape, 1},
                *atWidth(plan, control().fastNarrowBits), *atWidth(plan, control().fastWideBits),
                control().base, key, team);
            const double time = static_cast<double>(at.step) / static_cast<double>(at.steps);
            const double depth = static_cast<double>(unit.depth) / static_cast<double>(m_layers);
            unit.threshold = control().alpha - control().beta * time - control().beta * depth;
            unit.wantsWide = unit.improvement > unit.threshold;
        }
    }

    SingleValues state() const override {
        SingleValues values;
        for (const Unit& unit : m_units) {
            const std::string name = nameOf(unit);
            values[name + ".wide"] = unit.wide ? 1 : 0;
            values[name + ".wants_wide"] = unit.wantsWide ? 1 : 0;
            values[name + ".improvement"] = unit.improvement;
            values[name + ".threshold"] = unit.threshold;
        }
        return values;
    }

    void setState(const SingleValues& values) override {
        for (Unit& unit : m_units) {
            const auto get = [&](const char* member) {
                const auto found = values.find(nameOf(unit) + member);
                return found == values.end() ? 0.0 : found->second;
            };
            unit.wide = get(".wide") != 0;
            unit.wantsWide = get(".wants_wide") != 0;
            unit.improvement = get(".improvement");
            unit.threshold = get(".threshold");
            widen(unit.layer, unit.tensor->operands,
                  unit.wide ? control().fastWideBits : control().fastNarrowBits);
        }
    }

private:
    using Operands = nn::Network::OperandTensors;
    /// A tensor has one width in both passes that read it.
    struct Tensor {
        const char* name;
        std::array<Operand, 2> operands;
        std::span<const float> Operands::*values;
        Shape Operands::*shape;
    };
    struct Unit {
        std::size_t layer = 0;
        int depth = 0;  ///< among the layers that are controlled
        const Tensor* tensor = nullptr;
        bool wide = false;
        bool wantsWide = false;
        double improvement = 0;
        double threshold = 0;
    };
    static constexpr std::array<Tensor, 3> kTensors{
        {{"weight",
          {&nn::LayerPrecision::weightForward, &nn::LayerPrecision::weightInputGradient},
          &Operands::weight,
          &Operands::weightShape},
         {"activation",
          {&nn::LayerPrecision::activationForward, &nn::LayerPrecision::activationWeightGradient},
          &Operands::activation,
          &Operands::activationShape},
         {"error",
          {&nn::LayerPrecision::errorInputGradient, &nn::LayerPrecision::errorWeightGradient},
          &Operands::error,
          &Operands::errorShape}}};

    std::string nameOf(const Unit& unit) const {
        return "control." + network().layers[unit.layer].name + "." + unit.tensor->name;
    }

    int m_layers = 0;
    std::vector<Unit> m_units;
};

}  // namespace

std::unique_ptr<PrecisionController> makeFastControl(ControlledRun run) {
    return std::make_unique<FastControl>(std::move(run));
}

}  // namespace mantissa::train
