// SPDX-License-Identifier: GPL-3.0-or-later
// Long work in the background whose progress the window shows.
#pragma once

#include <QObject>
#include <QString>
#include <QThreadPool>
#include <QTimer>
#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "app/engine/eta_estimator.h"
#include "core/job_context.h"

namespace mantissa::app {

class ProgressJob : public QObject {
    Q_OBJECT

public:
    /// What to do with the answer, called in this object's thread.
    using Deliver = std::function<void()>;
    /// Runs in the background and must not touch objects of this thread; must not throw.
    using Work = std::function<Deliver(const JobContext&)>;

    explicit ProgressJob(QObject* parent = nullptr);
    ~ProgressJob() override;

    /// Not while one runs.
    void start(Work work);
    bool isRunning() const { return m_running; }
    /// The work is asked to stop; its answer still comes.
    void cancel() { m_stop.request_stop(); }
    void waitForDone() { m_pool.waitForDone(); }

signals:
    void progressed(const QString& phase, qint64 done, qint64 total, const QString& eta);

private:
    struct Live;

    void report();

    bool m_running = false;
    std::shared_ptr<Live> m_live;
    EtaEstimator m_eta;
    std::chrono::steady_clock::time_point m_startedAt;
    std::stop_source m_stop;
    QTimer m_timer;
    QThreadPool m_pool;  ///< last: its threads end before what they use
};

}  // namespace mantissa::app
