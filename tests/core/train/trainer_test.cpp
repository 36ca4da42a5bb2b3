// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/trainer.h"

#include <chrono>
#include <cmath>
#include <set>
#include <thread>

#include <gmock/gmock.h>

#include "tests/core/train/run_tiny.h"

namespace mantissa::train {
namespace {

using numerics::Rounding;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Train, LearnsASeparableProblem) {
    TrainSpec spec = tinySpec();
    spec.recipe.epochs = 8;
    const auto [result, checkpoints] = runTiny(spec);
    EXPECT_EQ(result.status, RunStatus::Done);
    EXPECT_THAT(result.reason, ::testing::IsEmpty());
    ASSERT_EQ(result.epochs.size(), 8U);
    EXPECT_LT(result.epochs.back().trainLoss, 0.2 * result.epochs.front().trainLoss);
    EXPECT_GT(result.epochs.back().testAccuracy, 0.95);
    EXPECT_LT(result.epochs.back().testLoss, 0.2);
}

TEST(Train, ReportsEveryStepAndEpoch) {
    const auto [result, checkpoints] = runTiny(tinySpec());
    ASSERT_EQ(result.steps.size(), 21U);  // 3 epochs of 7 batches, the last smaller
    for (std::size_t i = 0; i < result.steps.size(); ++i) {
        EXPECT_EQ(result.steps[i].step, static_cast<std::int64_t>(i));
        EXPECT_GT(result.steps[i].loss, 0);
    }
    ASSERT_EQ(result.epochs.size(), 3U);
    EXPECT_EQ(result.epochs[1].epoch, 2);
    EXPECT_EQ(result.epochs[1].step, 14);
    EXPECT_GT(result.secondsPerStep, 0);
    EXPECT_FALSE(result.kernelPath.empty());
    ASSERT_EQ(checkpoints.size(), 3U);
    EXPECT_EQ(checkpoints[2].epoch, 3);
}

TEST(Train, AveragesTheEpochOverImagesNotBatches) {
    const auto [result, checkpoints] = runTiny(tinySpec());
    double lossSum = 0;
    double correct = 0;
    for (std::size_t step = 0; step < 7; ++step) {
        const double images = step == 6 ? 4 : 16;
        lossSum += images * result.steps[step].loss;
        correct += images * result.steps[step].accuracy;
    }
    EXPECT_NEAR(result.epochs[0].trainLoss, lossSum / 100, 1e-12);
    EXPECT_NEAR(result.epochs[0].trainAccuracy, correct / 100, 1e-12);
}

TEST(Train, CallsTheObserverInOrder) {
    std::string calls;
    TrainObserver observer;
    observer.onStep = [&](const StepMetric&) { calls += 's'; };
    observer.onEpoch = [&](const EpochMetric&) { calls += 'e'; };
    observer.onCheckpoint = [&](const Checkpoint&) { calls += 'c'; };
    ASSERT_TRUE(train(tinySpec(), tinyDataset(), {}, observer));
    EXPECT_EQ(calls, "sssssssecsssssssecsssssssec");
}

TEST(Train, ReportsProgressInStepsOfTheWholeRun) {
    std::set<std::string> phases;
    std::int64_t last = 0;
    const JobContext context({}, [&](const Progress& progress) {
        phases.emplace(progress.phase);
        EXPECT_EQ(progress.total, 21);
        EXPECT_GE(progress.done, last);
        last = progress.done;
    });
    ASSERT_TRUE(train(tinySpec(), tinyDataset(), context));
    EXPECT_EQ(last, 21);
    EXPECT_THAT(phases, ElementsAre("evaluating", "training epoch 1 of 3", "training epoch 2 of 3",
                                    "training epoch 3 of 3"));
}

TEST(Train, UsesOnlyTheFirstImagesWhereAsked) {
    TrainSpec spec = tinySpec();
    spec.recipe.trainImages = 32;
    EXPECT_EQ(runTiny(spec).result.steps.size(), 6U);
}

TEST(Train, GathersStatisticsOfTheLastStep) {
    const auto [result, checkpoints] = runTiny(tinySpec(blockFloat(6, Rounding::NearestEven)));
    std::set<std::string> layers;
    for (const auto& operand : result.statistics) {
        layers.insert(operand.layer);
        EXPECT_GT(operand.statistics.count, 0) << operand.layer << " " << operand.operand;
    }
    EXPECT_THAT(layers, ElementsAre("conv1", "fc1"));
}

TEST(Train, WatchesSoManyStepsEvenlyAndChangesNothing) {
    TrainSpec spec = tinySpec(blockFloat(6, Rounding::NearestEven));
    spec.watchedSteps = 0;
    const Outcome blind = runTiny(spec);
    EXPECT_THAT(blind.result.observations, ::testing::IsEmpty());
    spec.watchedSteps = 5;
    const Outcome watched = runTiny(spec);
    std::set<std::int64_t> steps;
    std::set<std::string> measures;
    for (const auto& seen : watched.result.observations) {
        steps.insert(seen.step);
        measures.insert(seen.measure);
        EXPECT_GT(seen.value, seen.measure == "norm" || seen.measure == "sqnr_db" ? 0 : -1);
    }
    EXPECT_THAT(steps, ElementsAre(0, 5, 10, 15, 20));
    EXPECT_THAT(measures, ::testing::IsSupersetOf({"clipped", "dead", "flushed", "norm", "sqnr_db",
                                                   "zero", "zero_set"}));
    EXPECT_EQ(blind.checkpoints.back().state, watched.checkpoints.back().state);
}

TEST(Train, ProfilesEveryFifthWatchedStep) {
    TrainSpec spec = tinySpec(blockFloat(6, Rounding::NearestEven));
    spec.watchedSteps = 10;
    const auto result = runTiny(spec).result;
    std::map<std::int64_t, std::map<std::string, double>> shares;  // of elements, by step
    for (const auto& seen : result.observations) {
        if (seen.measure.starts_with("exponent") || seen.measure == "zero") {
            shares[seen.step][seen.layer + " " + seen.operand] += seen.value;
        }
    }
    ASSERT_EQ(shares.size(), 2U);
    EXPECT_EQ(shares.begin()->first, 0);
    for (const auto& [step, sums] : shares) {
        EXPECT_EQ(sums.size(), 8U) << "four tensors of two layers at step " << step;
        for (const auto& [tensor, sum] : sums) {
            EXPECT_NEAR(sum, 1, 0.02) << tensor << " at step " << step;
        }
    }
    ASSERT_EQ(result.profiles.size(), 8U);
    EXPECT_EQ(result.profiles.front().layer, "conv1");
    EXPECT_EQ(result.profiles.front().tensor, "weight");
}

/// The norm is that of the gradient itself, not of the loss times its scale.
TEST(Train, GradientNormsAreThoseOfTheUnscaledLoss) {
    TrainSpec spec = tinySpec();
    const auto plain = runTiny(spec).result.observations;
    spec.recipe.lossScaling = LossScalingKind::Static;
    spec.recipe.lossScale = 1024;
    const auto scaled = runTiny(spec).result.observations;
    ASSERT_FALSE(plain.empty());
    EXPECT_EQ(plain.front().measure, "norm");
    EXPECT_NEAR(scaled.front().value, plain.front().value, 1e-5 * plain.front().value);
}

class TrainFormats : public ::testing::TestWithParam<numerics::TensorFormat> {};

TEST_P(TrainFormats, GiveTheSameBytesWithMoreThreads) {
    TrainSpec spec = tinySpec(GetParam());
    const Outcome one = runTiny(spec);
    spec.threads = 2;
    const Outcome two = runTiny(spec);
    EXPECT_EQ(one.checkpoints.back().state, two.checkpoints.back().state);
    EXPECT_EQ(one.result.epochs.back().testLoss, two.result.epochs.back().testLoss);
}

TEST_P(TrainFormats, ResumeAsIfNeverStopped) {
    const TrainSpec spec = tinySpec(GetParam());
    const Outcome whole = runTiny(spec);
    const Outcome resumed = runTiny(spec, whole.checkpoints.front());
    ASSERT_EQ(resumed.result.epochs.size(), 2U);
    EXPECT_EQ(resumed.result.epochs.front().epoch, 2);
    EXPECT_EQ(resumed.result.steps.front().step, 7);
    EXPECT_EQ(resumed.result.steps.front().loss, whole.result.steps[7].loss);
    EXPECT_EQ(resumed.result.epochs.back().testLoss, whole.result.epochs.back().testLoss);
    EXPECT_EQ(resumed.checkpoints.back().state, whole.checkpoints.back().state);
}

INSTANTIATE_TEST_SUITE_P(Formats, TrainFormats,
                         ::testing::Values(numerics::TensorFormat{},
                                           blockFloat(8, Rounding::NearestEven),
                                           blockFloat(5, Rounding::Stochastic)));

TEST(Train, DependsOnEachSeed) {
    const TrainSpec spec = tinySpec(blockFloat(5, Rounding::Stochastic));
    const auto before = runTiny(spec).checkpoints.back().state;
    for (auto seed : {&Recipe::seedInit, &Recipe::seedData, &Recipe::seedRounding}) {
        TrainSpec other = spec;
        other.recipe.*seed += 1;
        EXPECT_NE(runTiny(other).checkpoints.back().state, before);
    }
}

TEST(Train, HasNothingLeftToDoAfterTheLastEpoch) {
    const Outcome whole = runTiny(tinySpec());
    const Outcome resumed = runTiny(tinySpec(), whole.checkpoints.back());
    EXPECT_EQ(resumed.result.status, RunStatus::Done);
    EXPECT_TRUE(resumed.result.steps.empty());
}

TEST(Train, KeepsTheCurveWhenCancelled) {
    std::stop_source stop;
    const JobContext context(stop.get_token(), [&](const Progress& progress) {
        if (progress.done == 10) {
            stop.request_stop();
        }
    });
    const auto result = train(tinySpec(), tinyDataset(), context);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->status, RunStatus::Cancelled);
    EXPECT_EQ(result->steps.size(), 10U);
    EXPECT_EQ(result->epochs.size(), 1U);
}

