// SPDX-License-Identifier: GPL-3.0-or-later
// Trains designs in the background, one after the other, and tells the window how it goes.
#pragma once

#include <QFutureWatcher>
#include <QObject>
#include <QString>
#include <QThreadPool>
#include <QTimer>
#include <chrono>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/engine/evaluate.h"

namespace mantissa::app {

/// How a run ended, as an immutable value that crosses threads.
struct RunOutcome {
    design::DesignPoint design;
    Result<Evaluation> evaluation;
    std::shared_ptr<const train::Checkpoint>
        checkpoint;  ///< of the last epoch; null: there is none
};

/// What the worker has produced and the window has not yet drawn. The worker appends; the window
/// drains it on a timer, so that there is no signal for each training step.
class LiveBuffer {
public:
    void append(const train::StepMetric& step);
    void append(const train::EpochMetric& epoch);
    void append(const train::RunEvent& event);
    void append(const std::vector<train::Observation>& seen);
    void report(const Progress& progress);

    struct Snapshot {
        std::vector<train::StepMetric> steps;
        std::vector<train::EpochMetric> epochs;
        std::vector<train::RunEvent> events;
        std::vector<train::Observation> observations;
        std::string phase;
        std::int64_t done = 0;
        std::int64_t total = 0;
    };
    Snapshot drain();

private:
    std::mutex m_mutex;
    Snapshot m_pending;
};

class RunQueue : public QObject {
    Q_OBJECT

public:
    /// `store` may be null: results are then not kept.
    RunQueue(std::shared_ptr<store::Store> store, int threads, QObject* parent = nullptr);
    ~RunQueue() override;

    void setDatasetFolder(const std::filesystem::path& folder) { m_datasetFolder = folder; }
    void enqueue(const design::DesignPoint& design);
    bool isBusy() const { return m_running || !m_waiting.empty(); }
    int waiting() const { return static_cast<int>(m_waiting.size()); }

    /// Stops the running one, which keeps its partial curve, and drops those that wait.
    void cancel();
    /// Accepts nothing new, stops everything and waits at most `milliseconds`.
    bool shutDown(int milliseconds);

signals:
    void started(const mantissa::design::DesignPoint& design);
    void progressed(const QString& phase, qint64 done, qint64 total, const QString& eta,
                    const QString& speed);
    void metrics(const mantissa::app::LiveBuffer::Snapshot& live);
    void finished(const std::shared_ptr<const mantissa::app::RunOutcome>& outcome);

private:
    using Outcome = std::shared_ptr<const RunOutcome>;

    void startNext();
    void drain();
    void finishCurrent();

    std::shared_ptr<store::Store> m_store;
    int m_threads;
    std::filesystem::path m_datasetFolder;
    std::deque<design::DesignPoint> m_waiting;
    std::shared_ptr<LiveBuffer> m_live;
    std::stop_source m_stop;
    EtaEstimator m_eta;
    std::chrono::steady_clock::time_point m_startedAt;
    std::optional<std::chrono::steady_clock::time_point> m_firstStepAt;
    bool m_running = false;  ///< from the start of a run until its outcome has been told
    bool m_closed = false;
    QTimer m_timer;
    QFutureWatcher<Outcome> m_watcher;
    QThreadPool m_pool;  ///< last: its threads end before what they use
};

}  // namespace mantissa::app
