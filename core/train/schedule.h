// SPDX-License-Identifier: GPL-3.0-or-later
// How the learning rate changes over a run.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/train/recipe.h"

namespace mantissa::train {

/// Where a run is.
struct RunPosition {
    std::int64_t step = 0;  ///< 0-based
    std::int64_t stepsPerEpoch = 1;
    std::int64_t steps = 1;  ///< of the whole run
};

/// One kind of schedule. The table in schedule.cpp has one entry a kind, in the order of
/// ScheduleKind; nothing else tells them apart.
struct ScheduleInfo {
    std::string_view id;                           ///< in JSON: "one_cycle"
    std::string_view help;                         ///< with its source
    std::span<const std::string_view> parameters;  ///< of the recipe that this kind alone reads
    double (*factor)(const Recipe& recipe, const RunPosition& at);  ///< on the learning rate
};
std::span<const ScheduleInfo> scheduleKinds();

/// The learning rate of step `step` (0-based) of `stepsPerEpoch * recipe.epochs`. During the first
/// `warmupEpochs` epochs, W steps, it is (step + 1) / W of what the schedule says (Goyal et al.,
/// arXiv:1706.02677, section 2.2).
double learningRateAt(const Recipe& recipe, std::int64_t step, std::int64_t stepsPerEpoch);

}  // namespace mantissa::train
