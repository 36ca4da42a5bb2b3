// SPDX-License-Identifier: GPL-3.0-or-later
// A training that is stopped at any moment, and the pieces it is made of.
#include <chrono>
#include <cmath>
#include <stop_token>
#include <thread>

#include <gmock/gmock.h>

#include "core/train/checkpoint.h"
#include "core/train/optimiser.h"
#include "tests/core/train/tiny_problem.h"

namespace mantissa::train {
namespace {

using ::testing::Each;

struct Outcome {
    TrainResult result;
    std::vector<Checkpoint> checkpoints;
};

Outcome runTiny(const TrainSpec& spec, const JobContext& context = {},
                const std::optional<Checkpoint>& resume = std::nullopt) {
    Outcome outcome;
    TrainObserver observer;
    observer.onCheckpoint = [&](const Checkpoint& saved) { outcome.checkpoints.push_back(saved); };
    auto result = train(spec, tinyDataset(), context, observer, resume);
    EXPECT_TRUE(result) << result.error().text();
    outcome.result = std::move(result).value();
    return outcome;
}

/// What was kept is what the run that nobody stopped had at that time.
void expectBeginningOf(const Outcome& whole, const Outcome& part) {
    ASSERT_LE(part.result.steps.size(), whole.result.steps.size());
    for (std::size_t i = 0; i < part.result.steps.size(); ++i) {
        ASSERT_EQ(part.result.steps[i].loss, whole.result.steps[i].loss) << i;
    }
    ASSERT_LE(part.result.epochs.size(), whole.result.epochs.size());
    for (std::size_t i = 0; i < part.result.epochs.size(); ++i) {
        EXPECT_EQ(part.result.epochs[i].testLoss, whole.result.epochs[i].testLoss) << i;
    }
    ASSERT_EQ(part.checkpoints.size(), part.result.epochs.size());
    for (std::size_t i = 0; i < part.checkpoints.size(); ++i) {
        EXPECT_EQ(part.checkpoints[i].state, whole.checkpoints[i].state) << i;
    }
}

TEST(TrainStop, KeepsNothingOfTheWorkItInterrupts) {
    TrainSpec spec = tinySpec(blockFloat(5, numerics::Rounding::Stochastic));
    const Outcome whole = runTiny(spec);
    for (int request = 0; request < 40; ++request) {
        spec.threads = 1 + request % 2;
        std::stop_source stop;
        std::thread canceller([&] {
            std::this_thread::sleep_for(std::chrono::microseconds(100 * request));
            stop.request_stop();
        });
        const Outcome part = runTiny(spec, JobContext(stop.get_token()));
        canceller.join();
        expectBeginningOf(whole, part);
        if (part.result.status == RunStatus::Done) {
            EXPECT_EQ(part.result.epochs.size(), whole.result.epochs.size());
            continue;
        }
        EXPECT_EQ(part.result.status, RunStatus::Cancelled);
        EXPECT_TRUE(part.result.reason.empty());
        const auto resumed =
            part.checkpoints.empty() ? runTiny(spec) : runTiny(spec, {}, part.checkpoints.back());
        EXPECT_EQ(resumed.checkpoints.back().state, whole.checkpoints.back().state);
    }
}

TEST(TrainStop, ARunThatIsStoppedWhileItResumesHasDoneNothing) {
    const Outcome whole = runTiny(tinySpec());
    std::stop_source stop;
    stop.request_stop();
    const Outcome part =
        runTiny(tinySpec(), JobContext(stop.get_token()), whole.checkpoints.front());
    EXPECT_EQ(part.result.status, RunStatus::Cancelled);
    EXPECT_TRUE(part.result.steps.empty());
    EXPECT_TRUE(part.checkpoints.empty());
}

TEST(TrainStop, AnUpdateLeavesOutParametersAndReportsNoDivergence) {
    std::vector<float> value(std::size_t{1} << 19U, 1.0F);
    std::vector<float> gradient(value.size(), NAN);
    const Shape shape{static_cast<std::int64_t>(value.size())};
    Optimiser sgd(OptimiserKind::Sgd, {{{"fc.weight", value, gradient, true}, shape, {}}});
    std::stop_source stop;
    stop.request_stop();
    for (const int threads : {1, 2}) {
        ThreadTeam team(threads, stop.get_token());
        EXPECT_FALSE(sgd.step({}, 0.1, 1, {}, team));
        EXPECT_THAT(value, Each(1.0F));
        EXPECT_THAT(sgd.states()[0][0].values(), Each(0.0F));
    }
}

TEST(TrainStop, ACheckpointIsWrittenWholeOrNotAtAll) {
    std::vector<float> value(1000, 1.0F);
    std::vector<float> gradient(value.size());
    const std::vector<nn::Parameter> parameters{{"fc.weight", value, gradient, true}};
    Optimiser sgd(OptimiserKind::Sgd, {{parameters[0], {1000}, {}}});
    std::stop_source stop;
    const auto state = encodeState(parameters, sgd.states(), {}, stop.get_token());
    ASSERT_TRUE(state);
    stop.request_stop();
    EXPECT_FALSE(encodeState(parameters, sgd.states(), {}, stop.get_token()));
    const auto read = restoreState(*state, parameters, sgd.states(), stop.get_token());
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace mantissa::train
