// SPDX-License-Identifier: GPL-3.0-or-later
// How long trainings would take here, from a few steps of each.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "app/engine/reproduce/trainings.h"

namespace mantissa::app {

/// The seeds of one preset.
struct PresetTime {
    std::string system;
    std::string preset;
    int stored = 0;          ///< seeds whose results the store has
    int missing = 0;         ///< seeds that would be trained
    std::int64_t steps = 0;  ///< of each
    double secondsEach = 0;  ///< estimated; 0 where none is missing
    double seconds() const { return missing * secondsEach; }
};

struct TrainingTimes {
    std::vector<PresetTime> presets;
    bool complete = true;  ///< nothing was left out because of a stop
    int missing() const;
    double seconds() const;
};

/// Runs a few steps of every preset that is not stored and keeps nothing. What is left when the
/// context says stop is not timed. Errors: as train::train and the store.
Result<TrainingTimes> timeTrainings(std::span<const Training> trainings,
                                    const data::Dataset& dataset, const store::Store& store,
                                    int threads, const JobContext& context);

/// One line a preset, the sum at the end.
std::string trainingTimeText(const TrainingTimes& times);
/// {"presets": [{"system", "preset", "stored", "missing", "steps", "seconds"}], "missing",
/// "seconds", "complete"}, exact numbers.
std::string trainingTimeJson(const TrainingTimes& times);

}  // namespace mantissa::app
