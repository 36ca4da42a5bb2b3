// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/trainer.h"

#include <memory>
#include <system_error>
#include <thread>
#include <utility>

#include "core/train/spec_check.h"
#include "core/train/training_run.h"

namespace mantissa::train {
namespace {

/// The system takes back a gigabyte in about 50 ms, and nobody who asked for a stop waits for that.
void dropInBackground(std::unique_ptr<TrainingRun> run) {
    run->release();
    try {
        std::thread([run = std::move(run)]() mutable { run.reset(); }).detach();
    } catch (const std::system_error&) {
        return;  // no thread is to be had: it was freed on the way
    }
}

}  // namespace

Result<TrainResult> train(const TrainSpec& spec, const data::Dataset& dataset,
                          const JobContext& context, const TrainObserver& observer,
                          const std::optional<Checkpoint>& resume) {
    if (auto check = checkSpec(spec, dataset); !check) {
        return tl::unexpected(check.error());
    }
    ThreadTeam team(spec.threads, context.stopToken());
    auto made = TrainingRun::make(spec, dataset, context, observer, team);
    if (!made) {
        return tl::unexpected(made.error());
    }
    auto run = *std::move(made);
    run->initialise();
    TrainResult result;
    const auto restored = resume ? run->restore(*resume) : Result<void>();
    if (restored) {
        result = run->go();
    } else if (restored.error().code == ErrorCode::Cancelled) {
        result.status = RunStatus::Cancelled;
    } else {
        return tl::unexpected(restored.error());
    }
    if (result.status == RunStatus::Cancelled) {
        dropInBackground(std::move(run));
    }
    return result;
}

}  // namespace mantissa::train
