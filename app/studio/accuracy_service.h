// SPDX-License-Identifier: GPL-3.0-or-later
// What the last trained weights are worth under the formats being edited, in the background.
#pragma once

#include <QObject>
#include <filesystem>
#include <memory>

#include "app/studio/latest_job.h"
#include "core/design/design_point.h"
#include "core/train/trainer.h"
#include "ui/precision/accuracy_line.h"

namespace mantissa::app {

/// Of several requests the latest wins. Each is answered several times, on ever more test images.
class AccuracyService : public QObject {
    Q_OBJECT

public:
    explicit AccuracyService(int threads, QObject* parent = nullptr);
    ~AccuracyService() override;

    void setDatasetFolder(const std::filesystem::path& folder) { m_datasetFolder = folder; }
    /// Whose weights are tried from now on.
    void setTrained(const design::DesignPoint& design,
                    const std::shared_ptr<const train::Checkpoint>& checkpoint);
    /// Answers with ready, as often as there are stages, or failed; not at all before there are
    /// trained weights. `sparing`: on one thread, beside a run.
    void request(const design::DesignPoint& design, bool sparing);
    /// The answers to an earlier request that are still to come are dropped.
    void cancel();
    void waitForDone() { m_job.waitForDone(); }

signals:
    void ready(const mantissa::ui::AccuracyWithoutRetraining& accuracy);
    void failed(const mantissa::Error& error);

private:
    struct Trained;
    class Worker;

    void runStage(const design::DesignPoint& design, int threads, std::size_t stage);

    int m_threads;
    std::filesystem::path m_datasetFolder;
    std::shared_ptr<const Trained> m_trained;
    std::shared_ptr<Worker> m_worker;  ///< used by the job alone
    quint64 m_request = 0;             ///< the latest
    LatestJob m_job;
};

}  // namespace mantissa::app
