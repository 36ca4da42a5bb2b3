// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the sensitivity analysis in the background.
#pragma once

#include <QObject>
#include <QString>
#include <filesystem>

#include "app/studio/progress_job.h"
#include "core/study/sensitivity.h"

namespace mantissa::app {

class SensitivityService : public QObject {
    Q_OBJECT

public:
    explicit SensitivityService(int threads, QObject* parent = nullptr);

    void setDatasetFolder(const std::filesystem::path& folder) { m_datasetFolder = folder; }
    /// Answers with ready or failed; not while one runs.
    void start(const design::DesignPoint& design);
    /// The rows that are done still come, with ready.
    void cancel() { m_job.cancel(); }
    void waitForDone() { m_job.waitForDone(); }

signals:
    void progressed(const QString& phase, qint64 done, qint64 total, const QString& eta);
    void ready(const mantissa::design::DesignPoint& design,
               const mantissa::study::Sensitivity& result);
    void failed(const mantissa::Error& error);

private:
    int m_threads;
    std::filesystem::path m_datasetFolder;
    ProgressJob m_job;  ///< last: it ends before what it uses
};

}  // namespace mantissa::app
