// SPDX-License-Identifier: GPL-3.0-or-later
// --keep and --accumulator: the skip list and the accumulators of a design, for one command.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "core/design/design_point.h"
#include "core/error.h"

namespace mantissa::cli {

struct PlanOptions {
    std::string keep;
    std::vector<std::string> accumulators;
};

void addPlanOptions(CLI::App& command, PlanOptions& options);
/// The design with what is said instead, checked; as it is where nothing is.
Result<design::DesignPoint> withPlanOptions(const design::DesignPoint& design,
                                            const PlanOptions& options);

}  // namespace mantissa::cli
