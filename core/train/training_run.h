// SPDX-License-Identifier: GPL-3.0-or-later
// One training run, from the first epoch it has to do to its end; private to core/train.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/data/batches.h"
#include "core/train/checkpoint.h"
#include "core/train/divergence.h"
#include "core/train/loss_scaler.h"
#include "core/train/optimiser.h"
#include "core/train/precision_controller.h"
#include "core/train/trainer.h"
#include "core/train/weight_transform.h"

namespace mantissa::train {

class TrainingRun {
public:
    /// A network that does not fit into memory is the only error; the rest must have been checked.
    /// What is referred to must outlive it, until release().
    static Result<std::unique_ptr<TrainingRun>> make(const TrainSpec& spec,
                                                     const data::Dataset& dataset,
                                                     const JobContext& context,
                                                     const TrainObserver& observer,
                                                     ThreadTeam& team);

    /// Initial weights, as the optimiser keeps them.
    void initialise();
    Result<void> restore(const Checkpoint& checkpoint);
    TrainResult go();
    /// What is left refers to nothing outside that its destructors use.
    void release();

private:
    TrainingRun(const TrainSpec& spec, const data::Dataset& dataset, const JobContext& context,
                const TrainObserver& observer, std::unique_ptr<PrecisionController> controller,
                std::unique_ptr<nn::Network> network, ThreadTeam& team);

    using Clock = std::chrono::steady_clock;

    // Each of the following returns whether the run goes on; if not, the status says why.
    bool trainEpoch();
    bool decidePrecision(const RunPosition& at);
    bool trainStep(std::int64_t step, nn::StepResult& sums);
    bool update(std::int64_t step);
    bool skipUpdate(std::int64_t step);
    bool finishEpoch(const nn::StepResult& sums, Clock::time_point start);
    bool cancel();
    bool diverge(const std::string& what, std::int64_t step, bool stepExplains = true);

    /// The same network with the controller's formats.
    Result<void> remakeNetwork(const nn::NetworkOptions& options);
    nn::NetworkOptions networkOptions() const;
    nn::StepResult forwardAndBackward(std::int64_t step);
    std::vector<std::string> whatTheStepShows(std::int64_t step);
    RunPosition positionOf(std::int64_t step) const {
        return {step, m_train.count(), m_totalSteps};
    }
    void record(RunEvent event);
    /// Or is the first of so many that are.
    bool isWatched(std::int64_t step, std::int64_t every = 1) const;
    bool isProfiled(std::int64_t step) const;
    void observe(std::int64_t step);
    SingleValues singleValues() const;
    void setSingleValues(const SingleValues& values);

    const TrainSpec& m_spec;
    const JobContext& m_context;
    const TrainObserver& m_observer;
    std::unique_ptr<PrecisionController> m_controller;  ///< null: the plan holds
    std::unique_ptr<nn::Network> m_network;
    ThreadTeam& m_team;
    data::Batches m_train;
    data::Batches m_test;
    Optimiser m_optimiser;
    WeightTransforms m_transforms;
    LossScaler m_scaler;
    LossWatch m_watch;
    std::int64_t m_totalSteps;
    int m_epochsDone = 0;
    std::vector<double> m_stepSeconds;
    TrainResult m_result;
};

}  // namespace mantissa::train
