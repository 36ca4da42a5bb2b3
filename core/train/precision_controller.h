// SPDX-License-Identifier: GPL-3.0-or-later
// Decides, step by step, how wide the operands of each layer are; private to core/train.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/nn/layer_precision.h"
#include "core/nn/network.h"
#include "core/thread_team.h"
#include "core/train/checkpoint.h"
#include "core/train/precision_control.h"
#include "core/train/schedule.h"
#include "core/train/trainer.h"

namespace mantissa::train {

/// What a controller is made of.
struct ControlledRun {
    PrecisionControl control;
    const nn::NetworkSpec& network;
    std::vector<nn::LayerPrecision> plan;  ///< what the design says, one entry a layer
};

class PrecisionController {
public:
    explicit PrecisionController(ControlledRun run);
    PrecisionController(const PrecisionController&) = delete;
    PrecisionController& operator=(const PrecisionController&) = delete;
    virtual ~PrecisionController() = default;

    /// The formats as decided so far.
    const std::vector<nn::LayerPrecision>& precision() const { return m_precision; }

    /// Whether the plan has an operand that it judges or changes; a run without one is refused.
    virtual bool hasOperands() const = 0;
    /// The plan with every operand that is ever changed as wide as it may become.
    virtual std::vector<nn::LayerPrecision> widest() const = 0;

    /// Called before each step; what changed for it. Depends on the position and the state alone.
    virtual std::vector<RunEvent> decide(const RunPosition& at) = 0;
    /// Whether it observes operands at all, which then have to be kept to the end of a step.
    virtual bool measures() const { return false; }
    /// Whether observe() is to be called after this step's gradients are there.
    virtual bool observes(const RunPosition& /*at*/) const { return false; }
    virtual void observe(const RunPosition& /*at*/, nn::Network& /*network*/,
                         ThreadTeam& /*team*/) {}

    /// What a checkpoint keeps, and goes on from.
    virtual SingleValues state() const = 0;
    virtual void setState(const SingleValues& values) = 0;

protected:
    using Operand = numerics::TensorFormat nn::LayerPrecision::*;
    static constexpr std::array<Operand, 7> kAllOperands{
        &nn::LayerPrecision::weightForward,       &nn::LayerPrecision::activationForward,
        &nn::LayerPrecision::weightInputGradient, &nn::LayerPrecision::errorInputGradient,
        &nn::LayerPrecision::errorWeightGradient, &nn::LayerPrecision::activationWeightGradient,
        &nn::LayerPrecision::weightGradient};

    const PrecisionControl& control() const { return m_run.control; }
    const nn::NetworkSpec& network() const { return m_run.network; }
    std::int64_t intervalSteps(const RunPosition& at) const {
        return control().interval > 0 ? control().interval : at.stepsPerEpoch;
    }
    const nn::LayerPrecision& planOf(std::size_t layer) const { return m_run.plan[layer]; }
    /// Whether a layer has formats to change: it multiplies matrices, and the plan does not fix it.
    bool isControlled(std::size_t layer) const;

    /// A format of the plan at another width; nothing where it has none, or not this one.
    static std::optional<numerics::TensorFormat> atWidth(const numerics::TensorFormat& format,
                                                         int bits);
    /// Mantissa bits of block floating point, bits of an MX block's integers, or all bits of a
    /// fixed-point number, which grows finer with them and keeps its range.
    static std::optional<int> widthOf(const numerics::TensorFormat& format);
    /// The plan with `change(format)` in place of each operand's format that is ever changed, where
    /// it returns one.
    template <typename Change>
    std::vector<nn::LayerPrecision> planWith(const Change& change) const {
        auto plan = m_run.plan;
        for (std::size_t layer = 0; layer < plan.size(); ++layer) {
            for (const Operand operand : kAllOperands) {
                if (const auto changed = change(plan[layer].*operand);
                    changed && isControlled(layer)) {
                    plan[layer].*operand = *changed;
                }
            }
        }
        return plan;
    }
    std::vector<nn::LayerPrecision> planAt(int bits) const {
        return planWith([bits](const auto& format) { return atWidth(format, bits); });
    }
    /// Changes to such a plan.
    void take(std::vector<nn::LayerPrecision> plan) { m_precision = std::move(plan); }

    /// Sets operands of a controlled layer to a width, those that can have it.
    void widen(std::size_t layer, std::span<const Operand> operands, int bits);
    /// Back to what the plan says.
    void restorePlan() { m_precision = m_run.plan; }

private:
    ControlledRun m_run;
    std::vector<nn::LayerPrecision> m_precision;
};

/// One kind of control. The table in precision_control.cpp has one entry a kind, in the order of
/// ControlKind; nothing else tells them apart.
struct ControlInfo {
    std::string_view id;
    std::string_view help;                         ///< with its source
    std::span<const std::string_view> parameters;  ///< of the settings that this kind reads
    /// Null: nothing is controlled.
    std::unique_ptr<PrecisionController> (*make)(ControlledRun run);
    /// Which operands have to have a width for it to act, and which one.
    std::string_view judged;
};
std::span<const ControlInfo> controlKinds();

// Each in its own file under core/train/control.
std::unique_ptr<PrecisionController> makeEpochControl(ControlledRun run);
std::unique_ptr<PrecisionController> makeZeroSettingControl(ControlledRun run);
std::unique_ptr<PrecisionController> makeFastControl(ControlledRun run);

/// The gradient of a layer's weight; empty where it has none.
std::span<const float> weightGradientOf(nn::Network& network, const std::string& layer);

}  // namespace mantissa::train
