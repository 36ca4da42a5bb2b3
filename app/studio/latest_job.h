// SPDX-License-Identifier: GPL-3.0-or-later
// Background answers to a question that changes while it is being answered.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QThreadPool>
#include <functional>
#include <stop_token>

namespace mantissa::app {

/// One piece of work runs at a time; of those that come meanwhile the latest wins. The running one
/// may finish if it does so soon, so that something follows a drag; else it is asked to stop.
class LatestJob : public QObject {
    Q_OBJECT

public:
    /// What to do with the answer, called in this object's thread.
    using Deliver = std::function<void()>;
    /// Runs in the background and must not touch objects of this thread; must not throw.
    using Work = std::function<Deliver(const std::stop_token&)>;

    explicit LatestJob(QObject* parent = nullptr);
    ~LatestJob() override;

    void request(Work work);
    /// The answer to an earlier request, if it is still to come, is dropped.
    void cancel();
    void waitForDone() { m_pool.waitForDone(); }

private:
    void start(Work work);
    void finish(const Deliver& deliver);

    bool m_running = false;
    bool m_wanted = false;  ///< the running one's answer
    Work m_next;            ///< empty: nothing waits
    std::stop_source m_stop;
    QElapsedTimer m_since;  ///< the running one began
    QThreadPool m_pool;
};

}  // namespace mantissa::app
