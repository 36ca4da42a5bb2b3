// SPDX-License-Identifier: GPL-3.0-or-later
// The window's way to the database: every read and write off the window's thread.
#pragma once

#include <QObject>
#include <QString>
#include <QThreadPool>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "core/design/design_point.h"
#include "core/store/store.h"
#include "ui/compare/compare_panel.h"

namespace mantissa::app {

class StoreService : public QObject {
    Q_OBJECT

public:
    /// Reads through a connection of its own; writes through `writer`, which the run queue shares.
    StoreService(std::shared_ptr<store::Store> writer, std::filesystem::path file,
                 QObject* parent = nullptr);
    ~StoreService() override;

    /// Answers with pointsLoaded.
    void refresh();
    /// Answers with chosenLoaded, curves included; hashes that are not stored are left out.
    void loadChosen(const std::vector<QString>& hashes);
    /// Keeps the design and its baseline with their hardware reports, then refreshes. A baseline
    /// that is there already keeps its name.
    void keep(const design::DesignPoint& design, const design::DesignPoint& baseline);
    void remove(const QString& hash);
    /// The side-by-side table of these designs as CSV with exact figures. Answers with exported.
    void exportComparison(const std::vector<QString>& hashes, const QString& file);
    void waitForDone() { m_pool.waitForDone(); }

signals:
    void pointsLoaded(const std::vector<mantissa::ui::ComparePoint>& points);
    void chosenLoaded(const std::vector<mantissa::ui::ComparePoint>& points);
    void exported(const QString& file);
    void failed(const mantissa::Error& error);

private:
    struct Reader;

    /// Runs `task` on the database thread; an error or exception of it becomes failed.
    void post(std::function<Result<void>()> task);
    /// Runs `task` on this object's thread.
    void answer(std::function<void()> task);

    std::shared_ptr<store::Store> m_writer;
    std::unique_ptr<Reader> m_reader;
    quint64 m_chosenGeneration = 0;
    QThreadPool m_pool;  ///< one thread, so that requests keep their order
};

}  // namespace mantissa::app
