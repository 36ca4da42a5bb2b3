// SPDX-License-Identifier: GPL-3.0-or-later
// The trainings that the claims of some systems ask for, each run once and kept.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
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

/// Every training that the systems' claims need, in their order, each once.
Result<std::vector<Training>> planTrainings(std::span<const systems::System> systems,
                                            const design::DesignPoint& baseline, int seeds);

struct TrainingResult {
    double accuracy = 0;  ///< of the last epoch; one that diverged: guessing
    bool diverged = false;
    bool reused = false;  ///< was in the store
};
/// By trainHash.
using TrainingResults = std::map<std::string, TrainingResult>;

struct TrainingOptions {
    int threads = 1;
    std::filesystem::path datasetFolder;
    bool storedOnly = false;  ///< trains nothing: what the store has
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
