// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/progress_job.h"

#include <QMetaObject>
#include <mutex>
#include <utility>

#include "app/studio/background.h"

namespace mantissa::app {
namespace {

constexpr int kReportIntervalMs = 100;

}  // namespace

/// How far the worker is; the window asks on a timer.
struct ProgressJob::Live {
    std::mutex mutex;
    std::string phase;
    std::int64_t done = 0;
    std::int64_t total = 0;
};

ProgressJob::ProgressJob(QObject* parent) : QObject(parent) {
    m_pool.setMaxThreadCount(1);
    m_timer.setInterval(kReportIntervalMs);
    connect(&m_timer, &QTimer::timeout, this, &ProgressJob::report);
}

ProgressJob::~ProgressJob() {
    m_stop.request_stop();
    m_pool.waitForDone();
}

void ProgressJob::start(Work work) {
    m_running = true;
    m_stop = std::stop_source();
    m_live = std::make_shared<Live>();
    m_eta = EtaEstimator();
    m_startedAt = std::chrono::steady_clock::now();
    m_pool.start([this, work = std::move(work), live = m_live, stop = m_stop.get_token()] {
        yieldToTheWindow();
        const JobContext context(stop, [live](const Progress& progress) {
            const std::lock_guard lock(live->mutex);
            live->phase = progress.phase;
            live->done = progress.done;
            live->total = progress.total;
        });
        Deliver deliver = work(context);
        QMetaObject::invokeMethod(
            this,
            [this, deliver = std::move(deliver)] {
                m_running = false;
                m_timer.stop();
                deliver();
            },
            Qt::QueuedConnection);
    });
    m_timer.start();
}

void ProgressJob::report() {
    const std::lock_guard lock(m_live->mutex);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - m_startedAt;
    m_eta.update(m_live->done, m_live->total, elapsed.count());
    emit progressed(QString::fromStdString(m_live->phase), m_live->done, m_live->total,
                    QString::fromStdString(m_eta.text()));
}

}  // namespace mantissa::app
