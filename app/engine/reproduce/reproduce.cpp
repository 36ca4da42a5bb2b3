// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/reproduce/reproduce.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

#include "core/systems/preset_design.h"

namespace mantissa::app {
namespace {

/// What a claim's figure is; nothing where there is no way or no training.
Result<std::optional<Figure>> obtain(const systems::Claim& claim, const MeasureContext& context) {
    if (claim.measure.kind.empty()) {
        return std::nullopt;
    }
    auto figure = checkMeasure(claim.measure).and_then([&](const MeasureKind* kind) {
        return kind->obtain(claim.measure, context);
    });
    if (!figure) {
        auto error = figure.error();
        error.where = context.system.id + ", claim " + claim.id + ": " + error.where;
        return tl::unexpected(std::move(error));
    }
    return figure;
}

using Trained =
    std::function<std::optional<TrainedPreset>(const systems::System&, const std::string& preset)>;

/// Every claim with its figure and verdict.
Result<Reproduction> judged(std::span<const systems::System> systems, const Scale& scale,
                            const Trained& trained) {
    Reproduction reproduction{.scale = scale, .claims = {}};
    for (const auto& system : systems) {
        for (const auto& claim : system.claims) {
            int oldest = design::kEmulation;
            const MeasureContext measured{system, [&](const std::string& preset) {
                                              auto found = trained(system, preset);
                                              oldest = std::min(
                                                  oldest, found ? found->oldestEmulation : oldest);
                                              return found;
                                          }};
            const auto figure = obtain(claim, measured);
            if (!figure) {
                return tl::unexpected(figure.error());
            }
            reproduction.claims.push_back(
                {&system, &claim, *figure, judge(claim, *figure), oldest});
        }
        if (const auto fp32 = trained(system, std::string(systems::kBaseline))) {
            reproduction.baselineAccuracy =
                std::accumulate(fp32->accuracies.begin(), fp32->accuracies.end(), 0.0) /
                static_cast<double>(fp32->accuracies.size());
        }
    }
    return reproduction;
}

}  // namespace

Result<Reproduction> reproduceModels(std::span<const systems::System> systems, const Scale& scale) {
    return judged(systems, scale, [](const auto&, const auto&) { return std::nullopt; });
}

Result<Reproduction> reproduce(std::span<const systems::System> systems, const Scale& scale,
                               const data::Dataset& dataset, store::Store& store,
                               const TrainingOptions& options, const JobContext& context) {
    const auto baseline = baselineFor(scale, dataset);
    if (!baseline) {
        return tl::unexpected(baseline.error());
    }
    const auto results = planTrainings(systems, options.choice, *baseline, scale.seeds)
                             .and_then([&](const std::vector<Training>& trainings) {
                                 return runTrainings(trainings, dataset, store, options, context);
                             });
    if (!results) {
        return tl::unexpected(results.error());
    }
    return judged(systems, scale,
                  [&](const systems::System& system, const std::string& preset) {
                      return trainedPreset(*results, system, preset, *baseline, scale.seeds);
                  })
        .map([&](Reproduction reproduction) {
            reproduction.choice = options.choice;
            reproduction.complete = !context.cancelled();
            for (const auto& [hash, result] : *results) {
                reproduction.oldestEmulation =
                    std::min(reproduction.oldestEmulation, result.emulation);
            }
            return reproduction;
        });
}

int countOf(const Reproduction& reproduction, Verdict verdict) {
    return static_cast<int>(
        std::count_if(reproduction.claims.begin(), reproduction.claims.end(),
                      [&](const auto& one) { return one.judgement.verdict == verdict; }));
}

}  // namespace mantissa::app
