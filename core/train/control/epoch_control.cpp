// SPDX-License-Identifier: GPL-3.0-or-later
// Other widths in the first and the last epochs.
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
                if (isControlled(layer) && atWidth(planOf(layer).*operand, control().epochBits)) {
                    return true;
                }
            }
        }
        return false;
    }

    std::vector<RunEvent> decide(const RunPosition& at) override {
        const std::int64_t epoch = at.step / at.stepsPerEpoch;
        const std::int64_t epochs = at.steps / at.stepsPerEpoch;
        const bool wide = epoch < control().firstEpochs || epoch >= epochs - control().lastEpochs;
        if (wide == m_wide) {
            return {};
        }
        m_wide = wide;
        for (std::size_t layer = 0; layer < precision().size(); ++layer) {
            if (wide) {
                widen(layer, kAllOperands, control().epochBits);
            } else {
                restorePlan(layer);
            }
        }
        const double bits = wide ? control().epochBits : 0;
        return {
            {at.step, "all layers", bits,
             wide ? "mantissas of " + std::to_string(control().epochBits) + " bits from epoch " +
                        std::to_string(epoch + 1) + " on"
                  : "back to the plan's widths from epoch " + std::to_string(epoch + 1) + " on"}};
    }

    SingleValues state() const override { return {{kWide, m_wide ? 1.0 : 0.0}}; }
    void setState(const SingleValues& values) override {
        const auto found = values.find(kWide);
        m_wide = false;
        if (found != values.end() && found->second != 0) {
            m_wide = true;
            for (std::size_t layer = 0; layer < precision().size(); ++layer) {
                widen(layer, kAllOperands, control().epochBits);
            }
        }
    }

private:
    static constexpr const char* kWide = "control.wide";
    bool m_wide = false;
};

}  // namespace

std::unique_ptr<PrecisionController> makeEpochControl(ControlledRun run) {
    return std::make_unique<EpochControl>(std::move(run));
}

}  // namespace mantissa::train
