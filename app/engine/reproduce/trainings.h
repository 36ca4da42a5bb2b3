// SPDX-License-Identifier: GPL-3.0-or-later
// The trainings that the claims of some systems ask for, each run once and kept.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "app/engine/reproduce/measure.h"
#include "app/engine/reproduce/scale.h"
#include "core/job_context.h"
#include "core/store/store.h"

namespace mantissa::app {

/// One seed of one preset. Presets of several systems that mean the same training share it.
struct Training {
    std::string system;
    std::string preset;
    int seed = 1;
    design::DesignPoint design;
    std::string trainHash;
};

/// Presets by their system's id. A system that is not named has all of its presets.
using PresetChoice = std::map<std::string, std::set<std::string>>;

/// The presets that a system's claims train, FP32 included, in the order of the claims.
std::vector<std::string> presetsToTrain(const systems::System& system);

/// Whether all that a measure reads is trained: by its choice, and FP32.
bool isChosen(const PresetChoice& choice, const systems::System& system,
              const systems::Measure& measure);

/// Every training that the systems' claims need, in their order, each once. A system of which
/// presets are chosen is trained in these and in FP32.
Result<std::vector<Training>> planTrainings(std::span<const systems::System> systems,
                                            const PresetChoice& choice,
                                            const design::DesignPoint& baseline, int seeds);

struct TrainingResult {
    double accuracy = 0;  ///< of the last epoch; one that diverged: guessing
    bool diverged = false;
    bool reused = false;                 ///< was in the store
    int emulation = design::kEmulation;  ///< that it was trained with
};
/// By trainHash.
using TrainingResults = std::map<std::string, TrainingResult>;

enum class Emulations { OfThisVersion, OlderToo };

/// Of a run of the store that came to its end on these data, if there is one: by the newest of the
/// emulations.
Result<std::optional<TrainingResult>> storedResult(const Training& training,
                                                   const data::Dataset& dataset,
                                                   const store::Store& store,
                                                   Emulations emulations);
/// Optimiser steps of a whole run.
std::int64_t stepsOf(const Training& training, const data::Dataset& dataset);

struct TrainingOptions {
    int threads = 1;
    std::filesystem::path datasetFolder;
    bool storedOnly = false;  ///< trains nothing: what the store has, of older emulations too
    PresetChoice choice = {};
    /// Called as each begins and ends; `result` is null at the beginning.
    std::function<void(const Training&, const TrainingResult* result)> onTraining;
};

/// Runs them in order and keeps each in the store, where a finished one of the same training on the
/// same data stands for a new run; a stopped one goes on. Progress counts optimiser steps of all.
/// When the context says stop, what is complete is returned. Errors: as evaluate().
Result<TrainingResults> runTrainings(std::span<const Training> trainings,
                                     const data::Dataset& dataset, store::Store& store,
                                     const TrainingOptions& options, const JobContext& context);

/// All seeds of a preset, if all are there.
std::optional<TrainedPreset> trainedPreset(const TrainingResults& results,
                                           const systems::System& system, const std::string& preset,
                                           const design::DesignPoint& baseline, int seeds);

}  // namespace mantissa::app
