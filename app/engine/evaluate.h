// SPDX-License-Identifier: GPL-3.0-or-later
// What both programs do with a design point: train it, estimate its hardware, keep the result.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "core/data/dataset.h"
#include "core/design/design_point.h"
#include "core/error.h"
#include "core/job_context.h"
#include "core/store/store.h"
#include "core/train/trainer.h"
#include "hwmodel/estimate.h"

namespace mantissa::app {

struct EvaluateOptions {
    int threads = 1;
    bool resume = false;  ///< go on from the newest checkpoint of the same trainHash
    std::filesystem::path datasetFolder;  ///< empty: the usual places
};

struct Evaluation {
    design::DesignPoint design;
    std::string designHash;
    std::int64_t run = 0;  ///< id in the store, 0 without one
    train::TrainResult training;
    hw::HardwareReport hardware;
    std::string datasetHash;
};

/// Trains and estimates; `store` may be null. With a store, the run is there from its start, each
/// epoch is committed as it ends, and a cancelled or diverged run keeps its partial curve. A failed
/// store is an error: results are never lost silently. `observer` is called from this thread.
Result<Evaluation> evaluate(const design::DesignPoint& design, const EvaluateOptions& options,
                            store::Store* store, const JobContext& context,
                            const train::TrainObserver& observer = {});

/// Also kept in the store: the report of a design that need not be trained.
Result<void> storeHardware(store::Store& store, const design::DesignPoint& design,
                           const hw::HardwareReport& report);

/// Remaining seconds: exponentially weighted seconds a step; nothing until 3 s and 2 % are done.
class EtaEstimator {
public:
    void update(std::int64_t done, std::int64_t total, double elapsedSeconds);
    /// "about 4 min", or "estimating".
    std::string text() const;

private:
    double m_secondsPerUnit = 0;
    double m_lastElapsed = 0;
    std::int64_t m_lastDone = 0;
    double m_remaining = -1;
};

}  // namespace mantissa::app
