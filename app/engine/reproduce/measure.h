// SPDX-License-Identifier: GPL-3.0-or-later
// How the figure that stands beside a claim is obtained: one table of kinds.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/design/design_point.h"
#include "core/error.h"
#include "core/systems/system.h"

namespace mantissa::app {

/// What was obtained. A modelled figure has no spread.
struct Figure {
    double value = 0;
    double spread = 0;   ///< standard deviation over the seeds, 0 with one
    int seeds = 0;       ///< 0: modelled
    std::string remark;  ///< "1 of 3 seeds diverged"
    /// Ratios of areas, energies or powers: the same by Horowitz' table, where `value` is by our
    /// synthesis.
    std::optional<double> horowitz = {};
};

/// A preset's training: test accuracy for each seed, 0..1. A seed that diverged counts as guessing.
struct TrainedPreset {
    std::vector<double> accuracies;
    int diverged = 0;
    int oldestEmulation = design::kEmulation;  ///< of the seeds
};

struct MeasureContext {
    const systems::System& system;
    /// Absent where it was not (completely) trained.
    std::function<std::optional<TrainedPreset>(const std::string& preset)> trained;
};

/// Where a measure's figures come from.
enum class MeasureSource { Emulation, Model };

struct MeasureKind {
    std::string_view id;
    std::string_view help;
    MeasureSource source;
    std::span<const std::string_view> texts;    ///< what the measure has to say
    std::span<const std::string_view> numbers;  ///< likewise
    /// Nothing: not trained. Errors: a defect of the claim, or what the model refuses.
    Result<std::optional<Figure>> (*obtain)(const systems::Measure& measure,
                                            const MeasureContext& context);
};
std::span<const MeasureKind> measureKinds();

/// Whether the kind is known and its texts and numbers are those that it reads. `against` may
/// always be left out: FP32.
Result<const MeasureKind*> checkMeasure(const systems::Measure& measure);

/// The presets whose trainings the measure reads, "fp32" included; none for models.
std::vector<std::string> trainedPresets(const systems::Measure& measure);

}  // namespace mantissa::app
