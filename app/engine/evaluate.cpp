// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/evaluate.h"

#include <algorithm>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "core/data/dataset_registry.h"
#include "core/design/precision_plan.h"
#include "core/numerics/quantise.h"

namespace mantissa::app {
namespace {

/// Keeps a run's metrics as they come. The first error stays and asks the training to stop.
class Recorder {
public:
    Recorder(store::Store* store, std::int64_t run, std::stop_source stop)
        : m_store(store), m_run(run), m_stop(std::move(stop)) {}

    void add(const train::StepMetric& step) {
        if (m_store != nullptr) {
            m_records.steps.push_back(step);
        }
    }
    void add(const train::RunEvent& event) {
        if (m_store != nullptr) {
            m_records.events.push_back(event);
        }
    }
    void add(const std::vector<train::Observation>& seen) {
        if (m_store != nullptr) {
            m_records.observations.insert(m_records.observations.end(), seen.begin(), seen.end());
        }
    }
    void add(const train::EpochMetric& epoch) { m_epoch = epoch; }
    void commit(const train::Checkpoint& checkpoint) {
        if (m_store == nullptr || m_error) {
            return;
        }
        if (auto kept = m_store->commitEpoch(m_run, m_records, m_epoch, checkpoint); !kept) {
            m_error = kept.error();
            m_stop.request_stop();
        }
        m_records = {};
    }
    /// Ends the run in the store; an error of before is reported here.
    Result<void> finish(store::StoredStatus status, const std::string& reason) {
        if (m_store == nullptr) {
            return {};
        }
        if (m_error) {
            status = store::StoredStatus::Failed;
        }
        auto finished =
            m_store->finishRun(m_run, status, m_error ? m_error->text() : reason, m_records);
        return m_error ? tl::unexpected(*m_error) : finished;
    }

private:
    store::Store* m_store;
    std::int64_t m_run;
    std::stop_source m_stop;
    store::StepRecords m_records;  ///< of the epoch that is not committed yet
    train::EpochMetric m_epoch;
    std::optional<Error> m_error;
};

template <typename Callback, typename Value>
void notify(const Callback& callback, const Value& value) {
    if (callback) {
        callback(value);
    }
}

/// Gives the copied curve to the observer and to the new run.
void replay(const store::StoppedRun& resume, Recorder& recorder,
            const train::TrainObserver& observer) {
    auto step = resume.curves.steps.begin();
    auto event = resume.curves.events.begin();
    auto seen = resume.curves.observations.begin();
    for (const auto& epoch : resume.curves.epochs) {
        for (; step != resume.curves.steps.end() && step->step < epoch.step; ++step) {
            recorder.add(*step);
            notify(observer.onStep, *step);
        }
        for (; event != resume.curves.events.end() && event->step < epoch.step; ++event) {
            recorder.add(*event);
            notify(observer.onEvent, *event);
        }
        std::vector<train::Observation> before;
        for (; seen != resume.curves.observations.end() && seen->step < epoch.step; ++seen) {
            before.push_back(*seen);
        }
        recorder.add(before);
        notify(observer.onObservations, before);
        recorder.add(epoch);
        notify(observer.onEpoch, epoch);
        recorder.commit(resume.checkpoint);
    }
}

/// Trains with every metric recorded; the caller's observer sees them too.
Result<train::TrainResult> trainRecorded(const train::TrainSpec& spec, const data::Dataset& dataset,
                                         const JobContext& context,
                                         const train::TrainObserver& observer,
                                         const std::optional<store::StoppedRun>& resume,
                                         Recorder& recorder, std::stop_source stop) {
    // The caller's stop request and a failed store both have to end the training, at any moment.
    const std::stop_callback forwardStop(context.stopToken(), [&stop] { stop.request_stop(); });
    const JobContext inner(stop.get_token(), [&context](const Progress& progress) {
        context.report(progress.phase, progress.done, progress.total);
    });
    const train::TrainObserver recording{.onStep =
                                             [&](const train::StepMetric& step) {
                                                 recorder.add(step);
                                                 notify(observer.onStep, step);
                                             },
                                         .onEvent =
                                             [&](const train::RunEvent& event) {
                                                 recorder.add(event);
                                                 notify(observer.onEvent, event);
                                             },
                                         .onObservations =
                                             [&](const std::vector<train::Observation>& seen) {
                                                 recorder.add(seen);
                                                 notify(observer.onObservations, seen);
                                             },
                                         .onEpoch =
                                             [&](const train::EpochMetric& epoch) {
                                                 recorder.add(epoch);
                                                 notify(observer.onEpoch, epoch);
                                             },
                                         .onCheckpoint =
                                             [&](const train::Checkpoint& checkpoint) {
                                                 recorder.commit(checkpoint);
                                                 notify(observer.onCheckpoint, checkpoint);
                                             }};
    if (!resume) {
        return train::train(spec, dataset, inner, recording);
    }
    replay(*resume, recorder, observer);
    auto result = train::train(spec, dataset, inner, recording, resume->checkpoint);
    if (result) {
        result->steps.insert(result->steps.begin(), resume->curves.steps.begin(),
                             resume->curves.steps.end());
        result->events.insert(result->events.begin(), resume->curves.events.begin(),
                              resume->curves.events.end());
        result->observations.insert(result->observations.begin(),
                                    resume->curves.observations.begin(),
                                    resume->curves.observations.end());
        result->epochs.insert(result->epochs.begin(), resume->curves.epochs.begin(),
                              resume->curves.epochs.end());
    }
    return result;
}

store::StoredStatus storedStatus(train::RunStatus status) {
    switch (status) {
        case train::RunStatus::Done:
            return store::StoredStatus::Done;
        case train::RunStatus::Cancelled:
            return store::StoredStatus::Cancelled;
        case train::RunStatus::Diverged:
            return store::StoredStatus::Diverged;
    }
    return store::StoredStatus::Failed;
}

/// The run's row, and the hardware beside it, before the first step. 0 without a store.
Result<std::int64_t> startRun(store::Store* store, const Evaluation& evaluation, int threads) {
    if (store == nullptr) {
        return 0;
    }
    return storeHardware(*store, evaluation.design, evaluation.hardware, store::NamePolicy::Keep)
        .and_then([&] {
            return store->startRun({.design = evaluation.design,
                                    .datasetHash = evaluation.datasetHash,
                                    .kernelPath = std::string(numerics::activePath()),
                                    .threads = threads});
        });
}

/// All but the training: what can fail before a run exists.
Result<Evaluation> prepare(const design::DesignPoint& design, const EvaluateOptions& options) {
    if (options.threads < 1) {
        return fail(ErrorCode::InvalidInput,
                    "is " + std::to_string(options.threads) + " (allowed: 1 or more)", "threads");
    }
    if (auto valid = design::validate(design); !valid) {
        return tl::unexpected(valid.error());
    }
    auto hardware = hw::estimate(design);
    if (!hardware) {
        return tl::unexpected(hardware.error());
    }
    Evaluation evaluation;
    evaluation.design = design;
    evaluation.designHash = design::designHash(design);
    evaluation.hardware = *std::move(hardware);
    return evaluation;
}

}  // namespace

train::TrainSpec trainSpec(const design::DesignPoint& design, int threads) {
    return {.network = design.network(),
            .precision = design::resolvePrecision(design.precision(), design.network()),
            .statePrecision = design::resolveStates(design.precision(), design.network()),
            .control = design.control(),
            .recipe = design.recipe(),
            .threads = threads};
}

Result<Evaluation> evaluate(const design::DesignPoint& design, const EvaluateOptions& options,
                            store::Store* store, const JobContext& context,
                            const train::TrainObserver& observer) {
    auto evaluation = prepare(design, options);
    if (!evaluation) {
        return evaluation;
    }
    const auto dataset = data::loadDataset(design.dataset(), options.datasetFolder, context);
    if (!dataset && dataset.error().code == ErrorCode::Cancelled) {
        evaluation->training.status = train::RunStatus::Cancelled;
        return evaluation;
    }
    if (!dataset) {
        return tl::unexpected(dataset.error());
    }
    evaluation->datasetHash = (*dataset)->hash;

    std::optional<store::StoppedRun> resume;
    if (store != nullptr && options.resume) {
        auto found = store->stoppedRun(design::trainHash(design), evaluation->datasetHash);
        if (!found) {
            return tl::unexpected(found.error());
        }
        resume = *std::move(found);
        evaluation->resumedEpochs = resume ? resume->checkpoint.epoch : 0;
    }
    const auto run = startRun(store, *evaluation, options.threads);
    if (!run) {
        return tl::unexpected(run.error());
    }
    evaluation->run = *run;

    const auto spec = trainSpec(design, options.threads);
    const std::stop_source stop;
    Recorder recorder(store, *run, stop);
    auto training = trainRecorded(spec, **dataset, context, observer, resume, recorder, stop);
    const auto finished =
        training ? recorder.finish(storedStatus(training->status), training->reason)
                 : recorder.finish(store::StoredStatus::Failed, training.error().text());
    if (!training) {
        return tl::unexpected(training.error());
    }
    if (!finished) {
        return tl::unexpected(finished.error());
    }
    evaluation->training = *std::move(training);
    return evaluation;
}

Result<void> storeHardware(store::Store& store, const design::DesignPoint& design,
                           const hw::HardwareReport& report, store::NamePolicy names) {
    return store.putDesign(design, names).and_then([&](const std::string&) {
        return store.putHardware({.hwHash = design::hwHash(design),
                                  .modelVersion = std::string(hw::kModelVersion),
                                  .technology = report.technology,
                                  .area_um2 = report.area_um2,
                                  .energy_pj = report.energy_pj,
                                  .cycles = report.cycles,
                                  .breakdownJson = hw::toJson(report)});
    });
}

}  // namespace mantissa::app
