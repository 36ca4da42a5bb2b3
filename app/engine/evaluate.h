// SPDX-License-Identifier: GPL-3.0-or-later
// What both programs do with a design point: train it, estimate its hardware, keep the result.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "app/engine/eta_estimator.h"
#include "core/data/dataset.h"
#include "core/design/design_point.h"
#include "core/error.h"
#include "core/job_context.h"
#include "core/store/store.h"
#include "core/train/trainer.h"
#include "hwmodel/estimate.h"

namespace mantissa::app {

struct EvaluateOptions {
    int threads = 1;                      ///< >= 1; does not change the result
    bool resume = false;                  ///< go on from Store::stoppedRun
    std::filesystem::path datasetFolder;  ///< empty: where the data set's name says
};

struct Evaluation {
    design::DesignPoint design;
    std::string designHash;
    std::int64_t run = 0;         ///< id in the store, 0 without one
    train::TrainResult training;  ///< of a resumed run: with the epochs before it went on
    hw::HardwareReport hardware;
    std::string datasetHash;
    int resumedEpochs = 0;  ///< epochs taken over from an earlier run, 0: trained from the start
};

/// What the trainer is given for a design.
train::TrainSpec trainSpec(const design::DesignPoint& design, int threads);

/// Trains and estimates; `store` may be null. With a store, the run is there from its start, each
/// epoch is committed as it ends, and a cancelled or diverged run keeps its partial curve. A failed
/// store is an error: results are never lost silently; it also stops the training. A resumed run is
/// a new run that begins with a copy of what the earlier one recorded up to its checkpoint.
/// A stored design keeps its name. One cancelled while its data were read has no run (id 0).
/// `observer` is called from this thread; for a resumed run first with the copied steps and epochs.
/// Errors: as design::validate, data::loadDataset, train::train and the store; threads < 1.
Result<Evaluation> evaluate(const design::DesignPoint& design, const EvaluateOptions& options,
                            store::Store* store, const JobContext& context,
                            const train::TrainObserver& observer = {});

/// Also kept in the store: the report of a design that need not be trained.
Result<void> storeHardware(store::Store& store, const design::DesignPoint& design,
                           const hw::HardwareReport& report,
                           store::NamePolicy names = store::NamePolicy::Replace);

}  // namespace mantissa::app
