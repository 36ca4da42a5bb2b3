// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/sensitivity.h"

#include <algorithm>
#include <utility>

#include "core/data/dataset_registry.h"
#include "core/numerics/registry.h"
#include "core/train/trainer.h"

namespace mantissa::study {
namespace {

constexpr std::int64_t kLongVector = 1 << 16;

double bitsOf(const numerics::TensorFormat& format) {
    return numerics::storageBitsPerElement(format.format, {kLongVector}, 0);
}

/// The format with so many mantissa bits, as it counts them; block floating point instead of one
/// that has no such parameter. May be illegal.
numerics::TensorFormat atWidth(numerics::TensorFormat format, int bits) {
    const auto widthOf = [](const numerics::Format& of) {
        const auto& parameters = numerics::familyOf(of).parameters;
        return std::find_if(parameters.begin(), parameters.end(),
                            [](const auto& param) { return param.spec.id == "man"; });
    };
    auto width = widthOf(format.format);
    if (width == numerics::familyOf(format.format).parameters.end()) {
        format.format = numerics::BlockFloat{};
        width = widthOf(format.format);
    }
    width->set(format.format, bits);
    return format;
}

/// Every layer with matrix products, every role of their passes, every width that saves something.
std::vector<SensitivityCase> casesOf(const design::DesignPoint& design,
                                     const std::vector<int>& widths) {
    std::vector<SensitivityCase> cases;
    const auto sites = design::planSites(design.precision(), design.network());
    for (std::size_t i = 0; i < sites.size(); ++i) {
        const auto& layer = design.network().layers[i];
        if (!nn::kindOf(layer.params).hasGemm) {
            continue;
        }
        for (const auto role : design::allRoles()) {
            const auto plan = design.precision().resolve(sites[i], role, std::nullopt).format;
            for (const int bits : widths) {
                SensitivityCase one{layer.name, role, atWidth(plan, bits), 0, {}, 0};
                if (!numerics::validate(one.format.format)) {
                    continue;  // a width that others have
                }
                one.savedBits = bitsOf(plan) - bitsOf(one.format);
                if (one.savedBits > 0) {
                    cases.push_back(std::move(one));
                }
            }
        }
    }
    return cases;
}

/// The trainings of one analysis, with progress over all of them.
class Trainings {
public:
    Trainings(const design::DesignPoint& design, const data::Dataset& dataset,
              const SensitivityOptions& options, const JobContext& context)
        : m_design(design), m_dataset(dataset), m_options(options), m_context(context) {}

    std::int64_t epochs = 0;  ///< of all trainings

    Result<train::TrainResult> run(const design::PrecisionPlan& plan, const std::string& phase,
                                   const train::TrainObserver& observer,
                                   const std::optional<train::Checkpoint>& resume) {
        const auto& network = m_design.network();
        const train::TrainSpec spec{.network = network,
                                    .precision = design::resolvePrecision(plan, network),
                                    .statePrecision = design::resolveStates(plan, network),
                                    .control = m_design.control(),
                                    .recipe = m_design.recipe(),
                                    .threads = m_options.threads,
                                    .watchedSteps = 0};
        const std::int64_t planned = m_design.recipe().epochs;
        const std::int64_t skipped = resume ? resume->epoch : 0;
        const JobContext inner(m_context.stopToken(), [&](const Progress& progress) {
            const std::int64_t steps = progress.total / planned;
            m_context.report(phase, progress.done + (m_done - skipped) * steps, epochs * steps);
        });
        auto result = train::train(spec, m_dataset, inner, observer, resume);
        m_done += planned - skipped;
        return result;
    }

private:
    const design::DesignPoint& m_design;
    const data::Dataset& m_dataset;
    const SensitivityOptions& m_options;
    const JobContext& m_context;
    std::int64_t m_done = 0;  ///< epochs
};

void record(SensitivityCase& one, const train::TrainResult& result, double accuracy) {
    if (result.status == train::RunStatus::Diverged) {
        one.lost = 1;
        return;
    }
    one.accuracy = result.epochs.back().testAccuracy;
    one.lost = accuracy - *one.accuracy;
}

Result<void> checkWidths(const std::vector<int>& widths) {
    for (const int bits : widths) {
        if (auto valid = numerics::validate(atWidth({}, bits).format); !valid) {
            valid.error().where = "widths: " + std::to_string(bits);
            return tl::unexpected(std::move(valid.error()));
        }
    }
    return {};
}

}  // namespace

design::PrecisionPlan withCase(const design::DesignPoint& design, const SensitivityCase& one) {
    const design::PlanScope scope{.kind = {}, .layer = one.layer};
    auto plan = design::withFormat(design.precision(), scope, {one.role, std::nullopt}, one.format);
    for (const auto pass : design::passesOf(one.role)) {  // what a nearer entry would say otherwise
        plan = design::withFormat(std::move(plan), scope, {one.role, pass}, one.format);
    }
    return plan;
}

Result<Sensitivity> analyseSensitivity(const design::DesignPoint& design,
                                       const SensitivityOptions& options,
                                       const JobContext& context) {
    if (auto valid = design::validate(design).and_then([&] { return checkWidths(options.widths); });
        !valid) {
        return tl::unexpected(valid.error());
    }
    const auto dataset = data::loadDataset(design.dataset(), options.datasetFolder, context);
    if (!dataset && dataset.error().code == ErrorCode::Cancelled) {
        return Sensitivity{.cases = {}, .cancelled = true};
    }
    if (!dataset) {
        return tl::unexpected(dataset.error());
    }
    Sensitivity result{.accuracy = 0, .changedEpoch = design.recipe().epochs, .cases = {}};
    auto cases = casesOf(design, options.widths);
    Trainings trainings(design, **dataset, options, context);
    trainings.epochs = result.changedEpoch + static_cast<std::int64_t>(cases.size());

    std::optional<train::Checkpoint> before;
    train::TrainObserver keeper;
    keeper.onCheckpoint = [&](const train::Checkpoint& checkpoint) {
        if (checkpoint.epoch == result.changedEpoch - 1) {
            before = checkpoint;
        }
    };
    const auto whole = trainings.run(design.precision(), "the design itself", keeper, std::nullopt);
    if (!whole) {
        return tl::unexpected(whole.error());
    }
    if (whole->status == train::RunStatus::Diverged) {
        return fail(ErrorCode::Diverged, whole->reason, "the design itself",
                    "try a smaller learning rate or a wider format first");
    }
    result.cancelled = whole->status == train::RunStatus::Cancelled;
    result.accuracy = whole->epochs.empty() ? 0 : whole->epochs.back().testAccuracy;
    for (std::size_t i = 0; i < cases.size() && !result.cancelled; ++i) {
        auto& one = cases[i];
        const std::string phase = one.layer + " " + std::string(design::roleText(one.role)) +
                                  " as " + numerics::formatText(one.format.format);
        const auto changed = trainings.run(withCase(design, one), phase, {}, before);
        if (!changed) {
            return tl::unexpected(changed.error());
        }
        result.cancelled = changed->status == train::RunStatus::Cancelled;
        if (!result.cancelled) {
            record(one, *changed, result.accuracy);
            result.cases.push_back(std::move(one));
        }
    }
    std::stable_sort(result.cases.begin(), result.cases.end(), [](const auto& a, const auto& b) {
        return a.lostPerSavedBit() < b.lostPerSavedBit();
    });
    return result;
}

}  // namespace mantissa::study
