// SPDX-License-Identifier: GPL-3.0-or-later
// Published systems held against what was claimed of them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/engine/reproduce/trainings.h"
#include "app/engine/reproduce/verdict.h"

namespace mantissa::app {

/// A claim, what was obtained, and whether they agree.
struct ReproducedClaim {
    const systems::System* system = nullptr;
    const systems::Claim* claim = nullptr;
    std::optional<Figure> obtained;
    Judgement judgement;
    int oldestEmulation = design::kEmulation;  ///< of the trainings that it was obtained from
};

struct Reproduction {
    Scale scale;
    std::vector<ReproducedClaim> claims;       ///< in the order of systems and claims
    PresetChoice choice = {};                  ///< what was to be trained
    double baselineAccuracy = 0;               ///< FP32, mean of the seeds; 0: not trained
    bool complete = true;                      ///< nothing was left out because of a stop
    int oldestEmulation = design::kEmulation;  ///< of the trainings
};

/// Models and trains what the claims ask for. `systems` has to outlive the result. Errors: as
/// baselineFor, planTrainings, runTrainings, and a claim that the model cannot follow.
Result<Reproduction> reproduce(std::span<const systems::System> systems, const Scale& scale,
                               const data::Dataset& dataset, store::Store& store,
                               const TrainingOptions& options, const JobContext& context);

/// The same without training, nor looking for what was trained.
Result<Reproduction> reproduceModels(std::span<const systems::System> systems, const Scale& scale);

/// How many claims have a verdict.
int countOf(const Reproduction& reproduction, Verdict verdict);

}  // namespace mantissa::app
