// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/evaluate.h"

#include <cmath>
#include <stop_token>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/nn/network_spec.h"
#include "core/numerics/format.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_dataset.h"

namespace mantissa::app {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr int kTrainImages = 256;
constexpr int kBatch = 32;
constexpr int kStepsPerEpoch = kTrainImages / kBatch;

/// A multi-layer perceptron small enough for many runs, with BFP8 operands.
design::DesignPoint tinyDesign(int epochs) {
    nn::NetworkSpec network;
    network.layers = {{"flatten", nn::Flatten{}, {}},
                      {"hidden", nn::Linear{16, true}, {}},
                      {"relu", nn::Relu{}, {}},
                      {"out", nn::Linear{10, true}, {}}};
    train::Recipe recipe;
    recipe.epochs = epochs;
    recipe.batch = kBatch;
    const numerics::TensorFormat bfp8{numerics::BlockFloat{}, numerics::Rounding::Stochastic};
    design::PrecisionPlan plan;
    for (const auto role : design::allRoles()) {
        plan = design::withFormat(plan, {}, {role, std::nullopt}, bfp8);
    }
    return design::DesignPoint()
        .withName("tiny")
        .withNetwork(network)
        .withRecipe(recipe)
        .withPrecision(plan);
}

class Evaluate : public testing::Test {
protected:
    void SetUp() override {
        writeTinyFashionMnist(m_folder / "data", kTrainImages, 64);
        m_options.datasetFolder = m_folder / "data";
        reopen("results.db");
    }

    static void writeTinyFashionMnist(const std::filesystem::path& folder, int train, int test) {
        test::writeTinyFashionMnist(folder, train, test);
    }

    void reopen(const std::string& name) {
        m_store.reset();
        auto store = store::Store::open(m_folder / name, store::Access::ReadWrite);
        ASSERT_TRUE(store) << store.error().text();
        m_store = std::make_unique<store::Store>(*std::move(store));
    }

    /// Evaluates and asks to stop as soon as `stopAtStep` has been done.
    Result<Evaluation> evaluateUntil(const design::DesignPoint& design, std::int64_t stopAtStep) {
        std::stop_source stop;
        const train::TrainObserver observer{.onStep =
                                                [&](const train::StepMetric& step) {
                                                    if (step.step == stopAtStep) {
                                                        stop.request_stop();
                                                    }
                                                },
                                            .onEpoch = {},
                                            .onCheckpoint = {}};
        return evaluate(design, m_options, m_store.get(), JobContext(stop.get_token()), observer);
    }

