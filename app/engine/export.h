// SPDX-License-Identifier: GPL-3.0-or-later
// What the store holds, as tables.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "app/engine/table.h"
#include "core/store/store.h"
#include "core/study/sensitivity.h"

namespace mantissa::app {

/// Unix milliseconds as "2026-03-01 14:05:09Z"; "" for 0.
std::string timestampText(std::int64_t unixMs);

/// One row a design: identity, newest run (measured), hardware (modelled).
Table designsTable(std::span<const store::DesignRow> designs);

/// One row a run: when, how it ended, what it reached.
Table runsTable(std::span<const store::RunRow> runs);

/// One row an epoch.
Table epochsTable(std::span<const train::EpochMetric> epochs);

/// One row an operand of a layer: what its format lost.
Table operandsTable(std::span<const nn::OperandStatistics> operands);

/// One row a tensor of a layer: how its values were spread.
Table profilesTable(std::span<const nn::LayerProfile> profiles);

/// One row a case: layer, role, format, bits saved, accuracy and what it lost.
Table sensitivityTable(const study::Sensitivity& sensitivity);

/// A run with its metrics, for export.
struct RunCurves {
    store::RunRow run;
    store::Curves curves;
};

/// Tidy: one row a step (series "step") and one an epoch (series "epoch") of every run; what a
/// series does not have is empty.
Table curvesTable(std::span<const RunCurves> runs);

}  // namespace mantissa::app
