// SPDX-License-Identifier: GPL-3.0-or-later
// Trains the tiny problem and keeps all that comes of it.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/train/trainer.h"
#include "tests/core/train/tiny_problem.h"

namespace mantissa::train {

struct Outcome {
    TrainResult result;
    std::vector<Checkpoint> checkpoints;
};

inline Outcome runTiny(const TrainSpec& spec,
                       const std::optional<Checkpoint>& resume = std::nullopt) {
    Outcome outcome;
    TrainObserver observer;
    observer.onCheckpoint = [&](const Checkpoint& saved) { outcome.checkpoints.push_back(saved); };
    auto result = train(spec, tinyDataset(), {}, observer, resume);
    EXPECT_TRUE(result) << (result ? "" : result.error().text());
    outcome.result = result ? *std::move(result) : TrainResult{};
    return outcome;
}

}  // namespace mantissa::train