    test::TemporaryFolder m_folder;
    std::unique_ptr<store::Store> m_store;
    EvaluateOptions m_options;
};

TEST_F(Evaluate, StoresWhatAControllerDidAlsoOfAResumedRun) {
    const auto design = tinyDesign(3).withControl(
        {.kind = train::ControlKind::Epochs, .firstEpochs = 1, .lastEpochs = 1, .epochBits = 6});
    const auto stopped = evaluateUntil(design, 2 * kStepsPerEpoch + 1);
    ASSERT_TRUE(stopped) << stopped.error().text();
    auto options = m_options;
    options.resume = true;
    const auto whole = evaluate(design, options, m_store.get(), {});
    ASSERT_TRUE(whole) << whole.error().text();
    EXPECT_EQ(whole->resumedEpochs, 2);
    const auto events = m_store->curves(whole->run)->events;
    EXPECT_EQ(events, whole->training.events);
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(events[0].step, 0);
    EXPECT_EQ(events[1].step, kStepsPerEpoch);
    EXPECT_EQ(events[2].step, 2 * kStepsPerEpoch);
}

TEST_F(Evaluate, trainsEstimatesAndStores) {
    const auto design = tinyDesign(2);
    const auto evaluation = evaluate(design, m_options, m_store.get(), {});
    ASSERT_TRUE(evaluation) << evaluation.error().text();
    EXPECT_EQ(evaluation->training.status, train::RunStatus::Done);
    EXPECT_THAT(evaluation->training.epochs, SizeIs(2));
    EXPECT_THAT(evaluation->training.steps, SizeIs(2 * kStepsPerEpoch));
    EXPECT_GT(evaluation->training.epochs.back().testAccuracy, 0.5);
    EXPECT_GT(evaluation->hardware.area_um2, 0);
    EXPECT_EQ(evaluation->designHash, design::designHash(design));

    const auto runs = m_store->runs(evaluation->designHash);
    ASSERT_TRUE(runs) << runs.error().text();
    ASSERT_THAT(*runs, SizeIs(1));
    EXPECT_EQ(runs->front().id, evaluation->run);
    EXPECT_EQ(runs->front().status, store::StoredStatus::Done);
    EXPECT_EQ(runs->front().epochsDone, 2);
    EXPECT_EQ(runs->front().datasetHash, evaluation->datasetHash);
    EXPECT_EQ(runs->front().testAccuracy, evaluation->training.epochs.back().testAccuracy);
    const auto curves = m_store->curves(evaluation->run);
    ASSERT_TRUE(curves) << curves.error().text();
    EXPECT_THAT(curves->steps, SizeIs(2 * kStepsPerEpoch));

    const auto row = m_store->findDesign(evaluation->designHash);
    ASSERT_TRUE(row) << row.error().text();
    EXPECT_EQ(row->area_um2, evaluation->hardware.area_um2);
    EXPECT_EQ(row->energy_pj, evaluation->hardware.energy_pj);
}

TEST_F(Evaluate, worksWithoutAStore) {
    const auto evaluation = evaluate(tinyDesign(1), m_options, nullptr, {});
    ASSERT_TRUE(evaluation) << evaluation.error().text();
    EXPECT_EQ(evaluation->run, 0);
    EXPECT_THAT(evaluation->training.epochs, SizeIs(1));
}

TEST_F(Evaluate, hasTheRunInTheStoreWhileItTrains) {
    std::vector<store::StoredStatus> seen;
    const train::TrainObserver observer{.onStep =
                                            [&](const train::StepMetric&) {
                                                const auto runs = m_store->runs();
                                                ASSERT_TRUE(runs) << runs.error().text();
                                                ASSERT_THAT(*runs, SizeIs(1));
                                                seen.push_back(runs->front().status);
                                            },
                                        .onEpoch = {},
                                        .onCheckpoint = {}};
    ASSERT_TRUE(evaluate(tinyDesign(1), m_options, m_store.get(), {}, observer));
    EXPECT_THAT(
        seen, testing::AllOf(SizeIs(kStepsPerEpoch), testing::Each(store::StoredStatus::Running)));
}

TEST_F(Evaluate, keepsThePartialCurveOfACancelledRun) {
    const auto evaluation = evaluateUntil(tinyDesign(3), kStepsPerEpoch + 2);
    ASSERT_TRUE(evaluation) << evaluation.error().text();
    EXPECT_EQ(evaluation->training.status, train::RunStatus::Cancelled);
    const auto runs = m_store->runs();
    ASSERT_TRUE(runs && runs->size() == 1);
    EXPECT_EQ(runs->front().status, store::StoredStatus::Cancelled);
    EXPECT_EQ(runs->front().epochsDone, 1);
    const auto curves = m_store->curves(evaluation->run);
    ASSERT_TRUE(curves) << curves.error().text();
    EXPECT_THAT(curves->epochs, SizeIs(1));
    EXPECT_THAT(curves->steps, SizeIs(kStepsPerEpoch + 3));
}

TEST_F(Evaluate, stopsInTheMiddleOfATestEvaluation) {
    std::stop_source stop;
    const JobContext context(stop.get_token(), [&](const Progress& progress) {
        if (progress.phase == "evaluating") {
            stop.request_stop();
        }
    });
    const auto evaluation = evaluate(tinyDesign(2), m_options, m_store.get(), context);
    ASSERT_TRUE(evaluation) << evaluation.error().text();
    EXPECT_EQ(evaluation->training.status, train::RunStatus::Cancelled);
    EXPECT_TRUE(evaluation->training.epochs.empty());
}

TEST_F(Evaluate, doesNothingWhenCancelledBeforeItStarts) {
    std::stop_source stop;
    stop.request_stop();
    const auto evaluation =
        evaluate(tinyDesign(1), m_options, m_store.get(), JobContext(stop.get_token()));
    ASSERT_TRUE(evaluation) << evaluation.error().text();
    EXPECT_EQ(evaluation->training.status, train::RunStatus::Cancelled);
    EXPECT_TRUE(evaluation->training.steps.empty());
}

TEST_F(Evaluate, isCancelledWhileItsDataAreRead) {
    std::stop_source stop;
    const JobContext context(stop.get_token(), [&](const Progress& progress) {
        EXPECT_EQ(progress.phase, "reading the data set");
        stop.request_stop();
    });
    const auto evaluation = evaluate(tinyDesign(1), m_options, m_store.get(), context);
    ASSERT_TRUE(evaluation) << evaluation.error().text();
    EXPECT_EQ(evaluation->training.status, train::RunStatus::Cancelled);
    EXPECT_EQ(evaluation->run, 0);
    EXPECT_TRUE(m_store->runs()->empty());
}

TEST_F(Evaluate, resumesAFinishedTrainingNoMore) {
    ASSERT_TRUE(evaluateUntil(tinyDesign(2), kStepsPerEpoch + 2));
    m_options.resume = true;
    EXPECT_EQ(evaluate(tinyDesign(2), m_options, m_store.get(), {})->resumedEpochs, 1);
    EXPECT_EQ(evaluate(tinyDesign(2), m_options, m_store.get(), {})->resumedEpochs, 0);
}

TEST_F(Evaluate, resumesAsIfItHadNeverStopped) {
    const auto design = tinyDesign(3);
    const auto whole = evaluate(design, m_options, nullptr, {});
    ASSERT_TRUE(whole) << whole.error().text();
    ASSERT_TRUE(evaluateUntil(design, kStepsPerEpoch + 2));

    m_options.resume = true;
    std::vector<std::int64_t> observed;
    const train::TrainObserver observer{
        .onStep = [&](const train::StepMetric& step) { observed.push_back(step.step); },
        .onEpoch = {},
        .onCheckpoint = {}};
    const auto resumed = evaluate(design, m_options, m_store.get(), {}, observer);
    ASSERT_TRUE(resumed) << resumed.error().text();
    EXPECT_EQ(resumed->resumedEpochs, 1);
    EXPECT_EQ(resumed->training.status, train::RunStatus::Done);

    const auto curves = m_store->curves(resumed->run);
    ASSERT_TRUE(curves) << curves.error().text();
    for (const auto* steps : {&resumed->training.steps, &curves->steps}) {
        ASSERT_THAT(*steps, SizeIs(whole->training.steps.size()));
        for (std::size_t i = 0; i < steps->size(); ++i) {
            EXPECT_EQ((*steps)[i].step, whole->training.steps[i].step);
            EXPECT_EQ((*steps)[i].loss, whole->training.steps[i].loss) << "step " << i;
            EXPECT_EQ(observed[i], whole->training.steps[i].step);
        }
    }
    ASSERT_THAT(curves->epochs, SizeIs(3));
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(curves->epochs[i].epoch, static_cast<int>(i) + 1);
        EXPECT_EQ(curves->epochs[i].testLoss, whole->training.epochs[i].testLoss);
    }
}

