// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/precision_control.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>

#include "core/numerics/registry.h"
#include "core/train/precision_controller.h"
#include "tests/core/train/run_tiny.h"

namespace mantissa::train {
namespace {

using ::testing::HasSubstr;

/// The sign is extra: 4 bits are FB12's.
numerics::TensorFormat flexBlock(int bits) {
    return {numerics::BlockFloat{.mantissaBits = bits, .signCounted = false},
            numerics::Rounding::TowardZero};
}

/// Epochs of 7 steps.
TrainSpec controlled(ControlKind kind, int bits = 8) {
    TrainSpec spec = tinySpec(flexBlock(bits));
    spec.recipe.epochs = 4;
    spec.control.kind = kind;
    return spec;
}

int bitsOf(const numerics::TensorFormat& format) {
    return std::get<numerics::BlockFloat>(format.format).mantissaBits;
}

TEST(ControlParams, DescribeLegalDefaults) {
    std::set<std::string_view> ids;
    for (const auto& param : controlParams()) {
        EXPECT_TRUE(ids.insert(param.spec.id).second) << param.spec.id;
        EXPECT_FALSE(param.spec.label.empty()) << param.spec.id;
        EXPECT_FALSE(param.spec.help.empty()) << param.spec.id;
        EXPECT_EQ(param.get(PrecisionControl{}), param.spec.defaultValue) << param.spec.id;
        EXPECT_TRUE(checkParam(param.spec, param.spec.defaultValue, "")) << param.spec.id;
    }
}

TEST(ControlParams, MatterBesideTheKindThatReadsThem) {
    PrecisionControl control;
    for (const auto& param : controlParams()) {
        EXPECT_EQ(controlParamMatters(control, param.spec.id), param.spec.id == "kind");
    }
    control.kind = ControlKind::Fast;
    EXPECT_TRUE(controlParamMatters(control, "alpha"));
    EXPECT_TRUE(controlParamMatters(control, "interval"));
    EXPECT_FALSE(controlParamMatters(control, "low"));
}

TEST(EpochControl, WidensTheFirstAndTheLastEpochs) {
    TrainSpec spec = controlled(ControlKind::Epochs, 4);
    spec.control.firstEpochs = 1;
    spec.control.lastEpochs = 1;
    spec.control.epochBits = 8;
    const auto controller = makeEpochControl({spec.control, spec.network, spec.precision});
    std::vector<int> bits;
    for (std::int64_t step = 0; step < 28; ++step) {
        controller->decide({step, 7, 28});
        bits.push_back(bitsOf(controller->precision()[0].weightForward));
    }
    for (std::size_t step = 0; step < bits.size(); ++step) {
        EXPECT_EQ(bits[step], step < 7 || step >= 21 ? 8 : 4) << step;
    }
    const auto events = runTiny(spec).result.events;
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(events[1].step, 7);
    EXPECT_EQ(events[2].step, 21);
    EXPECT_EQ(events[2].value, 8);
    EXPECT_THAT(events[2].text, HasSubstr("8 bits from epoch 4 on"));
}

TEST(EpochControl, StepsMxIntegersAndFixedPointToo) {
    TrainSpec spec = controlled(ControlKind::Epochs);
    spec.control.epochBits = 10;
    spec.precision[0].weightForward.format =
        numerics::Microscaled{.exponentBits = 0, .mantissaBits = 8};
    spec.precision[0].activationForward.format =
        numerics::FixedPoint{.integerBits = 3, .fractionBits = 4};
    const numerics::Minifloat half{.exponentBits = 5, .mantissaBits = 10};
    spec.precision[0].errorInputGradient.format = half;
    const auto controller = makeEpochControl({spec.control, spec.network, spec.precision});
    controller->decide({27, 7, 28});
    const auto& first = controller->precision()[0];
    EXPECT_EQ(std::get<numerics::Microscaled>(first.weightForward.format).mantissaBits, 10);
    EXPECT_EQ(first.activationForward.format,
              numerics::Format(numerics::FixedPoint{.integerBits = 3, .fractionBits = 7}));
    EXPECT_EQ(first.errorInputGradient.format, numerics::Format(half)) << "which has no such width";
}

/// FP8 in the first epochs, FP16 behind them.
TEST(EpochControl, SwitchesToAnyNamedFormat) {
    const numerics::Format half = numerics::parseFormat("fp16").value();
    TrainSpec spec = tinySpec({half, numerics::Rounding::Stochastic});
    spec.recipe.epochs = 4;
    spec.precision[0].weightGradient = {};
    spec.control.kind = ControlKind::Epochs;
    spec.control.firstEpochs = 3;
    spec.control.lastEpochs = 0;
    const auto param = std::find_if(controlParams().begin(), controlParams().end(),
                                    [](const auto& p) { return p.spec.id == "epoch_format"; });
    const auto choices = param->spec.choices;
    EXPECT_EQ(choices.front(), "plan");
    param->set(spec.control,
               static_cast<double>(std::find(choices.begin(), choices.end(), "fp8_e5m2") -
                                   choices.begin()));
    EXPECT_FALSE(controlParamMatters(spec.control, "epoch_bits"));
    const auto controller = makeEpochControl({spec.control, spec.network, spec.precision});
    EXPECT_TRUE(controller->hasOperands());
    controller->decide({0, 7, 28});
    const auto& first = controller->precision()[0];
    EXPECT_EQ(first.weightForward.format, numerics::parseFormat("fp8_e5m2").value());
    EXPECT_EQ(first.weightForward.rounding, numerics::Rounding::Stochastic);
    EXPECT_EQ(first.weightGradient, numerics::TensorFormat{}) << "FP32 stays";
    controller->decide({21, 7, 28});
    EXPECT_EQ(controller->precision(), spec.precision);

    const auto run = runTiny(spec);
    ASSERT_EQ(run.result.events.size(), 2U);
    EXPECT_THAT(run.result.events[0].text, HasSubstr("operands in fp8_e5m2 from epoch 1 on"));
    EXPECT_EQ(run.result.events[1].step, 21);
    TrainSpec alone = spec;
    alone.control = {};
    EXPECT_NE(runTiny(alone).result.epochs.front().testLoss, run.result.epochs.front().testLoss);
}

TEST(EpochControl, OfAllEpochsIsTheWiderPlan) {
    TrainSpec narrow = controlled(ControlKind::Epochs, 4);
    narrow.control.lastEpochs = 4;
    const Outcome switched = runTiny(narrow);
    const Outcome wide = runTiny(controlled(ControlKind::None, 8));
    EXPECT_EQ(switched.result.epochs.back().testLoss, wide.result.epochs.back().testLoss);
}

TEST(EpochControl, IsRefusedWhereItsMantissasAreTooWideForIntegers) {
    TrainSpec spec = controlled(ControlKind::Epochs, 4);
    for (auto& layer : spec.precision) {
        layer.compute = nn::ComputeMode::BitTrue;
        layer.accumulator = numerics::IntegerAccumulator{.bits = 16};
    }
    const auto dataset = tinyDataset();
    spec.control.epochBits = 15;
    EXPECT_TRUE(train(spec, dataset, {}, {}, std::nullopt)) << "whose sums overflow";
    spec.control.epochBits = 16;
    const auto refused = train(spec, dataset, {}, {}, std::nullopt);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("int<16> sums integers"));
}

/// Decisions of the controller on a network whose tensors it measures once an interval.
class ZeroSetting : public ::testing::Test {
protected:
    ZeroSetting() {
        m_spec = controlled(ControlKind::ZeroSetting, 8);
        m_spec.control.interval = 1;
        m_spec.control.changeHold = 0;
    }
    /// The widths of conv1's three passes after each of so many steps of a run.
    std::vector<RunEvent> eventsOf(double low, double high) {
        m_spec.control.low = low;
        m_spec.control.high = high;
        return runTiny(m_spec).result.events;
    }

