// SPDX-License-Identifier: GPL-3.0-or-later
// FlexBlock's dynamic control: the operands of a layer's pass grow narrower while few of its
// numbers are set to zero, and wider when many are (facts of the released simulator BFPSim). Its
// hold after a change is parsed but not enforced there; here it is.
#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "core/train/precision_controller.h"

namespace mantissa::train {
namespace {

constexpr int kSamples = 16;  ///< steps of an interval that are measured

std::string shareText(double share) {
    std::array<char, 32> text{};
    (void)std::snprintf(text.data(), text.size(), "%.3f", share);
    return text.data();
}

class ZeroSettingControl final : public PrecisionController {
public:
    explicit ZeroSettingControl(ControlledRun run) : PrecisionController(std::move(run)) {
        for (std::size_t layer = 0; layer < network().layers.size(); ++layer) {
            for (const Pass& pass : kPasses) {
                const auto width = widthOf(planOf(layer).*pass.operands[0]);
                if (isControlled(layer) && width) {
                    m_units.push_back({layer, &pass, *width});
                }
            }
        }
    }

    bool hasOperands() const override { return !m_units.empty(); }
    std::vector<nn::LayerPrecision> widest() const override {
        return planAt(std::max({control().narrowBits, control().middleBits, control().wideBits}));
    }

    std::vector<RunEvent> decide(const RunPosition& at) override {
        std::vector<RunEvent> events;
        const std::int64_t steps = intervalSteps(at);
        if (at.step == 0 || at.step % steps != 0) {
            return events;
        }
        const std::int64_t interval = at.step / steps;  // how many are over
        for (Unit& unit : m_units) {
            const bool free = interval > control().initialHold && interval >= unit.heldUntil;
            if (free && unit.count > 0) {
                step(unit, at.step, interval, events);
            }
            unit.sum = 0;
            unit.count = 0;
        }
        return events;
    }

    bool measures() const override { return true; }
    bool observes(const RunPosition& at) const override {
        const std::int64_t steps = intervalSteps(at);
        return at.step % steps % std::max<std::int64_t>(1, steps / kSamples) == 0;
    }

    void observe(const RunPosition& at, nn::Network& trained, ThreadTeam& team) override {
        for (std::size_t i = 0; i < m_units.size(); ++i) {
            Unit& unit = m_units[i];
            const auto tensors = trained.operands(unit.layer);
            const auto& format = precision()[unit.layer].*unit.pass->operands[0];
            const numerics::RandomKey key{.seed = 0,
                                          .step = static_cast<std::uint64_t>(at.step),
                                          .tensor = static_cast<std::uint32_t>(i)};
            const auto measured = [&](std::span<const float> values, const Shape& shape, int axis) {
                unit.sum += zeroSettingError({values, shape, axis}, format, key, team);
                ++unit.count;
            };
            switch (unit.pass->pass) {
                case nn::GemmPass::Forward:
                    measured(tensors.weight, tensors.weightShape, 1);
                    break;
                case nn::GemmPass::InputGradient:
                    measured(tensors.error, tensors.errorShape, 1);
                    break;
                case nn::GemmPass::WeightGradient:
                    measured(weightGradientOf(trained, network().layers[unit.layer].name),
                             tensors.weightShape, 1);
                    break;
            }
        }
    }

    SingleValues state() const override {
        SingleValues values;
        for (const Unit& unit : m_units) {
            const std::string name = nameOf(unit);
            values[name + ".bits"] = unit.bits;
            values[name + ".held_until"] = static_cast<double>(unit.heldUntil);
            values[name + ".sum"] = unit.sum;
            values[name + ".count"] = static_cast<double>(unit.count);
        }
        return values;
    }

    void setState(const SingleValues& values) override {
        for (Unit& unit : m_units) {
            const auto get = [&](const char* member, double otherwise) {
                const auto found = values.find(nameOf(unit) + member);
                return found == values.end() ? otherwise : found->second;
            };
            unit.bits = static_cast<int>(get(".bits", unit.bits));
            unit.heldUntil = static_cast<std::int64_t>(get(".held_until", 0));
            unit.sum = get(".sum", 0);
            unit.count = static_cast<std::int64_t>(get(".count", 0));
            widen(unit.layer, unit.pass->operands, unit.bits);
        }
    }

private:
    /// The operands of a pass change together; the first is the one whose format is measured with.
    struct Pass {
        nn::GemmPass pass;
        const char* name;
        std::array<Operand, 2> operands;
    };
    struct Unit {
        std::size_t layer = 0;
        const Pass* pass = nullptr;
        int bits = 0;
        std::int64_t heldUntil = 0;  ///< interval
        double sum = 0;
        std::int64_t count = 0;
    };
    static constexpr std::array<Pass, 3> kPasses{
        {{nn::GemmPass::Forward,
          "forward",
          {&nn::LayerPrecision::weightForward, &nn::LayerPrecision::activationForward}},
         {nn::GemmPass::InputGradient,
          "input gradient",
          {&nn::LayerPrecision::errorInputGradient, &nn::LayerPrecision::weightInputGradient}},
         {nn::GemmPass::WeightGradient,
          "weight gradient",
          {&nn::LayerPrecision::errorWeightGradient,
           &nn::LayerPrecision::activationWeightGradient}}}};

    std::string nameOf(const Unit& unit) const {
        return "control." + network().layers[unit.layer].name + "." + unit.pass->name;
    }

    /// The next width down or up; the same at the ends.
    int neighbour(int bits, bool up) const {
        const std::array widths{control().narrowBits, control().middleBits, control().wideBits};
        int found = bits;
        for (const int width : widths) {
            const bool beyond = up ? width > bits : width < bits;
            const bool nearer = found == bits || (up ? width < found : width > found);
            if (beyond && nearer) {
                found = width;
            }
        }
        return found;
    }

    void step(Unit& unit, std::int64_t at, std::int64_t interval, std::vector<RunEvent>& events) {
        const double mean = unit.sum / static_cast<double>(unit.count);
        const bool up = mean > control().high;
        if (!up && mean >= control().low) {
            return;
        }
        const int bits = neighbour(unit.bits, up);
        if (bits == unit.bits || !atWidth(planOf(unit.layer).*unit.pass->operands[0], bits)) {
            return;
        }
        events.push_back({at, network().layers[unit.layer].name + " " + unit.pass->name,
                          static_cast<double>(bits),
                          "zero-setting error " + shareText(mean) +
                              (up ? " above " + shareText(control().high)
                                  : " below " + shareText(control().low)) +
                              ": mantissas of " + std::to_string(bits) + " instead of " +
                              std::to_string(unit.bits) + " bits"});
        unit.bits = bits;
        unit.heldUntil = interval + 1 + control().changeHold;
        widen(unit.layer, unit.pass->operands, bits);
    }

    std::vector<Unit> m_units;
};

}  // namespace

std::unique_ptr<PrecisionController> makeZeroSettingControl(ControlledRun run) {
    return std::make_unique<ZeroSettingControl>(std::move(run));
}

}  // namespace mantissa::train