TEST_F(Evaluate, resumesAResumedRun) {
    const auto design = tinyDesign(3);
    const auto whole = evaluate(design, m_options, nullptr, {});
    ASSERT_TRUE(evaluateUntil(design, kStepsPerEpoch + 2));
    m_options.resume = true;
    ASSERT_TRUE(evaluateUntil(design, 2 * kStepsPerEpoch + 1));
    const auto last = evaluate(design, m_options, m_store.get(), {});
    ASSERT_TRUE(whole && last);
    EXPECT_EQ(last->resumedEpochs, 2);
    EXPECT_EQ(last->training.epochs.back().testLoss, whole->training.epochs.back().testLoss);
}

TEST_F(Evaluate, doesNotResumeOnAnotherDataSet) {
    ASSERT_TRUE(evaluateUntil(tinyDesign(2), kStepsPerEpoch + 2));
    writeTinyFashionMnist(m_folder / "data", kTrainImages + kBatch, 64);
    m_options.resume = true;
    const auto evaluation = evaluate(tinyDesign(2), m_options, m_store.get(), {});
    ASSERT_TRUE(evaluation) << evaluation.error().text();
    EXPECT_EQ(evaluation->resumedEpochs, 0);
    EXPECT_THAT(evaluation->training.epochs, SizeIs(2));
}

TEST_F(Evaluate, storesADivergedRunWithItsReason) {
    auto design = tinyDesign(2);
    auto recipe = design.recipe();
    recipe.learningRate = 10;
    recipe.momentum = 0.99;
    recipe.weightDecay = 1;
    recipe.epochs = 50;
    const auto evaluation = evaluate(design.withRecipe(recipe), m_options, m_store.get(), {});
    ASSERT_TRUE(evaluation) << evaluation.error().text();
    ASSERT_EQ(evaluation->training.status, train::RunStatus::Diverged);
    const auto runs = m_store->runs();
    ASSERT_TRUE(runs && runs->size() == 1);
    EXPECT_EQ(runs->front().status, store::StoredStatus::Diverged);
    EXPECT_EQ(runs->front().reason, evaluation->training.reason);
    EXPECT_FALSE(runs->front().reason.empty());
}