    TrainSpec m_spec;
};

TEST_F(ZeroSetting, StepsDownWhileTheErrorIsLow) {
    const auto events = eventsOf(1, 1);  // always below
    ASSERT_FALSE(events.empty());
    for (const auto& event : events) {
        EXPECT_EQ(event.step, 1) << event.subject;  // then the narrowest is reached
        EXPECT_EQ(event.value, 4);
        EXPECT_THAT(event.text, HasSubstr("below 1.000: mantissas of 4 instead of 8 bits"));
    }
    EXPECT_EQ(events.size(), 6U);  // three passes of conv1 and fc1
    EXPECT_EQ(events[0].subject, "conv1 forward");
}

TEST_F(ZeroSetting, StepsUpWhereTheErrorIsHigh) {
    for (auto& layer : m_spec.precision) {
        layer.errorInputGradient = flexBlock(4);
        layer.weightInputGradient = flexBlock(4);
    }
    const auto events = eventsOf(0, 0.01);
    ASSERT_FALSE(events.empty());
    for (const auto& event : events) {
        EXPECT_GT(event.value, 4);
        EXPECT_THAT(event.text, HasSubstr("above 0.010"));
    }
}

TEST_F(ZeroSetting, StaysBetweenTheThresholds) {
    EXPECT_TRUE(eventsOf(0, 1).empty());
}

TEST_F(ZeroSetting, HoldsAtTheStartAndAfterAChange) {
    m_spec.control.wideBits = 16;
    for (auto& layer : m_spec.precision) {
        layer = {flexBlock(16), flexBlock(16), {}, {}, {}, {}, {}};
    }
    m_spec.control.initialHold = 2;
    m_spec.control.changeHold = 3;
    const auto events = eventsOf(1, 1);
    ASSERT_EQ(events.size(), 4U);  // forward of two layers, 16 to 8 to 4
    EXPECT_EQ(events[0].step, 3);
    EXPECT_EQ(events[1].step, 3);
    EXPECT_EQ(events[2].step, 7);
    EXPECT_EQ(events[2].value, 4);
}

TEST_F(ZeroSetting, LeavesOtherFormatsAlone) {
    const numerics::TensorFormat half{numerics::Minifloat{.exponentBits = 5, .mantissaBits = 10}};
    for (auto& layer : m_spec.precision) {
        layer.weightForward = half;
        layer.errorWeightGradient = half;
    }
    const auto events = eventsOf(1, 1);
    ASSERT_FALSE(events.empty());
    for (const auto& event : events) {
        EXPECT_THAT(event.subject, HasSubstr("input gradient"));
    }
}

TEST_F(ZeroSetting, StepsFixedPointByTheShareThatItsStepSetsToZero) {
    for (auto& layer : m_spec.precision) {
        for (auto* format : {&layer.weightForward, &layer.activationForward}) {
            *format = {numerics::FixedPoint{.integerBits = 4, .fractionBits = 4}, {}};
        }
    }
    const auto events = eventsOf(0, 0);
    const auto grown = std::find_if(events.begin(), events.end(), [](const RunEvent& event) {
        return event.subject.find("forward") != std::string::npos;
    });
    ASSERT_NE(grown, events.end()) << "He's weights are mostly below 1/32";
    EXPECT_EQ(grown->value, 16);
}

TEST(FastControl, WidensWhatTheThresholdAsksFor) {
    TrainSpec spec = controlled(ControlKind::Fast, 4);
    spec.control.interval = 1;
    spec.control.alpha = 10;
    spec.control.beta = 0;
    spec.control.base = ImprovementBase::Magnitudes;
    EXPECT_TRUE(runTiny(spec).result.events.empty()) << "nothing changes tenfold";
    spec.control.alpha = 0;
    const auto events = runTiny(spec).result.events;
    ASSERT_GE(events.size(), 6U);  // three tensors of conv1 and fc1
    EXPECT_EQ(events[0].step, 1);
    EXPECT_EQ(events[0].subject, "conv1 weight");
    EXPECT_EQ(events[0].value, 4);
    EXPECT_THAT(events[0].text, HasSubstr("above 0: mantissas of 4 bits"));
}

TEST(FastControl, StartsNarrow) {
    const TrainSpec spec = controlled(ControlKind::Fast, 4);
    const auto controller = makeFastControl({spec.control, spec.network, spec.precision});
    EXPECT_EQ(bitsOf(controller->precision()[0].weightForward), 2);
    EXPECT_EQ(bitsOf(controller->precision()[0].errorWeightGradient), 2);
    EXPECT_EQ(bitsOf(controller->precision()[0].weightGradient), 4) << "a result, not an operand";
}

class EveryControl : public ::testing::TestWithParam<ControlKind> {
protected:
    EveryControl() {
        m_spec = controlled(GetParam(), 8);
        m_spec.recipe.batch = 8;  // 13 steps an epoch
        m_spec.control.interval = 5;
        m_spec.control.low = 0.3;
        m_spec.control.high = 0.4;
        m_spec.control.epochBits = 5;
        m_spec.control.alpha = 0.4;
        m_spec.control.base = ImprovementBase::Magnitudes;
    }
    TrainSpec m_spec;
};

TEST_P(EveryControl, ResumesAsIfNeverStopped) {
    const Outcome whole = runTiny(m_spec);
    EXPECT_FALSE(whole.result.events.empty());
    for (std::size_t stopped = 0; stopped < 3; ++stopped) {
        const Outcome resumed = runTiny(m_spec, whole.checkpoints[stopped]);
        EXPECT_EQ(resumed.checkpoints.back().state, whole.checkpoints.back().state) << stopped;
        std::vector<RunEvent> later;
        for (const auto& event : whole.result.events) {
            if (event.step >= static_cast<std::int64_t>(13 * (stopped + 1))) {
                later.push_back(event);
            }
        }
        EXPECT_EQ(resumed.result.events, later) << stopped;
    }
}

TEST_P(EveryControl, GivesTheSameBytesWithMoreThreads) {
    const Outcome one = runTiny(m_spec);
    m_spec.threads = 2;
    EXPECT_EQ(runTiny(m_spec).checkpoints.back().state, one.checkpoints.back().state);
}

TEST_P(EveryControl, ChangesTheTraining) {
    const auto steered = runTiny(m_spec).checkpoints.back().state;
    m_spec.control.kind = ControlKind::None;
    EXPECT_NE(runTiny(m_spec).result.epochs.back().testLoss, 0);
    EXPECT_NE(runTiny(m_spec).checkpoints.back().state, steered);
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryControl,
                         ::testing::Values(ControlKind::Epochs, ControlKind::ZeroSetting,
                                           ControlKind::Fast));

}  // namespace
}  // namespace mantissa::train
