// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/reproduce/trainings.h"

#include <algorithm>
#include <set>
#include <utility>

#include "app/engine/evaluate.h"
#include "app/engine/seed.h"
#include "core/data/batches.h"
#include "core/systems/preset_design.h"

namespace mantissa::app {
namespace {

Result<Training> trainingOf(const systems::System& system, const std::string& preset,
                            const design::DesignPoint& baseline, int seed) {
    return systems::designOf(system, preset, baseline).map([&](const design::DesignPoint& design) {
        auto seeded =
            design.withRecipe(withSeed(design.recipe(), static_cast<std::uint64_t>(seed)));
        auto hash = design::trainHash(seeded);
        return Training{system.id, preset, seed, std::move(seeded), std::move(hash)};
    });
}

bool isChosen(const PresetChoice& choice, const systems::System& system,
              const std::string& preset) {
    const auto found = choice.find(system.id);
    return found == choice.end() || preset == systems::kBaseline || found->second.contains(preset);
}

double guessing(const data::Dataset& dataset) {
    return 1.0 / static_cast<double>(dataset.classes.size());
}

/// Nothing: stopped.
Result<std::optional<TrainingResult>> train(const Training& training, const data::Dataset& dataset,
                                            store::Store& store, const TrainingOptions& options,
                                            const JobContext& context,
                                            const std::function<void()>& onStep) {
    EvaluateOptions evaluateOptions;
    evaluateOptions.threads = options.threads;
    evaluateOptions.resume = true;
    evaluateOptions.datasetFolder = options.datasetFolder;
    const JobContext quiet(context.stopToken());
    const train::TrainObserver observer{
        .onStep = [&](const train::StepMetric&) { onStep(); }, .onEpoch = {}, .onCheckpoint = {}};
    return evaluate(training.design, evaluateOptions, &store, quiet, observer)
        .map([&](const Evaluation& evaluation) -> std::optional<TrainingResult> {
            switch (evaluation.training.status) {
                case train::RunStatus::Diverged:
                    return TrainingResult{guessing(dataset), true, false};
                case train::RunStatus::Cancelled:
                    return std::nullopt;
                case train::RunStatus::Done:
                    break;
            }
            return TrainingResult{evaluation.training.epochs.back().testAccuracy, false, false};
        });
}

Result<std::optional<TrainingResult>> resultOf(const std::string& trainHash, int emulation,
                                               const data::Dataset& dataset,
                                               const store::Store& store) {
    return store.latestRun(trainHash, emulation)
        .map([&](const std::optional<store::RunRow>& run) -> std::optional<TrainingResult> {
            if (!run || run->datasetHash != dataset.hash) {
                return std::nullopt;
            }
            if (run->status == store::StoredStatus::Diverged) {
                return TrainingResult{guessing(dataset), true, true, emulation};
            }
            if (run->status != store::StoredStatus::Done || !run->testAccuracy) {
                return std::nullopt;
            }
            return TrainingResult{*run->testAccuracy, false, true, emulation};
        });
}

}  // namespace

std::int64_t stepsOf(const Training& training, const data::Dataset& dataset) {
    const auto& recipe = training.design.recipe();
    const auto all = dataset.train.count();
    const auto images =
        recipe.trainImages == 0 ? all : std::min<std::int64_t>(all, recipe.trainImages);
    return recipe.epochs * data::BatchOptions{.images = images, .batch = recipe.batch}.count();
}

Result<std::optional<TrainingResult>> storedResult(const Training& training,
                                                   const data::Dataset& dataset,
                                                   const store::Store& store,
                                                   Emulations emulations) {
    const int oldest = emulations == Emulations::OlderToo ? 1 : design::kEmulation;
    Result<std::optional<TrainingResult>> result;
    for (int emulation = design::kEmulation; emulation >= oldest && result && !*result;
         --emulation) {
        result = resultOf(training.trainHash, emulation, dataset, store);
    }
    return result;
}

std::vector<std::string> presetsToTrain(const systems::System& system) {
    std::vector<std::string> presets;
    for (const auto& claim : system.claims) {
        for (const auto& preset : trainedPresets(claim.measure)) {
            if (std::find(presets.begin(), presets.end(), preset) == presets.end()) {
                presets.push_back(preset);
            }
        }
    }
    return presets;
}

bool isChosen(const PresetChoice& choice, const systems::System& system,
              const systems::Measure& measure) {
    const auto presets = trainedPresets(measure);
    return std::all_of(presets.begin(), presets.end(),
                       [&](const auto& preset) { return isChosen(choice, system, preset); });
}

Result<std::vector<Training>> planTrainings(std::span<const systems::System> systems,
                                            const PresetChoice& choice,
                                            const design::DesignPoint& baseline, int seeds) {
    std::vector<Training> trainings;
    std::set<std::string> known;
    for (const auto& system : systems) {
        for (const auto& preset : presetsToTrain(system)) {
            if (!isChosen(choice, system, preset)) {
                continue;
            }
            for (int seed = 1; seed <= seeds; ++seed) {
                auto training = trainingOf(system, preset, baseline, seed);
                if (!training) {
                    return tl::unexpected(training.error());
                }
                if (known.insert(training->trainHash).second) {
                    trainings.push_back(*std::move(training));
                }
            }
        }
    }
    return trainings;
}

Result<TrainingResults> runTrainings(std::span<const Training> trainings,
                                     const data::Dataset& dataset, store::Store& store,
                                     const TrainingOptions& options, const JobContext& context) {
    TrainingResults results;
    std::int64_t total = 0;
    for (const auto& training : trainings) {
        auto stored =
            storedResult(training, dataset, store,
                         options.storedOnly ? Emulations::OlderToo : Emulations::OfThisVersion);
        if (!stored) {
            return tl::unexpected(stored.error());
        }
        if (*stored) {
            results.emplace(training.trainHash, **stored);
        } else {
            total += stepsOf(training, dataset);
        }
    }
    std::int64_t done = 0;
    for (const auto& training : trainings) {
        if (options.storedOnly || results.contains(training.trainHash) || context.cancelled()) {
            continue;
        }
        if (options.onTraining) {
            options.onTraining(training, nullptr);
        }
        const auto phase = training.system + " " + training.preset;
        auto result = train(training, dataset, store, options, context,
                            [&] { context.report(phase, ++done, total); });
        if (!result) {
            return tl::unexpected(result.error());
        }
        if (*result) {
            results.emplace(training.trainHash, **result);
            if (options.onTraining) {
                options.onTraining(training, &**result);
            }
        }
    }
    return results;
}

std::optional<TrainedPreset> trainedPreset(const TrainingResults& results,
                                           const systems::System& system, const std::string& preset,
                                           const design::DesignPoint& baseline, int seeds) {
    TrainedPreset trained;
    for (int seed = 1; seed <= seeds; ++seed) {
        const auto training = trainingOf(system, preset, baseline, seed);
        const auto found = training ? results.find(training->trainHash) : results.end();
        if (found == results.end()) {
            return std::nullopt;
        }
        trained.accuracies.push_back(found->second.accuracy);
        trained.diverged += found->second.diverged ? 1 : 0;
        trained.oldestEmulation = std::min(trained.oldestEmulation, found->second.emulation);
    }
    return trained;
}

}  // namespace mantissa::app
