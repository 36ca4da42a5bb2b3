// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the sensitivity analysis in the background.
#pragma once

#include <QFutureWatcher>
#include <QObject>
#include <QString>
#include <QThreadPool>
#include <QTimer>
#include <chrono>
#include <filesystem>
#include <memory>
#include <stop_token>

#include "app/engine/eta_estimator.h"
#include "core/study/sensitivity.h"

namespace mantissa::app {

class SensitivityService : public QObject {
    Q_OBJECT

public:
    explicit SensitivityService(int threads, QObject* parent = nullptr);
    ~SensitivityService() override;

    void setDatasetFolder(const std::filesystem::path& folder) { m_datasetFolder = folder; }
    /// Answers with ready or failed; not while one runs.
    void start(const design::DesignPoint& design);
    /// The rows that are done still come, with ready.
    void cancel() { m_stop.request_stop(); }
    void waitForDone() { m_pool.waitForDone(); }

signals:
    void progressed(const QString& phase, qint64 done, qint64 total, const QString& eta);
    void ready(const mantissa::design::DesignPoint& design,
               const mantissa::study::Sensitivity& result);
    void failed(const mantissa::Error& error);

private:
    struct Live;
    using Answer = std::shared_ptr<const Result<study::Sensitivity>>;

    void report();
    void finish();

    int m_threads;
    std::filesystem::path m_datasetFolder;
    design::DesignPoint m_design;
    std::shared_ptr<Live> m_live;
    EtaEstimator m_eta;
    std::chrono::steady_clock::time_point m_startedAt;
    std::stop_source m_stop;
    QTimer m_timer;
    QFutureWatcher<Answer> m_watcher;
    QThreadPool m_pool;  ///< last: its threads end before what they use
};

}  // namespace mantissa::app
