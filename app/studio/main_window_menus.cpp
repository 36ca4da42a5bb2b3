// SPDX-License-Identifier: GPL-3.0-or-later
// The menus of the window, and what they ask the user for.
#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QStatusBar>

#include "mantissa_version.h"

#include "app/studio/chart_files.h"
#include "app/studio/main_window.h"
#include "app/studio/theme.h"
#include "core/atomic_file.h"
#include "ui/formats/formats_panel.h"
#include "ui/hardware/hardware_panel.h"

namespace mantissa::app {
namespace {

struct FormatEntry {
    ui::ChartFormat format;
    const char* name;
};
constexpr FormatEntry kChartFormats[] = {{ui::ChartFormat::Svg, "SVG"},
                                         {ui::ChartFormat::Pdf, "PDF"},
                                         {ui::ChartFormat::Png, "PNG"},
                                         {ui::ChartFormat::Csv, "CSV"}};

}  // namespace

QAction* MainWindow::addAction(QMenu* menu, const QString& text, const QKeySequence& keys,
                               const std::function<void()>& handler) {
    auto* action = menu->addAction(text);
    action->setShortcut(keys);
    connect(action, &QAction::triggered, this, handler);
    return action;
}

void MainWindow::createMenus() {
    createFileMenu();
    createEditMenu();
    createRunMenu();
    createViewMenu();
    createHelpMenu();
}

void MainWindow::createFileMenu() {
    auto* menu = menuBar()->addMenu(tr("&File"));
    addAction(menu, tr("&New from example"), QKeySequence::New, [this] {
        if (mayDiscard()) {
            openExample();
        }
    });
    addAction(menu, tr("&Open…"), QKeySequence::Open, [this] { askAndOpen(); });
    m_recentMenu = menu->addMenu(tr("Open &recent"));
    updateRecentFiles();
    menu->addSeparator();
    addAction(menu, tr("&Save"), QKeySequence::Save, [this] { save(); });
    addAction(menu, tr("Save &as…"), QKeySequence::SaveAs, [this] { askAndSaveAs(); });
    menu->addSeparator();
    createExportMenu(menu->addMenu(tr("Export &chart")));
    addAction(menu, tr("Export all c&harts…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E),
              [this] { askAndExportAll(); });
    addAction(menu, tr("Export co&mparison as CSV…"), {}, [this] { askAndExportComparison(); });
    addAction(menu, tr("Export &formats as CSV…"), {}, [this] { askAndExportFormats(); });
    menu->addSeparator();
    addAction(menu, tr("&Data folder…"), {}, [this] { askForDataFolder(); });
    menu->addSeparator();
    addAction(menu, tr("&Quit"), QKeySequence::Quit, [this] { close(); });
}

void MainWindow::createExportMenu(QMenu* menu) {
    // Built anew each time: which charts show something changes.
    connect(menu, &QMenu::aboutToShow, this, [this, menu] {
        menu->clear();
        for (auto* chart : m_panels.charts()) {
            auto* formats = menu->addMenu(chart->title());
            formats->setEnabled(!chart->isEmpty());
            for (const auto& entry : kChartFormats) {
                addAction(
                    formats, tr("%1…").arg(QString::fromLatin1(entry.name)), {},
                    [this, chart, format = entry.format] { askAndExportChart(chart, format); });
            }
            addAction(formats, tr("Copy image"), {},
                      [chart] { QApplication::clipboard()->setImage(chart->image()); });
            addAction(formats, tr("Copy data"), {},
                      [chart] { QApplication::clipboard()->setText(chart->dataTsv()); });
        }
    });
}

void MainWindow::createEditMenu() {
    auto* menu = menuBar()->addMenu(tr("&Edit"));
    auto* stack = m_studio->document().undoStack();
    auto* undo = stack->createUndoAction(this, tr("&Undo"));
    undo->setShortcut(QKeySequence::Undo);
    auto* redo = stack->createRedoAction(this, tr("&Redo"));
    redo->setShortcuts(
        {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y)});
    menu->addAction(undo);
    menu->addAction(redo);
}

void MainWindow::createRunMenu() {
    auto* menu = menuBar()->addMenu(tr("&Run"));
    addAction(menu, tr("&Run"), Qt::Key_F5, [this] { m_studio->run(); });
    addAction(menu, tr("Run the FP32 &baseline"), QKeySequence(Qt::SHIFT | Qt::Key_F5),
              [this] { m_studio->runBaseline(); });
    addAction(menu, tr("&Cancel"), QKeySequence(Qt::CTRL | Qt::Key_Period),
              [this] { m_studio->cancel(); });
    menu->addSeparator();
    addAction(menu, tr("&Keep this point to compare"), QKeySequence(Qt::CTRL | Qt::Key_K),
              [this] { m_studio->keepPoint(); });
}

void MainWindow::createViewMenu() {
    auto* menu = menuBar()->addMenu(tr("&View"));
    for (auto* dock : m_panels.docks) {
        menu->addAction(dock->toggleViewAction());
    }
    menu->addSeparator();
    addAction(menu, tr("Restore &default layout"), {}, [this] { restoreDefaultLayout(); });
    auto* themes = menu->addMenu(tr("&Theme"));
    auto* group = new QActionGroup(this);
    const struct {
        Theme theme;
        QString text;
    } entries[] = {{Theme::System, tr("As the &desktop")},
                   {Theme::Light, tr("&Light")},
                   {Theme::Dark, tr("D&ark")}};
    for (const auto& entry : entries) {
        auto* action = addAction(themes, entry.text, {}, [this, theme = entry.theme] {
            m_settings.setTheme(theme);
            applyTheme(theme);
        });
        action->setCheckable(true);
        action->setChecked(entry.theme == m_settings.theme());
        group->addAction(action);
    }
}

void MainWindow::createHelpMenu() {
    auto* menu = menuBar()->addMenu(tr("&Help"));
    addAction(menu, tr("&Keyboard and mouse"), QKeySequence::HelpContents,
              [this] { showShortcuts(); });
    addAction(menu, tr("&About Mantissa"), {}, [this] {
        QMessageBox::about(
            this, tr("About Mantissa"),
            tr("<b>Mantissa %1</b><p>Explorer for low-precision DNN training hardware: one design "
               "point drives both the bit-exact emulation and the hardware model.</p>"
               "<p>GPL-3.0-or-later.</p>")
                .arg(QString::fromLatin1(kVersion)));
    });
}

void MainWindow::showShortcuts() {
    QString rows;
    for (const auto* menu :
         menuBar()->findChildren<QMenu*>(QString(), Qt::FindDirectChildrenOnly)) {
        for (const auto* action : menu->actions()) {
            if (!action->shortcut().isEmpty()) {
                rows += tr("<tr><td>%1&nbsp;&nbsp;</td><td>%2</td></tr>")
                            .arg(action->shortcut().toString(QKeySequence::NativeText),
                                 action->text().remove(QLatin1Char('&')));
            }
        }
    }
    auto* box = new QMessageBox(
        QMessageBox::NoIcon, tr("Keyboard and mouse"),
        tr("<table>%1</table><p><b>Charts</b>: wheel zooms at the cursor, drag pans, double-click "
           "fits; the context menu copies and exports.<br><b>Sliders</b>: arrow keys step, Page "
           "Up and Down step coarsely, double-click returns to the inherited value.</p>")
            .arg(rows),
        QMessageBox::Close, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

void MainWindow::updateRecentFiles() {
    m_recentMenu->clear();
    for (const auto& file : m_settings.recentFiles()) {
        auto* action = addAction(m_recentMenu, QDir::toNativeSeparators(file), {}, [this, file] {
            if (mayDiscard()) {
                openFile(file);
            }
        });
        action->setEnabled(QFileInfo::exists(file));
    }
    m_recentMenu->setEnabled(!m_recentMenu->isEmpty());
    if (!m_recentMenu->isEmpty()) {
        m_recentMenu->addSeparator();
        addAction(m_recentMenu, tr("&Clear this list"), {}, [this] {
            m_settings.clearRecentFiles();
            updateRecentFiles();
        });
    }
}

void MainWindow::connectCharts() {
    for (auto* chart : m_panels.charts()) {
        connect(chart, &ui::Chart::exportRequested, this,
                [this, chart](ui::ChartFormat format) { askAndExportChart(chart, format); });
        connect(chart, &ui::Chart::copyImageRequested, this,
                [chart] { QApplication::clipboard()->setImage(chart->image()); });
        connect(chart, &ui::Chart::copyDataRequested, this,
                [chart] { QApplication::clipboard()->setText(chart->dataTsv()); });
    }
}

void MainWindow::connectFiles() {
    connect(m_panels.formats, &ui::FormatsPanel::tableExportRequested, this,
            &MainWindow::askAndExportFormats);
    connect(m_panels.formats, &ui::FormatsPanel::tensorFileRequested, this,
            &MainWindow::askForTensor);
    connect(m_panels.hardware, &ui::HardwarePanel::libertyRequested, this,
            &MainWindow::askForLiberty);
}

void MainWindow::exportFormats(const QString& file) {
    const QByteArray csv = m_panels.formats->tableCsv(QString::fromLatin1(kVersion));
    const auto written = writeFileAtomically(
        file.toStdString(),
        std::string_view(csv.constData(), static_cast<std::size_t>(csv.size())));
    if (!written) {
        showError(tr("Cannot export the formats"), written.error());
        return;
    }
    m_settings.setExportFolder(QFileInfo(file).absolutePath());
    statusBar()->showMessage(tr("Exported %1").arg(QDir::toNativeSeparators(file)), 6000);
}

void MainWindow::askAndExportFormats() {
    const QString file = QFileDialog::getSaveFileName(
        this, tr("Export formats"),
        QDir(m_settings.exportFolder()).filePath(QStringLiteral("formats.csv")),
        tr("CSV file (*.csv)"));
    if (!file.isEmpty()) {
        exportFormats(file);
    }
}

void MainWindow::askForTensor() {
    const QString file =
        QFileDialog::getOpenFileName(this, tr("Open a tensor"), m_settings.datasetFolder(),
                                     tr("NumPy arrays (*.npy);;All files (*)"));
    if (!file.isEmpty()) {
        m_panels.formats->setTensorFile(file);
    }
}

void MainWindow::askForLiberty() {
    const QString file =
        QFileDialog::getOpenFileName(this, tr("Open a liberty file"), m_settings.exportFolder(),
                                     tr("Liberty files (*.lib);;All files (*)"));
    if (!file.isEmpty()) {
        m_studio->useLiberty(file.toStdString());
    }
}

void MainWindow::exportChart(ui::Chart* chart, ui::ChartFormat format, const QString& file) {
    if (const auto written = writeChart(*chart, format, file); !written) {
        showError(tr("Cannot export the chart"), written.error());
        return;
    }
    m_settings.setExportFolder(QFileInfo(file).absolutePath());
    statusBar()->showMessage(tr("Exported %1").arg(QDir::toNativeSeparators(file)), 6000);
}

void MainWindow::askAndExportChart(ui::Chart* chart, ui::ChartFormat format) {
    const QString suffix = ui::chartFormatSuffix(format);
    QString file = QFileDialog::getSaveFileName(
        this, tr("Export %1").arg(chart->title()),
        QDir(m_settings.exportFolder()).filePath(chartFileName(*chart, format)),
        tr("%1 file (*.%2)").arg(suffix.toUpper(), suffix));
    if (file.isEmpty()) {
        return;
    }
    if (QFileInfo(file).suffix().compare(suffix, Qt::CaseInsensitive) != 0) {
        file += QLatin1Char('.') + suffix;
    }
    exportChart(chart, format, file);
}

void MainWindow::askAndExportAll() {
    const QString folder = QFileDialog::getExistingDirectory(
        this, tr("Export all charts into a folder"), m_settings.exportFolder());
    if (folder.isEmpty()) {
        return;
    }
    const auto written = writeAllCharts(m_panels.charts(), folder);
    if (!written) {
        showError(tr("Cannot export the charts"), written.error());
        return;
    }
    m_settings.setExportFolder(folder);
    statusBar()->showMessage(
        tr("Exported %1 files to %2").arg(*written).arg(QDir::toNativeSeparators(folder)), 6000);
}

void MainWindow::askAndExportComparison() {
    const QString file = QFileDialog::getSaveFileName(
        this, tr("Export comparison"),
        QDir(m_settings.exportFolder()).filePath(QStringLiteral("comparison.csv")),
        tr("CSV file (*.csv)"));
    if (file.isEmpty()) {
        return;
    }
    m_studio->exportComparison(file);
}

void MainWindow::askForDataFolder() {
    const QString folder = QFileDialog::getExistingDirectory(
        this, tr("Folder of the Fashion-MNIST files"), m_settings.datasetFolder());
    if (folder.isEmpty()) {
        return;
    }
    m_settings.setDatasetFolder(folder);
    m_studio->setDatasetFolder(folder.toStdString());
    statusBar()->showMessage(tr("Data are read from %1").arg(QDir::toNativeSeparators(folder)),
                             6000);
}

}  // namespace mantissa::app
