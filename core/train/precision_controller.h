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
    /// The plan with every operand that is ever changed at a width, where it can have it.
    std::vector<nn::LayerPrecision> planAt(int bits) const;

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

    /// A format of the plan at another width; nothing where it is no block floating point or has
    /// no such width.
    static std::optional<numerics::TensorFormat> atWidth(const numerics::TensorFormat& format,
                                                         int bits);
    /// Mantissa bits of a block floating-point format.
    static std::optional<int> widthOf(const numerics::TensorFormat& format);

    /// Sets operands of a controlled layer to a width, those that can have it.
    void widen(std::size_t layer, std::span<const Operand> operands, int bits);
    /// Back to what the plan says.
    void restorePlan(std::size_t layer) { m_precision[layer] = m_run.plan[layer]; }

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
    /// Which operands have to be block floating point for it to act, and of which widths.
    std::string_view judged;
    /// The largest width that it gives any operand, in mantissa bits.
    int (*widest)(const PrecisionControl& control);
};
std::span<const ControlInfo> controlKinds();

// Each in its own file under core/train/control.
std::unique_ptr<PrecisionController> makeEpochControl(ControlledRun run);
std::unique_ptr<PrecisionController> makeZeroSettingControl(ControlledRun run);
std::unique_ptr<PrecisionController> makeFastControl(ControlledRun run);

/// The gradient of a layer's weight; empty where it has none.
std::span<const float> weightGradientOf(nn::Network& network, const std::string& layer);

}  // namespace mantissa::train
