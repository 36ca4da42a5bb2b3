// SPDX-License-Identifier: GPL-3.0-or-later
// Models, finds and trains in the background what the claims about a published system ask for.
#pragma once

#include <QObject>
#include <QString>
#include <filesystem>
#include <memory>
#include <vector>

#include "app/engine/reproduce/reproduce.h"
#include "app/studio/latest_job.h"
#include "app/studio/progress_job.h"
#include "core/store/store.h"
#include "ui/reproduce/reproduce_panel.h"

namespace mantissa::app {

class ReproduceService : public QObject {
    Q_OBJECT

public:
    /// `store` may be null: then systems are modelled and not trained.
    ReproduceService(std::shared_ptr<store::Store> store, int threads, const Scale& scale,
                     QObject* parent = nullptr);

    void setDatasetFolder(const std::filesystem::path& folder) { m_datasetFolder = folder; }
    /// The catalogue; empty where it is defective, which a test would have found.
    const ui::SystemList& systems() const { return m_systems; }
    const Scale& scale() const { return m_scale; }

    /// Models, and what the database holds: answers with found, of several requests to the latest.
    void look(int system);
    /// Trains what is missing: answers with found or failed, then with finished. Not while one
    /// runs.
    void reproduce(int system);
    bool isRunning() const { return m_job.isRunning(); }
    /// What is trained by then is still found.
    void cancel() { m_job.cancel(); }
    /// No answer comes to what was asked before.
    void shutDown();
    void waitForDone();

signals:
    void progressed(const QString& phase, qint64 done, qint64 total, const QString& eta);
    void found(int system, const mantissa::ui::ClaimOutcomes& outcomes);
    void failed(const mantissa::Error& error);
    void finished();

private:
    using Found = Result<ui::ClaimOutcomes>;

    /// In a worker's thread.
    Found outcomesOf(int system, bool storedOnly, const std::filesystem::path& folder,
                     const JobContext& context) const;

    std::shared_ptr<store::Store> m_store;
    int m_threads;
    std::filesystem::path m_datasetFolder;
    ui::SystemList m_systems;
    Scale m_scale;
    LatestJob m_look;  ///< these last: they end before what they use
    ProgressJob m_job;
};

}  // namespace mantissa::app
