// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/trainer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

#include "core/data/batches.h"
#include "core/train/checkpoint.h"
#include "core/train/divergence.h"
#include "core/train/evaluation.h"
#include "core/train/sgd.h"

namespace mantissa::train {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kMostThreads = 1024;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
    if (values.empty()) {
        return 0;
    }
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

std::int64_t trainImagesOf(const Recipe& recipe, const data::Dataset& dataset) {
    return recipe.trainImages == 0 ? dataset.train.count() : recipe.trainImages;
}

Result<void> checkSplit(const data::Split& split, std::string_view name, const TrainSpec& spec) {
    const std::string place(name);
    if (split.count() == 0) {
        return fail(ErrorCode::InvalidInput, "the data set has no images", place);
    }
    if (static_cast<std::int64_t>(split.pixels.size()) !=
        split.count() * elementCount(spec.network.input)) {
        return fail(ErrorCode::InvalidInput,
                    "has " + std::to_string(split.count()) + " labels but " +
                        std::to_string(split.pixels.size()) + " pixels",
                    place);
    }
    const int largest = *std::max_element(split.labels.begin(), split.labels.end());
    if (largest >= spec.network.classes) {
        return fail(ErrorCode::InvalidInput,
                    "has label " + std::to_string(largest) + ", the network has " +
                        std::to_string(spec.network.classes) + " classes",
                    place);
    }
    return {};
}

Result<void> checkDataset(const TrainSpec& spec, const data::Dataset& dataset) {
    if (dataset.image != spec.network.input) {
        return fail(ErrorCode::InvalidInput,
                    "the network takes images of " + shapeText(spec.network.input) + ", " +
                        dataset.name + " has " + shapeText(dataset.image),
                    "network", "set the network's input to the shape of the data set");
    }
    if (static_cast<std::int64_t>(dataset.classes.size()) != spec.network.classes) {
        return fail(ErrorCode::InvalidInput,
                    "the network has " + std::to_string(spec.network.classes) + " classes, " +
                        dataset.name + " has " + std::to_string(dataset.classes.size()),
                    "network", "set the network's classes and its last layer to those of the data");
    }
    if (spec.recipe.trainImages > dataset.train.count()) {
        return fail(ErrorCode::InvalidInput,
                    "train_images is " + std::to_string(spec.recipe.trainImages) + ", " +
                        dataset.name + " has " + std::to_string(dataset.train.count()),
                    "recipe", "0 takes all");
    }
    if (auto split = checkSplit(dataset.train, "training set", spec); !split) {
        return split;
    }
    return checkSplit(dataset.test, "test set", spec);
}

Result<void> checkSpec(const TrainSpec& spec, const data::Dataset& dataset) {
    if (spec.threads < 1 || spec.threads > kMostThreads) {
        return fail(ErrorCode::InvalidInput, "threads is " + std::to_string(spec.threads) +
                                                 ", must be an integer from 1 to " +
                                                 std::to_string(kMostThreads));
    }
    for (const auto& param : recipeParams()) {
        if (auto check = checkParam(param.spec, param.get(spec.recipe), "recipe"); !check) {
            return check;
        }
    }
    if (spec.precision.size() != spec.network.layers.size()) {
        return fail(ErrorCode::InvalidInput, "there are " + std::to_string(spec.precision.size()) +
                                                 " precision entries for " +
                                                 std::to_string(spec.network.layers.size()) +
                                                 " layers");
    }
    return checkDataset(spec, dataset);
}

/// One training run, from the first epoch it has to do to its end.
class Run {
public:
    Run(const TrainSpec& spec, const data::Dataset& dataset, const JobContext& context,
        const TrainObserver& observer, nn::Network& network, ThreadTeam& team)
        : m_spec(spec),
          m_context(context),
          m_observer(observer),
          m_network(network),
          m_team(team),
          m_train(dataset.train, elementCount(dataset.image), trainImagesOf(spec.recipe, dataset),
                  spec.recipe.batch),
          m_test(dataset.test, elementCount(dataset.image), dataset.test.count(),
                 spec.recipe.batch),
          m_sgd(network.parameters()),
          m_watch(spec.network.classes),
          m_totalSteps(m_train.count() * spec.recipe.epochs) {}

