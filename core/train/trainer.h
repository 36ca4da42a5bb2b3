// SPDX-License-Identifier: GPL-3.0-or-later
// Trains a network under emulated precision and reports what happened, step by step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/error.h"
#include "core/job_context.h"
#include "core/nn/layer_precision.h"
#include "core/nn/network.h"
#include "core/nn/network_spec.h"
#include "core/train/optimiser.h"
#include "core/train/precision_control.h"
#include "core/train/recipe.h"

namespace mantissa::train {

struct TrainSpec {
    nn::NetworkSpec network;
    std::vector<nn::LayerPrecision> precision;        ///< one a layer
    std::vector<StatePrecision> statePrecision = {};  ///< one a layer; empty: all FP32
    PrecisionControl control = {};                    ///< how `precision` changes during the run
    Recipe recipe;
    int threads = 1;  ///< does not change the result
    /// So many steps, evenly over the run, are watched: what each operand lost and how large each
    /// weight's gradient was. Changes nothing else.
    int watchedSteps = 100;
};

/// One optimiser step.
struct StepMetric {
    std::int64_t step = 0;  ///< 0-based over the whole run
    double loss = 0;        ///< mean over the batch
    double accuracy = 0;    ///< of the batch, 0..1
};

/// After each epoch: evaluation on the whole test set.
struct EpochMetric {
    int epoch = 0;          ///< 1-based
    std::int64_t step = 0;  ///< steps done
    double trainLoss = 0;   ///< mean over the epoch
    double trainAccuracy = 0;
    double testLoss = 0;
    double testAccuracy = 0;
    double seconds = 0;  ///< wall time of the epoch, evaluation included
};

/// Something that happened to a run at a step and that its curves do not show.
struct RunEvent {
    std::int64_t step = 0;
    std::string subject;  ///< what changed: "loss scale"
    double value = 0;     ///< its value from then on
    std::string text;     ///< why, for people
    bool operator==(const RunEvent&) const = default;
};

/// What a watched step showed of one operand of a layer.
struct Observation {
    std::int64_t step = 0;
    std::string layer;
    /// "error@weight_gradient", as nn::OperandStatistics; or "error", as nn::LayerProfile.
    std::string operand;
    /// "sqnr_db", "clipped", "flushed" (shares); of a gradient: "norm". On every fifth watched
    /// step also "zero_set" (the zero-setting error of block floating point), and of a tensor
    /// "dead" (share of channels), "zero" and "exponent-12": the share of elements that are zero,
    /// and with this floor(log2 |x|), where it is 0.001 or more.
    std::string measure;
    double value = 0;
    bool operator==(const Observation&) const = default;
};

enum class RunStatus { Done, Cancelled, Diverged };

struct TrainResult {
    RunStatus status = RunStatus::Done;
    std::string reason;  ///< Diverged: what was seen, where and when
    std::vector<StepMetric> steps;
    std::vector<EpochMetric> epochs;
    std::vector<RunEvent> events;                   ///< in order
    std::vector<Observation> observations;          ///< of the watched steps, in order
    std::vector<nn::OperandStatistics> statistics;  ///< of the last step of a whole run
    std::vector<nn::LayerProfile> profiles;         ///< of the last step of a whole run
    std::vector<nn::PassArithmetic> arithmetic;     ///< how each pass summed its products
    double secondsPerStep = 0;                      ///< median
    std::string kernelPath;                         ///< numerics::activePath()
};

/// Everything needed to go on as if the run had never stopped.
struct Checkpoint {
    int epoch = 0;  ///< epochs done
    std::vector<std::byte>
        state;  ///< parameters, running statistics, what the optimiser keeps; see checkpoint.h
};

/// Called from the training thread, in order; each may be empty.
struct TrainObserver {
    std::function<void(const StepMetric&)> onStep;
    std::function<void(const RunEvent&)> onEvent = {};
    std::function<void(const std::vector<Observation>&)> onObservations = {};  ///< of one step
    std::function<void(const EpochMetric&)> onEpoch;
    std::function<void(const Checkpoint&)> onCheckpoint;  ///< after onEpoch, once an epoch
};

/// Trains to the end, to cancellation (within 200 ms; returns what it has with status Cancelled) or
/// to divergence (NaN or Inf loss, weights or gradients; a loss above 10 x ln(classes) for 50
/// steps; with loss scaling, gradients that overflow in 50 steps on end). `resume` continues after
/// its epoch, byte for byte as the uninterrupted run. Fails on a wrong network, a data set of other
/// shape or classes, or a checkpoint of another network.
Result<TrainResult> train(const TrainSpec& spec, const data::Dataset& dataset,
                          const JobContext& context, const TrainObserver& observer = {},
                          const std::optional<Checkpoint>& resume = std::nullopt);

}  // namespace mantissa::train
