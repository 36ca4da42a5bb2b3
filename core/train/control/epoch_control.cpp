// SPDX-License-Identifier: GPL-3.0-or-later
// Other widths, or another format, in the first and the last epochs.
#include <array>
#include <utility>

#include "core/train/precision_controller.h"

namespace mantissa::train {
namespace {

class EpochControl final : public PrecisionController {
public:
    using PrecisionController::PrecisionController;

    bool hasOperands() const override {
        for (std::size_t layer = 0; layer < precision().size(); ++layer) {
            for (const Operand operand : kAllOperands) {
                if (isControlled(layer) && otherFormat(planOf(layer).*operand)) {
                    return true;
                }
            }
        }
        return false;
    }

    std::vector<nn::LayerPrecision> widest() const override { return otherPlan(); }

    std::vector<RunEvent> decide(const RunPosition& at) override {
        const std::int64_t epoch = at.step / at.stepsPerEpoch;
        const std::int64_t epochs = at.steps / at.stepsPerEpoch;
        const bool other = epoch < control().firstEpochs || epoch >= epochs - control().lastEpochs;
        if (other == m_other) {
            return {};
        }
        switchTo(other);
        const std::string from = " from epoch " + std::to_string(epoch + 1) + " on";
        if (const auto* named = namedFormat(control())) {
            return {{at.step, "all layers", 0,
                     other ? "operands in " + std::string(named->name) + from
                           : "back to the plan's formats" + from}};
        }
        const double bits = other ? control().epochBits : 0;
        return {{at.step, "all layers", bits,
                 other ? "mantissas of " + std::to_string(control().epochBits) + " bits" + from
                       : "back to the plan's widths" + from}};
    }

    SingleValues state() const override { return {{kWide, m_other ? 1.0 : 0.0}}; }
    void setState(const SingleValues& values) override {
        const auto found = values.find(kWide);
        switchTo(found != values.end() && found->second != 0);
    }

private:
    static constexpr const char* kWide = "control.wide";

    /// What the first and the last epochs have in place of a format: the one that is named, but
    /// FP32 stays as it is; or the plan's at another width.
    std::optional<numerics::TensorFormat> otherFormat(const numerics::TensorFormat& format) const {
        const auto* named = namedFormat(control());
        if (named == nullptr) {
            return atWidth(format, control().epochBits);
        }
        if (std::holds_alternative<numerics::Fp32>(format.format)) {
            return std::nullopt;
        }
        auto changed = format;
        changed.format = named->format;
        return changed;
    }

    std::vector<nn::LayerPrecision> otherPlan() const {
        return planWith([this](const auto& format) { return otherFormat(format); });
    }

    void switchTo(bool other) {
        m_other = other;
        if (other) {
            take(otherPlan());
        } else {
            restorePlan();
        }
    }

    bool m_other = false;
};

}  // namespace

std::unique_ptr<PrecisionController> makeEpochControl(ControlledRun run) {
    return std::make_unique<EpochControl>(std::move(run));
}

}  // namespace mantissa::train
