// SPDX-License-Identifier: GPL-3.0-or-later
// The window: docks, menus, title, files. What things mean is decided in Studio.
#pragma once

#include <QMainWindow>
#include <functional>
#include <memory>

#include "app/studio/panels.h"
#include "app/studio/settings.h"
#include "app/studio/studio.h"
#include "ui/charts/chart.h"

class QAction;
class QCloseEvent;
class QDragEnterEvent;
class QDropEvent;
class QLabel;
class QMenu;

namespace mantissa::app {

class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    /// `store` may be null; the window then says so and keeps nothing.
    MainWindow(std::shared_ptr<store::Store> store, const StudioOptions& options);
    ~MainWindow() override;

    Studio& studio() { return *m_studio; }
    const Panels& panels() const { return m_panels; }

    /// The example design with its FP32 baseline, both kept to compare: what a new user meets.
    void openExample();
    /// Reports a failure in a message box and returns false.
    bool openFile(const QString& file);
    bool saveFile(const QString& file);
    void restoreDefaultLayout();
    /// Without asking whether to save: for scripts and tests.
    void setAskBeforeClosing(bool ask) { m_askBeforeClosing = ask; }

public slots:
    void exportFormats(const QString& file);
    void exportChart(mantissa::ui::Chart* chart, mantissa::ui::ChartFormat format,
                     const QString& file);

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QAction* addAction(QMenu* menu, const QString& text, const QKeySequence& keys,
                       const std::function<void()>& handler);
    void createMenus();
    void createFileMenu();
    void createExportMenu(QMenu* menu);
    void createEditMenu();
    void createRunMenu();
    void createViewMenu();
    void createHelpMenu();
    void connectCharts();
    void connectFiles();
    void updateTitle();
    void updateRecentFiles();
    void showError(const QString& title, const Error& error);
    void showShortcuts();
    void askAndOpen();
    bool askAndSaveAs();
    bool save();
    void askAndExportChart(ui::Chart* chart, ui::ChartFormat format);
    void askAndExportAll();
    void askAndExportComparison();
    void askAndExportFormats();
    void askForTensor();
    void askForLiberty();
    void askForDataFolder();
    bool mayDiscard();

    Settings m_settings;
    Panels m_panels;
    QMenu* m_recentMenu = nullptr;
    QLabel* m_problem = nullptr;
    QString m_progress;
    bool m_askBeforeClosing = true;
    std::unique_ptr<Studio> m_studio;
};

}  // namespace mantissa::app
