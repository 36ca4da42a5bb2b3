// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/schedule.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace mantissa::train {
namespace {

constexpr std::array<std::string_view, 2> kStepParameters{"step_epochs", "step_factor"};
constexpr std::array<std::string_view, 1> kOneCycleParameters{"peak_share"};

double constant(const Recipe& /*recipe*/, const RunPosition& /*at*/) {
    return 1;
}

double inSteps(const Recipe& recipe, const RunPosition& at) {
    const std::int64_t drops = at.step / (at.stepsPerEpoch * recipe.stepEpochs);
    return std::pow(recipe.stepFactor, static_cast<double>(drops));
}

double cosine(const Recipe& /*recipe*/, const RunPosition& at) {
    const double angle =
        std::numbers::pi * static_cast<double>(at.step) / static_cast<double>(at.steps);
    return 0.5 * (1 + std::cos(angle));
}

/// Half a cosine from `start` to `end` as `share` goes from 0 to 1.
double between(double start, double end, double share) {
    return end + (start - end) * 0.5 * (1 + std::cos(std::numbers::pi * share));
}

/// The numbers of torch.optim.lr_scheduler.OneCycleLR's defaults.
double oneCycle(const Recipe& recipe, const RunPosition& at) {
    constexpr double kStart = 1.0 / 25;
    constexpr double kEnd = kStart / 1e4;
    const auto step = static_cast<double>(at.step);
    const double last = static_cast<double>(at.steps) - 1;
    const double peak = std::max(0.0, recipe.peakShare * static_cast<double>(at.steps) - 1);
    if (step < peak) {
        return between(kStart, 1, step / peak);
    }
    return last > peak ? between(1, kEnd, (step - peak) / (last - peak)) : 1;
}

constexpr std::array<ScheduleInfo, 4> kSchedules{{
    {"constant", "stays", {}, constant},
    {"step", "is multiplied by the step factor after every so many epochs", kStepParameters,
     inSteps},
    {"cosine",
     "falls as half a cosine to 0 (Loshchilov and Hutter, ICLR 2017, without restarts)",
     {},
     cosine},
    {"one_cycle",
     "rises from a 25th to its value and falls to almost 0, both as half cosines (Smith and Topin, "
     "arXiv:1708.07120)",
     kOneCycleParameters, oneCycle},
}};

}  // namespace

std::span<const ScheduleInfo> scheduleKinds() {
    return kSchedules;
}

double learningRateAt(const Recipe& recipe, std::int64_t step, std::int64_t stepsPerEpoch) {
    const RunPosition at{step, stepsPerEpoch, stepsPerEpoch * recipe.epochs};
    const auto& schedule = kSchedules[static_cast<std::size_t>(recipe.schedule)];
    const double rate = recipe.learningRate * schedule.factor(recipe, at);
    const double warmup = std::round(recipe.warmupEpochs * static_cast<double>(stepsPerEpoch));
    const double done = static_cast<double>(step) + 1;
    return done < warmup ? rate * (done / warmup) : rate;
}

}  // namespace mantissa::train