    Result<void> restore(const Checkpoint& checkpoint) {
        if (checkpoint.epoch < 0 || checkpoint.epoch > m_spec.recipe.epochs) {
            return fail(ErrorCode::InvalidInput,
                        "is of epoch " + std::to_string(checkpoint.epoch) + ", the recipe has " +
                            std::to_string(m_spec.recipe.epochs) + " epochs",
                        "checkpoint");
        }
        m_epochsDone = checkpoint.epoch;
        return restoreState(checkpoint.state, m_network.parameters(), m_sgd.momenta(),
                            m_context.stopToken());
    }

    TrainResult go() {
        m_result.kernelPath = numerics::activePath();
        while (m_epochsDone < m_spec.recipe.epochs && trainEpoch()) {
        }
        m_result.secondsPerStep = median(std::move(m_stepSeconds));
        return std::move(m_result);
    }

private:
    // Each of the following returns whether the run goes on; if not, the status says why.
    bool trainEpoch();
    bool trainStep(std::int64_t step, nn::StepResult& sums);
    bool finishEpoch(const nn::StepResult& sums, Clock::time_point start);
    bool cancel();
    bool diverge(const std::string& what, std::int64_t step);

    const TrainSpec& m_spec;
    const JobContext& m_context;
    const TrainObserver& m_observer;
    nn::Network& m_network;
    ThreadTeam& m_team;
    data::Batches m_train;
    data::Batches m_test;
    Sgd m_sgd;
    LossWatch m_watch;
    std::int64_t m_totalSteps;
    int m_epochsDone = 0;
    std::vector<double> m_stepSeconds;
    TrainResult m_result;
};

bool Run::trainEpoch() {
    const auto start = Clock::now();
    const int epoch = m_epochsDone + 1;
    const std::string phase =
        "training epoch " + std::to_string(epoch) + " of " + std::to_string(m_spec.recipe.epochs);
    m_train.shuffle(m_spec.recipe.seedData, static_cast<std::uint64_t>(epoch));
    nn::StepResult sums;
    for (std::int64_t batch = 0; batch < m_train.count(); ++batch) {
        const std::int64_t step = m_epochsDone * m_train.count() + batch;
        m_context.report(phase, step, m_totalSteps);
        if (m_context.cancelled()) {
            return cancel();
        }
        m_network.gatherStatistics(step + 1 == m_totalSteps);
        const auto stepStart = Clock::now();
        if (!trainStep(step, sums)) {
            return false;
        }
        m_stepSeconds.push_back(secondsSince(stepStart));
    }
    if (epoch == m_spec.recipe.epochs) {
        m_result.statistics = m_network.statistics();
    }
    return finishEpoch(sums, start);
}

bool Run::trainStep(std::int64_t step, nn::StepResult& sums) {
    const Recipe& recipe = m_spec.recipe;
    const data::Batch batch = m_train.at(step % m_train.count());
    const nn::StepResult result = m_network.trainStep(
        batch.images, batch.labels,
        {.seed = recipe.seedRounding, .step = static_cast<std::uint64_t>(step)});
    if (result.cancelled) {
        return cancel();
    }
    const auto images = static_cast<double>(result.images);
    const StepMetric metric{step, result.lossSum / images,
                            static_cast<double>(result.correct) / images};
    if (const auto wrong = m_watch.check(metric.loss)) {
        return diverge(*wrong, step);
    }
    const SgdFactors factors{static_cast<float>(learningRateAt(recipe, step, m_train.count())),
                             static_cast<float>(recipe.momentum),
                             static_cast<float>(recipe.weightDecay)};
    const auto wrong = m_sgd.step(factors, m_team);
    if (m_team.stopped()) {
        return cancel();
    }
    if (wrong) {
        return diverge((wrong->inGradient ? "the gradient of " : "the updated ") +
                           wrong->parameter + " holds NaN or Inf",
                       step);
    }
    sums.lossSum += result.lossSum;
    sums.correct += result.correct;
    sums.images += result.images;
    m_result.steps.push_back(metric);
    if (m_observer.onStep) {
        m_observer.onStep(metric);
    }
    return true;
}

bool Run::finishEpoch(const nn::StepResult& sums, Clock::time_point start) {
    const std::int64_t steps = (m_epochsDone + 1) * m_train.count();
    const auto test = evaluate(m_network, m_test, m_spec.recipe.seedRounding, m_context,
                               [&] { m_context.report("evaluating", steps, m_totalSteps); });
    if (!test) {
        return cancel();
    }
    if (!std::isfinite(test->loss)) {
        return diverge("the loss on the test set is not finite", steps - 1);
    }
    // Before the epoch counts: a stop leaves either all of an epoch or the checkpoint before it.
    std::optional<std::vector<std::byte>> state;
    if (m_observer.onCheckpoint) {
        state = encodeState(m_network.parameters(), m_sgd.momenta(), m_context.stopToken());
        if (!state) {
            return cancel();
        }
    }
    ++m_epochsDone;
    const auto images = static_cast<double>(sums.images);
    const EpochMetric metric{.epoch = m_epochsDone,
                             .step = steps,
                             .trainLoss = sums.lossSum / images,
                             .trainAccuracy = static_cast<double>(sums.correct) / images,
                             .testLoss = test->loss,
                             .testAccuracy = test->accuracy,
                             .seconds = secondsSince(start)};
    m_result.epochs.push_back(metric);
    if (m_observer.onEpoch) {
        m_observer.onEpoch(metric);
    }
    if (state) {
        m_observer.onCheckpoint({m_epochsDone, *std::move(state)});
    }
    return true;
}

bool Run::cancel() {
    m_result.status = RunStatus::Cancelled;
    return false;
}

bool Run::diverge(const std::string& what, std::int64_t step) {
    std::array<char, 32> rate{};
    (void)std::snprintf(rate.data(), rate.size(), "%.3g",
                        learningRateAt(m_spec.recipe, step, m_train.count()));
    m_result.status = RunStatus::Diverged;
    m_result.reason = what + " at step " + std::to_string(step) + " (epoch " +
                      std::to_string(m_epochsDone + 1) + " of " +
                      std::to_string(m_spec.recipe.epochs) + ", learning rate " + rate.data() + ")";
    for (const std::string& detail :
         {firstNonFiniteInput(m_network, m_spec.network, m_context.stopToken()),
          largestWeight(m_network.parameters(), m_context.stopToken())}) {
        if (!detail.empty()) {
            m_result.reason += "; " + detail;
        }
    }
    m_result.reason += ". Lower the learning rate, or give that layer a format of wider range.";
    return false;
}

/// The system takes back a gigabyte in about 50 ms, and nobody who asked for a stop waits for that.
/// What is dropped refers to nothing outside that its destructors use.
void dropInBackground(std::unique_ptr<Run> run, std::unique_ptr<nn::Network> network) {
    try {
        std::thread([run = std::move(run), network = std::move(network)]() mutable {
            run.reset();
            network.reset();
        }).detach();
    } catch (const std::system_error&) {
        return;  // no thread is to be had: both were freed on the way
    }
}

}  // namespace

Result<TrainResult> train(const TrainSpec& spec, const data::Dataset& dataset,
                          const JobContext& context, const TrainObserver& observer,
                          const std::optional<Checkpoint>& resume) {
    if (auto check = checkSpec(spec, dataset); !check) {
        return tl::unexpected(check.error());
    }
    ThreadTeam team(spec.threads, context.stopToken());
    auto made = nn::Network::make(spec.network, spec.precision, spec.recipe.batch, team);
    if (!made) {
        return tl::unexpected(made.error());
    }
    auto network = std::make_unique<nn::Network>(*std::move(made));
    network->initialise(spec.recipe.seedInit);
    auto run = std::make_unique<Run>(spec, dataset, context, observer, *network, team);
    TrainResult result;
    const auto restored = resume ? run->restore(*resume) : Result<void>();
    if (restored) {
        result = run->go();
    } else if (restored.error().code == ErrorCode::Cancelled) {
        result.status = RunStatus::Cancelled;
    } else {
        return tl::unexpected(restored.error());
    }
    if (result.status == RunStatus::Cancelled) {
        dropInBackground(std::move(run), std::move(network));
    }
    return result;
}

}  // namespace mantissa::train
