// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/training_run.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <utility>

#include "core/numerics/quantise.h"
#include "core/train/evaluation.h"
#include "core/train/observation.h"
#include "core/train/schedule.h"
#include "core/train/spec_check.h"

namespace mantissa::train {
namespace {

// Names in a checkpoint.
constexpr const char* kUpdates = "optimiser.updates";
constexpr const char* kScale = "loss_scale.scale";
constexpr const char* kGoodSteps = "loss_scale.good_steps";
constexpr const char* kSkipped = "loss_scale.skipped";

double secondsSince(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
    if (values.empty()) {
        return 0;
    }
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

std::string shortNumber(double value) {
    std::array<char, 32> buffer{};
    (void)std::snprintf(buffer.data(), buffer.size(), "%.3g", value);
    return buffer.data();
}

data::BatchOptions trainOptions(const Recipe& recipe, const data::Dataset& dataset) {
    return {.images = trainImagesOf(recipe, dataset),
            .batch = recipe.batch,
            .scale = channelScale(recipe, dataset),
            .augmentation = {recipe.cropPadding, recipe.flip},
            .prefetch = true};
}

/// Whether some layer sums integers of a limited width.
bool sumsIntegers(const TrainSpec& spec) {
    return std::any_of(spec.precision.begin(), spec.precision.end(), [](const auto& layer) {
        return layer.compute == nn::ComputeMode::BitTrue &&
               std::holds_alternative<numerics::IntegerAccumulator>(layer.accumulator);
    });
}

}  // namespace

TrainingRun::TrainingRun(const TrainSpec& spec, const data::Dataset& dataset,
                         const JobContext& context, const TrainObserver& observer,
                         std::unique_ptr<PrecisionController> controller,
                         std::unique_ptr<nn::Network> network, ThreadTeam& team)
    : m_spec(spec),
      m_context(context),
      m_observer(observer),
      m_controller(std::move(controller)),
      m_network(std::move(network)),
      m_team(team),
      m_train(dataset.train, dataset.image, trainOptions(spec.recipe, dataset)),
      m_test(dataset.test, dataset.image, testBatches(spec.recipe, dataset)),
      m_optimiser(spec.recipe.optimiser,
                  optimisedParameters(m_network->parameters(), spec.network, spec.statePrecision)),
      m_transforms(spec.recipe, spec.network),
      m_scaler(spec.recipe),
      m_watch(spec.network.classes),
      m_totalSteps(m_train.count() * spec.recipe.epochs) {}

Result<std::unique_ptr<TrainingRun>> TrainingRun::make(const TrainSpec& spec,
                                                       const data::Dataset& dataset,
                                                       const JobContext& context,
                                                       const TrainObserver& observer,
                                                       ThreadTeam& team) {
    const auto& kind = controlKinds()[static_cast<std::size_t>(spec.control.kind)];
    auto controller = kind.make({spec.control, spec.network, spec.precision});
    if (controller && sumsIntegers(spec)) {
        // Formats to come that are no integers would end the run later.
        auto widest =
            nn::Network::make(spec.network, controller->widest(), spec.recipe.batch, team);
        if (!widest) {
            if (nn::Network::make(spec.network, spec.precision, spec.recipe.batch, team)) {
                widest.error().message = "with the formats that the precision control comes to, " +
                                         widest.error().message;
                widest.error().where = "control";
                widest.error().hint =
                    "let it come to formats of integers (epoch_format), or take an accumulator in "
                    "floating point: bit_true<fp<8,12>>";
            }
            return tl::unexpected(std::move(widest.error()));
        }
    }
    return nn::Network::make(spec.network, controller ? controller->precision() : spec.precision,
                             spec.recipe.batch, team,
                             {.keepsOperands = controller && controller->measures()})
        .map([&](nn::Network&& network) {
            return std::unique_ptr<TrainingRun>(
                new TrainingRun(spec, dataset, context, observer, std::move(controller),
                                std::make_unique<nn::Network>(std::move(network)), team));
        });
}

void TrainingRun::initialise() {
    m_network->initialise(m_spec.recipe.seedInit);
    // A step of its own for the random numbers: those of training count from 0.
    m_optimiser.roundMaster({.seed = m_spec.recipe.seedInit, .step = 0}, m_team);
}

Result<void> TrainingRun::restore(const Checkpoint& checkpoint) {
    if (checkpoint.epoch < 0 || checkpoint.epoch > m_spec.recipe.epochs) {
        return fail(ErrorCode::InvalidInput,
                    "is of epoch " + std::to_string(checkpoint.epoch) + ", the recipe has " +
                        std::to_string(m_spec.recipe.epochs) + " epochs",
                    "checkpoint");
    }
    m_epochsDone = checkpoint.epoch;
    return restoreState(checkpoint.state, m_network->parameters(), m_optimiser.states(),
                        m_context.stopToken())
        .and_then([this](const SingleValues& values) {
            setSingleValues(values);
            return m_controller ? remakeNetwork(networkOptions()) : Result<void>();
        });
}

nn::NetworkOptions TrainingRun::networkOptions() const {
    return {.keepsOperands = m_controller && m_controller->measures()};
}

Result<void> TrainingRun::remakeNetwork(const nn::NetworkOptions& options) {
    std::vector<std::vector<float>> kept;
    for (const auto& parameter : m_network->parameters()) {
        kept.emplace_back(parameter.value.begin(), parameter.value.end());
    }
    m_network.reset();  // before its successor takes as much memory
    auto made = nn::Network::make(m_spec.network,
                                  m_controller ? m_controller->precision() : m_spec.precision,
                                  m_spec.recipe.batch, m_team, options);
    if (!made) {
        return tl::unexpected(made.error());
    }
    m_network = std::make_unique<nn::Network>(*std::move(made));
    const auto parameters = m_network->parameters();
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        std::copy(kept[i].begin(), kept[i].end(), parameters[i].value.begin());
    }
    m_optimiser.rebind(parameters);
    return {};
}

SingleValues TrainingRun::singleValues() const {
    const ScalerState& scaler = m_scaler.state();
    SingleValues values = m_controller ? m_controller->state() : SingleValues();
    values[kUpdates] = static_cast<double>(m_optimiser.updates());
    values[kScale] = scaler.scale;
    values[kGoodSteps] = static_cast<double>(scaler.goodSteps);
    values[kSkipped] = static_cast<double>(scaler.skipped);
    return values;
}

void TrainingRun::setSingleValues(const SingleValues& values) {
    const auto get = [&values](const char* name, double otherwise) {
        const auto found = values.find(name);
        return found == values.end() ? otherwise : found->second;
    };
    m_optimiser.setUpdates(static_cast<std::int64_t>(get(kUpdates, 0)));
    m_scaler.setState({get(kScale, m_scaler.scale()), static_cast<std::int64_t>(get(kGoodSteps, 0)),
                       static_cast<std::int64_t>(get(kSkipped, 0))});
    if (m_controller) {
        m_controller->setState(values);
    }
}

TrainResult TrainingRun::go() {
    m_result.kernelPath = numerics::activePath();
    while (m_epochsDone < m_spec.recipe.epochs && trainEpoch()) {
    }
    m_result.secondsPerStep = median(std::move(m_stepSeconds));
    return std::move(m_result);
}

void TrainingRun::release() {
    m_train.pause();
    m_test.pause();
}

bool TrainingRun::trainEpoch() {
    const auto start = Clock::now();
    const int epoch = m_epochsDone + 1;
    const std::string phase =
        "training epoch " + std::to_string(epoch) + " of " + std::to_string(m_spec.recipe.epochs);
    m_train.shuffle(m_spec.recipe.seedData, static_cast<std::uint64_t>(epoch));
    m_transforms.startEpoch(m_epochsDone, m_network->parameters());
    nn::StepResult sums;
    for (std::int64_t batch = 0; batch < m_train.count(); ++batch) {
        const std::int64_t step = m_epochsDone * m_train.count() + batch;
        m_context.report(phase, step, m_totalSteps);
        if (m_context.cancelled()) {
            return cancel();
        }
        if (!decidePrecision(positionOf(step))) {
            return false;
        }
        const bool last = step + 1 == m_totalSteps;
        m_network->gatherStatistics(last || isWatched(step));
        m_network->gatherProfiles(last || isProfiled(step));
        const auto stepStart = Clock::now();
        if (!trainStep(step, sums)) {
            return false;
        }
        m_stepSeconds.push_back(secondsSince(stepStart));
    }
    if (epoch == m_spec.recipe.epochs) {
        m_result.statistics = m_network->statistics();
        m_result.profiles = m_network->profiles();
        m_result.arithmetic = m_network->arithmetic();
    }
    return finishEpoch(sums, start);
}

bool TrainingRun::decidePrecision(const RunPosition& at) {
    auto events = m_controller ? m_controller->decide(at) : std::vector<RunEvent>();
    if (events.empty()) {
        return true;
    }
    for (auto& event : events) {
        record(std::move(event));
    }
    if (const auto made = remakeNetwork(networkOptions()); !made) {
        m_result.status = RunStatus::Diverged;
        m_result.reason = made.error().text();
        return false;
    }
    return true;
}

nn::StepResult TrainingRun::forwardAndBackward(std::int64_t step) {
    const Recipe& recipe = m_spec.recipe;
    const data::Batch batch = m_train.at(step % m_train.count());
    m_transforms.enter(m_network->parameters());
    const auto result = m_network->trainStep(
        batch.images, batch.labels,
        {.seed = recipe.seedRounding, .step = static_cast<std::uint64_t>(step)},
        {.scale = m_scaler.scale(), .smoothing = recipe.labelSmoothing});
    m_transforms.leave(m_network->parameters());
    return result;
}

bool TrainingRun::trainStep(std::int64_t step, nn::StepResult& sums) {
    const nn::StepResult result = forwardAndBackward(step);
    if (result.cancelled) {
        return cancel();
    }
    const auto images = static_cast<double>(result.images);
    const StepMetric metric{step, result.lossSum / images,
                            static_cast<double>(result.correct) / images};
    if (const auto wrong = m_watch.check(metric.loss)) {
        return diverge(*wrong, step);
    }
    if (isWatched(step)) {
        observe(step);
    }
    if (m_controller && m_controller->observes(positionOf(step))) {
        m_controller->observe(positionOf(step), *m_network, m_team);
    }
    if (!update(step)) {
        return false;
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

bool TrainingRun::update(std::int64_t step) {
    const Recipe& recipe = m_spec.recipe;
    double factor = 1 / m_scaler.scale();
    if (m_scaler.scales() || recipe.clipNorm > 0) {
        const double norm = m_optimiser.gradientNorm(m_team) * factor;
        if (m_team.stopped()) {
            return cancel();
        }
        if (!std::isfinite(norm) && m_scaler.scales()) {
            return skipUpdate(step);
        }
        // torch.nn.utils.clip_grad_norm_ (Pascanu, Mikolov and Bengio, ICML 2013).
        constexpr double kGuard = 1e-6;
        if (recipe.clipNorm > 0 && norm > recipe.clipNorm) {
            factor *= recipe.clipNorm / (norm + kGuard);
        }
        if (m_scaler.scales()) {
            m_scaler.update(step, false);
        }
    }
    const auto wrong = m_optimiser.step(
        recipe, learningRateAt(recipe, step, m_train.count()), static_cast<float>(factor),
        {.seed = recipe.seedRounding, .step = static_cast<std::uint64_t>(step)}, m_team);
    if (m_team.stopped()) {
        return cancel();
    }
    if (wrong) {
        return diverge((wrong->inGradient ? "the gradient of " : "the updated ") +
                           wrong->parameter + " holds NaN or Inf",
                       step, wrong->inGradient);
    }
    return true;
}

bool TrainingRun::skipUpdate(std::int64_t step) {
    const std::string parameter = m_optimiser.firstWithoutFiniteGradient();
    const double before = m_scaler.scale();
    m_scaler.update(step, true);
    if (m_scaler.givesUp()) {
        return diverge("the gradient of " + parameter + " overflowed in " +
                           std::to_string(LossScaler::kPatience) +
                           " steps on end, the last time at loss scale " + shortNumber(before),
                       step);
    }
    record({step, "loss scale", m_scaler.scale(),
            "gradient of " + parameter + " overflowed at " + shortNumber(before) +
                "; update left out"});
    return true;
}

void TrainingRun::record(RunEvent event) {
    m_result.events.push_back(std::move(event));
    if (m_observer.onEvent) {
        m_observer.onEvent(m_result.events.back());
    }
}

bool TrainingRun::isWatched(std::int64_t step, std::int64_t every) const {
    if (m_spec.watchedSteps <= 0) {
        return false;
    }
    const std::int64_t apart = (m_totalSteps + m_spec.watchedSteps - 1) / m_spec.watchedSteps;
    return step % (every * apart) == 0;
}

bool TrainingRun::isProfiled(std::int64_t step) const {
    constexpr std::int64_t kEvery = 5;  // profiles are larger, and take longer
    return isWatched(step, kEvery);
}

void TrainingRun::observe(std::int64_t step) {
    auto seen =
        observationsOf(*m_network, step, m_scaler.scale(), isProfiled(step), m_context.stopToken());
    if (m_observer.onObservations) {
        m_observer.onObservations(seen);
    }
    std::move(seen.begin(), seen.end(), std::back_inserter(m_result.observations));
}

bool TrainingRun::finishEpoch(const nn::StepResult& sums, Clock::time_point start) {
    const std::int64_t steps = (m_epochsDone + 1) * m_train.count();
    m_transforms.endEpoch(m_network->parameters());
    const auto test = evaluate(*m_network, m_test, m_spec.recipe.seedRounding, m_context,
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
        state = encodeState(m_network->parameters(), std::as_const(m_optimiser).states(),
                            singleValues(), m_context.stopToken());
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

bool TrainingRun::cancel() {
    m_result.status = RunStatus::Cancelled;
    return false;
}

/// Operands are not kept while all is well; the step is run once more to see them.
std::vector<std::string> TrainingRun::whatTheStepShows(std::int64_t step) {
    if (!remakeNetwork({.keepsOperands = true})) {
        return {};
    }
    m_network->gatherStatistics(true);
    m_network->gatherProfiles(true);
    if (forwardAndBackward(step).cancelled) {
        return {};
    }
    return {firstNonFiniteInput(*m_network, m_spec.network, m_context.stopToken()),
            worstOperand(m_network->statistics()), deadChannels(m_network->profiles())};
}

bool TrainingRun::diverge(const std::string& what, std::int64_t step, bool stepExplains) {
    m_result.status = RunStatus::Diverged;
    m_result.reason = what + " at step " + std::to_string(step) + " (epoch " +
                      std::to_string(m_epochsDone + 1) + " of " +
                      std::to_string(m_spec.recipe.epochs) + ", learning rate " +
                      shortNumber(learningRateAt(m_spec.recipe, step, m_train.count())) + ")";
    auto details = stepExplains ? whatTheStepShows(step) : std::vector<std::string>();
    details.push_back(largestWeight(m_network->parameters(), m_context.stopToken()));
    for (const std::string& detail : details) {
        if (!detail.empty()) {
            m_result.reason += "; " + detail;
        }
    }
    m_result.reason += ". Lower the learning rate, or give that layer a format of wider range.";
    return false;
}

}  // namespace mantissa::train
