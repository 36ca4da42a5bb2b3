// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/sensitivity_service.h"

#include <QtConcurrent>
#include <exception>
#include <mutex>
#include <string>

#include "app/studio/background.h"
#include "app/studio/data_folder.h"

namespace mantissa::app {
namespace {

constexpr int kReportIntervalMs = 100;

}  // namespace

/// How far the worker is; the window asks on a timer.
struct SensitivityService::Live {
    std::mutex mutex;
    std::string phase;
    std::int64_t done = 0;
    std::int64_t total = 0;
};

SensitivityService::SensitivityService(int threads, QObject* parent)
    : QObject(parent), m_threads(threads) {
    m_pool.setMaxThreadCount(1);
    m_timer.setInterval(kReportIntervalMs);
    connect(&m_timer, &QTimer::timeout, this, &SensitivityService::report);
    connect(&m_watcher, &QFutureWatcher<Answer>::finished, this, &SensitivityService::finish);
}

SensitivityService::~SensitivityService() {
    m_watcher.disconnect(this);
    m_stop.request_stop();
    m_pool.waitForDone();
}

void SensitivityService::start(const design::DesignPoint& design) {
    m_design = design;
    m_stop = std::stop_source();
    m_live = std::make_shared<Live>();
    m_eta = EtaEstimator();
    m_startedAt = std::chrono::steady_clock::now();
    study::SensitivityOptions options;
    options.threads = m_threads;
    options.datasetFolder = dataFolderFor(design, m_datasetFolder);
    m_watcher.setFuture(QtConcurrent::run(
        &m_pool, [design, options, live = m_live, stop = m_stop.get_token()]() -> Answer {
            yieldToTheWindow();
            const JobContext context(stop, [live](const Progress& progress) {
                const std::lock_guard lock(live->mutex);
                live->phase = progress.phase;
                live->done = progress.done;
                live->total = progress.total;
            });
            // A thread pool would turn an exception into one without its text.
            try {
                return std::make_shared<Result<study::Sensitivity>>(
                    study::analyseSensitivity(design, options, context));
            } catch (const std::exception& error) {
                return std::make_shared<Result<study::Sensitivity>>(
                    fail(ErrorCode::Internal, error.what(), "sensitivity analysis",
                         "please report this as a defect"));
            }
        }));
    m_timer.start();
}

void SensitivityService::report() {
    const std::lock_guard lock(m_live->mutex);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - m_startedAt;
    m_eta.update(m_live->done, m_live->total, elapsed.count());
    emit progressed(QString::fromStdString(m_live->phase), m_live->done, m_live->total,
                    QString::fromStdString(m_eta.text()));
}

void SensitivityService::finish() {
    m_timer.stop();
    const Answer answer = m_watcher.result();
    if (*answer) {
        emit ready(m_design, **answer);
    } else {
        emit failed(answer->error());
    }
}

}  // namespace mantissa::app