TEST(Train, IsCancelledInTheMiddleOfAStep) {
    TrainSpec spec = tinySpec();
    spec.recipe.batch = 100;
    spec.recipe.epochs = 1;
    // 20 billion multiplications a pass: seconds a step, milliseconds an image.
    const nn::Conv2d wide{.outChannels = 256, .kernel = 7, .stride = 1, .padding = 3};
    spec.network.layers[0].params = wide;
    spec.network.layers.insert(spec.network.layers.begin() + 1, {"conv2", wide, {}});
    spec.precision.push_back(spec.precision.front());
    std::stop_source stop;
    std::thread canceller;
    const JobContext context(stop.get_token(), [&](const Progress& progress) {
        if (progress.phase != "evaluating" && !canceller.joinable()) {
            canceller = std::thread([&] {
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
                stop.request_stop();
            });
        }
    });
    const auto result = train(spec, tinyDataset(), context);
    canceller.join();
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(result->status, RunStatus::Cancelled);
    EXPECT_TRUE(result->steps.empty()) << "the step takes seconds and was not finished";
}

TEST(Train, IsCancelledWithinAnEvaluation) {
    std::stop_source stop;
    int evaluated = 0;
    const JobContext context(stop.get_token(), [&](const Progress& progress) {
        evaluated += progress.phase == "evaluating" ? 1 : 0;
        if (evaluated == 2) {
            stop.request_stop();
        }
    });
    const auto result = train(tinySpec(), tinyDataset(), context);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->status, RunStatus::Cancelled);
    EXPECT_EQ(evaluated, 2);
    EXPECT_EQ(result->steps.size(), 7U);
    EXPECT_TRUE(result->epochs.empty());
}