TEST_F(Evaluate, storesAFailedRunWithItsReason) {
    auto design = tinyDesign(1);
    auto recipe = design.recipe();
    recipe.trainImages = kTrainImages + 1;
    const auto evaluation = evaluate(design.withRecipe(recipe), m_options, m_store.get(), {});
    ASSERT_FALSE(evaluation);
    const auto runs = m_store->runs();
    ASSERT_TRUE(runs && runs->size() == 1);
    EXPECT_EQ(runs->front().status, store::StoredStatus::Failed);
    EXPECT_THAT(runs->front().reason, HasSubstr(evaluation.error().message));
}

TEST_F(Evaluate, givesTheSameResultWithAnyNumberOfThreads) {
    const auto one = evaluate(tinyDesign(1), m_options, nullptr, {});
    m_options.threads = 3;
    const auto three = evaluate(tinyDesign(1), m_options, nullptr, {});
    ASSERT_TRUE(one && three);
    EXPECT_EQ(one->training.epochs.back().testLoss, three->training.epochs.back().testLoss);
}

TEST_F(Evaluate, refusesWrongInputBeforeARunExists) {
    m_options.threads = 0;
    const auto threads = evaluate(tinyDesign(1), m_options, m_store.get(), {});
    ASSERT_FALSE(threads);
    EXPECT_EQ(threads.error().where, "threads");

    m_options.threads = 1;
    m_options.datasetFolder = m_folder / "nowhere";
    const auto folder = evaluate(tinyDesign(1), m_options, m_store.get(), {});
    ASSERT_FALSE(folder);
    EXPECT_EQ(folder.error().code, ErrorCode::NotFound);

    auto recipe = tinyDesign(1).recipe();
    recipe.batch = -1;
    EXPECT_FALSE(evaluate(tinyDesign(1).withRecipe(recipe), m_options, m_store.get(), {}));
    const auto runs = m_store->runs();
    ASSERT_TRUE(runs);
    EXPECT_TRUE(runs->empty());
}

TEST_F(Evaluate, reportsAStoreThatCannotBeWrittenAndStops) {
    auto readOnly = store::Store::open(m_folder / "results.db", store::Access::ReadOnly);
    ASSERT_TRUE(readOnly) << readOnly.error().text();
    const auto evaluation = evaluate(tinyDesign(1), m_options, &*readOnly, {});
    EXPECT_FALSE(evaluation);
}

TEST_F(Evaluate, stopsTrainingWhenAnEpochCannotBeKept) {
    // Another connection ends the run behind the trainer's back, so that the commit is refused.
    auto other = store::Store::open(m_folder / "results.db", store::Access::ReadWrite);
    ASSERT_TRUE(other) << other.error().text();
    std::int64_t steps = 0;
    const train::TrainObserver observer{
        .onStep =
            [&](const train::StepMetric&) {
                if (steps++ == 0) {
                    const auto runs = other->runs();
                    ASSERT_TRUE(runs && !runs->empty());
                    ASSERT_TRUE(other->finishRun(runs->front().id, store::StoredStatus::Failed,
                                                 "ended by another"));
                }
            },
        .onEpoch = {},
        .onCheckpoint = {}};
    const auto evaluation = evaluate(tinyDesign(20), m_options, m_store.get(), {}, observer);
    ASSERT_FALSE(evaluation);
    EXPECT_THAT(evaluation.error().message, HasSubstr("not running"));
    EXPECT_LT(steps, 3 * kStepsPerEpoch);
}

TEST_F(Evaluate, storesHardwareWithoutTraining) {
    const auto design = tinyDesign(1);
    const auto report = hw::estimate(design);
    ASSERT_TRUE(report) << report.error().text();
    ASSERT_TRUE(storeHardware(*m_store, design, *report));
    const auto row = m_store->findDesign("tiny");
    ASSERT_TRUE(row) << row.error().text();
    EXPECT_EQ(row->cycles, report->cycles);
    EXPECT_FALSE(row->latestRun);
    const auto kept = m_store->hardware(design::hwHash(design));
    ASSERT_TRUE(kept && *kept);
    EXPECT_EQ((*kept)->modelVersion, hw::kModelVersion);
    EXPECT_EQ((*kept)->breakdownJson, hw::toJson(*report));
}

}  // namespace
}  // namespace mantissa::app
