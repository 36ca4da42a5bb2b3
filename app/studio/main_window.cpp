// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/main_window.h"

#include <QCloseEvent>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QMessageBox>
#include <QMimeData>
#include <QScreen>
#include <QStatusBar>
#include <QStyle>
#include <QUndoView>
#include <algorithm>
#include <utility>

#include "app/studio/chart_files.h"
#include "core/design/design_json.h"

namespace mantissa::app {
namespace {

// A layout saved by another arrangement of docks is not restored.
constexpr int kLayoutVersion = 2;
constexpr int kShutdownMs = 3000;

QString designFilter() {
    return MainWindow::tr("Designs (*.json);;All files (*)");
}

QSize defaultSize(const QScreen* screen) {
    const QSize available = screen != nullptr ? screen->availableSize() : QSize(1600, 1000);
    return {std::min(1680, available.width() * 95 / 100),
            std::min(1050, available.height() * 93 / 100)};
}

}  // namespace

MainWindow::MainWindow(std::shared_ptr<store::Store> store, const StudioOptions& options) {
    setAcceptDrops(true);
    resize(defaultSize(screen()));
    m_panels = createPanels(*this);
    m_studio = std::make_unique<Studio>(m_panels, std::move(store), options);

    auto* history = new QDockWidget(tr("History"), this);
    history->setObjectName(QStringLiteral("history"));
    history->setWidget(new QUndoView(m_studio->document().undoStack()));
    m_panels.history = history;
    m_panels.docks.append(history);

    m_problem = new QLabel;
    m_problem->setAccessibleName(tr("Last problem"));
    statusBar()->addPermanentWidget(m_problem);
    createMenus();
    connectCharts();
    connectFiles();

    restoreDefaultLayout();
    restoreGeometry(m_settings.windowGeometry());
    restoreState(m_settings.windowState(), kLayoutVersion);

    connect(m_studio.get(), &Studio::message, this,
            [this](const QString& text) { statusBar()->showMessage(text, 6000); });
    connect(m_studio.get(), &Studio::problem, this, [this](const Error& error) {
        const QString text = QString::fromStdString(error.text());
        m_problem->setText(
            tr("⚠ %1").arg(fontMetrics().elidedText(text, Qt::ElideRight, width() * 2 / 3)));
        m_problem->setToolTip(text);
    });
    connect(m_studio.get(), &Studio::progressChanged, this, [this](const QString& text) {
        m_progress = text;
        updateTitle();
    });
    connect(m_studio.get(), &Studio::openRequested, this,
            [this](const design::DesignPoint& design) {
                if (mayDiscard()) {
                    m_studio->document().open(design, {});
                }
            });
    auto& document = m_studio->document();
    connect(&document, &Document::designChanged, this, [this] {
        m_problem->setText({});  // it was about the design as it stood before
        updateTitle();
    });
    connect(&document, &Document::fileChanged, this, &MainWindow::updateTitle);
    connect(document.undoStack(), &QUndoStack::cleanChanged, this, &MainWindow::updateTitle);
}

MainWindow::~MainWindow() {
    // The studio's end empties the undo stack, which would tell a window that is half gone.
    m_studio->document().undoStack()->disconnect(this);
    m_studio->document().disconnect(this);
    m_studio->disconnect(this);
}

void MainWindow::openExample() {
    QFile file(QStringLiteral(":/designs/lenet5_bfp8.json"));
    const bool readable = file.open(QIODevice::ReadOnly);
    const auto design = design::fromJson(readable ? file.readAll().toStdString() : std::string(),
                                         file.fileName().toStdString());
    m_studio->document().open(design.value_or(design::DesignPoint()), {});
    if (!design) {
        showError(tr("Cannot open the example"), design.error());
    }
    m_studio->keepFirstPoint();
}

bool MainWindow::openFile(const QString& file) {
    if (const auto opened = m_studio->document().openFile(file); !opened) {
        showError(tr("Cannot open the design"), opened.error());
        return false;
    }
    m_settings.addRecentFile(file);
    updateRecentFiles();
    return true;
}

bool MainWindow::saveFile(const QString& file) {
    if (const auto saved = m_studio->document().saveFile(file); !saved) {
        showError(tr("Cannot save the design"), saved.error());
        return false;
    }
    m_settings.addRecentFile(file);
    updateRecentFiles();
    statusBar()->showMessage(tr("Saved %1").arg(QFileInfo(file).fileName()), 4000);
    return true;
}

void MainWindow::restoreDefaultLayout() {
    arrangePanels(*this, m_panels);
}

void MainWindow::updateTitle() {
    const Document& document = m_studio->document();
    const QString name = QString::fromStdString(document.design().name());
    const QString file =
        document.file().isEmpty() ? tr("not saved") : QFileInfo(document.file()).fileName();
    const QString progress = m_progress.isEmpty() ? QString() : tr("%1 – ").arg(m_progress);
    setWindowTitle(tr("%1%2 (%3)[*] – Mantissa").arg(progress, name, file));
    setWindowModified(document.isModified());
}

void MainWindow::showError(const QString& title, const Error& error) {
    auto* box = new QMessageBox(QMessageBox::Warning, title, QString::fromStdString(error.message),
                                QMessageBox::Ok, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    QString more = QString::fromStdString(error.where);
    if (!error.hint.empty()) {
        more += (more.isEmpty() ? QString() : QStringLiteral("\n\n")) +
                QString::fromStdString(error.hint);
    }
    box->setInformativeText(more);
    box->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    box->open();
}

void MainWindow::askAndOpen() {
    if (!mayDiscard()) {
        return;
    }
    const QString file = QFileDialog::getOpenFileName(this, tr("Open design"),
                                                      m_studio->document().file(), designFilter());
    if (!file.isEmpty()) {
        openFile(file);
    }
}

bool MainWindow::save() {
    const QString& file = m_studio->document().file();
    return file.isEmpty() ? askAndSaveAs() : saveFile(file);
}

bool MainWindow::askAndSaveAs() {
    QString file = QFileDialog::getSaveFileName(this, tr("Save design"),
                                                m_studio->document().file(), designFilter());
    if (file.isEmpty()) {
        return false;
    }
    if (QFileInfo(file).suffix().isEmpty()) {
        file += QStringLiteral(".json");
    }
    return saveFile(file);
}

bool MainWindow::mayDiscard() {
    if (!m_askBeforeClosing || !m_studio->document().isModified()) {
        return true;
    }
    const auto answer = QMessageBox::question(
        this, tr("Unsaved changes"),
        tr("%1 has changes that are not saved.")
            .arg(QString::fromStdString(m_studio->document().design().name())),
        QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, QMessageBox::Save);
    return answer == QMessageBox::Discard || (answer == QMessageBox::Save && save());
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!mayDiscard()) {
        event->ignore();
        return;
    }
    statusBar()->showMessage(tr("Finishing…"));
    m_studio->shutDown(kShutdownMs);
    m_settings.setWindow(saveGeometry(), saveState(kLayoutVersion));
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    const auto urls = event->mimeData()->urls();
    if (urls.size() == 1 && urls.front().isLocalFile()) {
        event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent* event) {
    const auto urls = event->mimeData()->urls();
    if (urls.size() == 1 && urls.front().isLocalFile() && mayDiscard()) {
        openFile(urls.front().toLocalFile());
    }
}

}  // namespace mantissa::app
