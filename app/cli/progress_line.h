// SPDX-License-Identifier: GPL-3.0-or-later
// How far a run is, on standard error: one line that is rewritten on a terminal, few lines
// elsewhere.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "app/engine/eta_estimator.h"
#include "core/job_context.h"
#include "core/train/trainer.h"

namespace mantissa::cli {

/// Used from one thread.
class ProgressLine {
public:
    ProgressLine();
    /// Takes the unfinished line away.
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(const Progress& progress);
    void show(const train::StepMetric& step) { m_loss = step.loss; }
    /// A line that stays.
    void show(const train::EpochMetric& epoch, int epochs);

private:
    using Clock = std::chrono::steady_clock;

    void print(std::string_view line, bool stays);

    bool m_terminal;
    bool m_dirty = false;  ///< an unfinished line stands on the terminal
    Clock::time_point m_start = Clock::now();
    Clock::time_point m_shown;
    double m_loss = -1;
    app::EtaEstimator m_eta;
};

}  // namespace mantissa::cli