TEST(Train, SaysWhichLayerFirstReadNaNOrInf) {
    TrainSpec spec = tinySpec();
    spec.network.layers.erase(spec.network.layers.begin() + 1);  // batch norm would hold it back
    spec.precision.pop_back();
    spec.recipe.learningRate = 100;  // soon no weight of conv1 fits 2 exponent bits
    spec.precision[0].weightForward = {
        numerics::Minifloat{.exponentBits = 2, .mantissaBits = 1, .saturate = false}};
    const auto result = train(spec, tinyDataset(), {});
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(result->status, RunStatus::Diverged);
    EXPECT_THAT(result->reason, HasSubstr("first seen in the input of fc1"));
}

TEST(Train, ReportsDivergenceWithWhatWhereAndWhatNext) {
    TrainSpec spec = tinySpec();
    spec.network.layers.erase(spec.network.layers.begin() + 1);  // batch norm would hold it back
    spec.precision.pop_back();
    spec.recipe.learningRate = 100;
    spec.recipe.epochs = 100;
    const auto result = train(spec, tinyDataset(), {});
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(result->status, RunStatus::Diverged);
    EXPECT_THAT(result->reason, HasSubstr("at step"));
    EXPECT_THAT(result->reason, HasSubstr("learning rate 9"));
    EXPECT_THAT(result->reason, ::testing::ContainsRegex("conv1|fc1"));
    EXPECT_THAT(result->reason, HasSubstr("Lower the learning rate"));
    for (const auto& step : result->steps) {
        EXPECT_TRUE(std::isfinite(step.loss));
    }
}

}  // namespace
}  // namespace mantissa::train
