// SPDX-License-Identifier: GPL-3.0-or-later
// The wiring: which panel asks for what, who answers, and what is shown when.
#pragma once

#include <QObject>
#include <QString>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "app/studio/accuracy_service.h"
#include "app/studio/document.h"
#include "app/studio/format_studies.h"
#include "app/studio/hardware_service.h"
#include "app/studio/latest_job.h"
#include "app/studio/operand_preview.h"
#include "app/studio/panels.h"
#include "app/studio/reproduce_service.h"
#include "app/studio/run_queue.h"
#include "app/studio/sensitivity_service.h"
#include "app/studio/store_service.h"
#include "ui/run/run_panel.h"

namespace mantissa::app {

struct StudioOptions {
    std::filesystem::path databaseFile;
    std::filesystem::path datasetFolder;  ///< empty: the usual places
    int threads = 1;                      ///< of a training run
    Scale reproduction = {};              ///< what reproducing a system trains
};

/// Document, run queue, database and preview on one side, panels on the other. No drawing here.
class Studio : public QObject {
    Q_OBJECT

public:
    /// `store` may be null when the database could not be opened: everything works, nothing is
    /// kept.
    Studio(const Panels& panels, std::shared_ptr<store::Store> store, const StudioOptions& options,
           QObject* parent = nullptr);
    ~Studio() override;

    Document& document() { return m_document; }
    const RunQueue& runs() const { return m_runs; }

    /// Keeps the present design and its FP32 baseline in the database and chooses both to compare.
    void keepPoint();
    /// The same where the database holds nothing yet: what a new user compares with.
    void keepFirstPoint();
    void exportComparison(const QString& file);
    void setDatasetFolder(const std::filesystem::path& folder);
    /// Prices what the hardware panel shows with the cells of a liberty file, once it is read.
    void useLiberty(const std::filesystem::path& file);
    void run();
    void runBaseline();
    void cancel();
    /// Stops everything and waits at most `milliseconds`; false where something still runs.
    bool shutDown(int milliseconds);

signals:
    void message(const QString& text);           ///< for the status bar
    void problem(const mantissa::Error& error);  ///< likewise, but worth more than a glance
    void openRequested(const mantissa::design::DesignPoint& design);
    void progressChanged(const QString& text);  ///< for the title; empty: nothing runs

private:
    void connectDocument();
    void connectRuns();
    void connectStore();
    void connectFormats();
    void connectSensitivity();
    void connectReproduce();
    void connectHardware();
    void showDesign();
    bool isValid(const design::DesignPoint& design);
    void showHardware();
    void showLayers();
    void showStatistics();
    void showAccuracy();
    void clearStatistics();
    void showStale();
    void showOutcome(const RunOutcome& outcome);
    void showPoints(const std::vector<ui::ComparePoint>& points);
    void chooseWhenLoaded(const design::DesignPoint& design);
    void chooseToo(const std::vector<QString>& hashes);
    void start(const design::DesignPoint& design);

    Panels m_panels;
    Document m_document;
    StudioOptions m_options;
    std::unique_ptr<StoreService> m_store;  ///< absent without a database
    OperandPreview m_preview;
    AccuracyService m_accuracy;
    FormatStudyService m_studies;
    SensitivityService m_sensitivity;
    ReproduceService m_reproduce;
    HardwareService m_hardware;
    LatestJob m_liberty;
    LatestJob m_stale;
    RunQueue m_runs;
    std::vector<ui::ComparePoint> m_points;         ///< as last loaded
    std::vector<QString> m_toChoose;                ///< once they are among the points
    std::optional<design::DesignPoint> m_shownRun;  ///< whose curves the run panel shows
    std::optional<design::DesignPoint> m_valid;     ///< the latest that was: a drag changes little
    bool m_curvesBegun = false;
    bool m_pointsKnown = false;  ///< the database has answered once
    bool m_keepIfFirst = false;
};

}  // namespace mantissa::app
