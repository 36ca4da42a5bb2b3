// SPDX-License-Identifier: GPL-3.0-or-later
// Trains the example and its baseline in the real window and takes the pictures of the
// documentation. usage: take_screenshots OUTPUT_FOLDER
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QDockWidget>
#include <QEventLoop>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>
#include <QStandardPaths>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTextStream>
#include <QTimer>
#include <algorithm>
#include <functional>
#include <memory>
#include <thread>

#include "app/studio/main_window.h"
#include "app/studio/theme.h"
#include "ui/charts/chart.h"
#include "ui/compare/compare_panel.h"
#include "ui/formats/formats_panel.h"
#include "ui/network/network_panel.h"

namespace {

using namespace mantissa;

/// Runs the event loop until `ready`, or at most `seconds`; false on time-out.
bool waitFor(const std::function<bool()>& ready, int seconds) {
    constexpr int kPollMs = 50;
    for (int waited = 0; !ready(); waited += kPollMs) {
        if (waited > seconds * 1000) {
            return false;
        }
        QEventLoop loop;
        QTimer::singleShot(kPollMs, &loop, &QEventLoop::quit);
        loop.exec();
    }
    return true;
}

void settle() {
    waitFor([] { return false; }, 1);
}

class Photographer {
public:
    Photographer(app::MainWindow& window, QDir folder) : m_window(window), m_folder(folder) {}

    bool window(const QString& name) { return save(m_window, name); }
    bool dock(const QString& objectName, const QString& name) {
        return save(*m_window.findChild<QDockWidget*>(objectName)->widget(), name);
    }
    /// Every tab of a panel, as NAME-1.png, NAME-2.png, ...
    bool tabs(const QString& objectName, const QString& name) {
        auto* widget = m_window.findChild<QDockWidget*>(objectName)->widget();
        auto* tabs = widget->findChild<QTabWidget*>();
        bool saved = true;
        for (int i = 0; i < tabs->count(); ++i) {
            tabs->setCurrentIndex(i);
            settle();
            saved = save(*widget, QStringLiteral("%1-%2").arg(name).arg(i + 1)) && saved;
        }
        tabs->setCurrentIndex(0);
        return saved;
    }

private:
    bool save(QWidget& widget, const QString& name) {
        return widget.grab().save(m_folder.filePath(name + QStringLiteral(".png")));
    }

    app::MainWindow& m_window;
    QDir m_folder;
};

bool trainBoth(app::MainWindow& window) {
    constexpr int kSeconds = 900;
    window.studio().runBaseline();
    window.studio().run();
    return waitFor([&] { return !window.studio().runs().isBusy(); }, kSeconds) &&
           waitFor([&] { return window.panels().compare->chosen().size() >= 2; }, 10);
}

/// With an operand of the network among the data.
bool photographFormats(app::MainWindow& window, Photographer& camera) {
    auto* dock = window.findChild<QDockWidget*>(QStringLiteral("formats"));
    auto* tensor = dock->widget()->findChild<QComboBox*>(QStringLiteral("tensor"));
    tensor->setCurrentIndex(tensor->findText(QStringLiteral("conv2: error")));
    emit tensor->activated(tensor->currentIndex());
    dock->setFloating(true);
    dock->resize(1200, 620);
    constexpr int kSeconds = 60;
    const bool answered = waitFor(
        [&] {
            return window.panels().formats->charts()[2]->note().contains(
                QStringLiteral("conv2 error"));
        },
        kSeconds);
    settle();
    const bool saved =
        answered && camera.tabs(QStringLiteral("formats"), QStringLiteral("formats"));
    window.restoreDefaultLayout();
    settle();
    return saved;
}

/// On few images: what the page looks like, not what it finds.
bool photographSensitivity(app::MainWindow& window, Photographer& camera) {
    auto* dock = window.findChild<QDockWidget*>(QStringLiteral("sensitivity"));
    auto* summary = dock->widget()->findChild<QLabel*>(QStringLiteral("summary"));
    const QString before = summary->text();
    constexpr int kImages = 1000;
    constexpr int kSeconds = 300;
    dock->widget()->findChild<QSpinBox*>()->setValue(kImages);
    dock->widget()->findChild<QPushButton*>(QStringLiteral("analyse"))->click();
    const bool answered = waitFor([&] { return summary->text() != before; }, kSeconds);
    dock->setFloating(true);
    dock->resize(820, 420);
    settle();
    const bool saved =
        answered && camera.dock(QStringLiteral("sensitivity"), QStringLiteral("sensitivity"));
    window.restoreDefaultLayout();
    settle();
    return saved;
}

/// A page, with its models and what the database holds of its trainings.
bool photographReproduce(app::MainWindow& window, Photographer& camera) {
    auto* dock = window.findChild<QDockWidget*>(QStringLiteral("reproduce"));
    dock->setFloating(true);
    constexpr int kWidth = 1200;
    constexpr int kHeight = 1500;
    dock->resize(kWidth, kHeight);
    dock->raise();
    auto* list = dock->widget()->findChild<QListWidget*>();
    list->setCurrentItem(list->findItems(QStringLiteral("HBFP"), Qt::MatchExactly).front());
    auto* summary = dock->widget()->findChild<QLabel*>(QStringLiteral("claimSummary"));
    constexpr int kSeconds = 60;
    const bool answered =
        waitFor([&] { return summary->text().contains(QStringLiteral("agree")); }, kSeconds);
    settle();
    const bool saved =
        answered && camera.dock(QStringLiteral("reproduce"), QStringLiteral("reproduce"));
    window.restoreDefaultLayout();
    settle();
    return saved;
}

bool photograph(app::MainWindow& window, const QDir& folder) {
    Photographer camera(window, folder);
    window.panels().network->selectLayer(QStringLiteral("conv2"));
    settle();
    bool saved = camera.window(QStringLiteral("window"));
    for (const auto& name :
         {QStringLiteral("network"), QStringLiteral("precision"), QStringLiteral("run")}) {
        saved = camera.dock(name, name) && saved;
    }
    saved = camera.tabs(QStringLiteral("hardware"), QStringLiteral("hardware")) && saved;
    saved = camera.tabs(QStringLiteral("compare"), QStringLiteral("compare")) && saved;
    saved = photographFormats(window, camera) && saved;
    saved = photographSensitivity(window, camera) && saved;
    saved = photographReproduce(window, camera) && saved;
    app::applyTheme(app::Theme::Dark);
    settle();
    return camera.window(QStringLiteral("window-dark")) && saved;
}

}  // namespace

int main(int argc, char** argv) {
    const QApplication application(argc, argv);
    QStandardPaths::setTestModeEnabled(true);
    QApplication::setApplicationName(QStringLiteral("mantissa-screenshots"));
    if (argc != 2 || !QDir().mkpath(QString::fromLocal8Bit(argv[1]))) {
        QTextStream(stderr) << "usage: take_screenshots OUTPUT_FOLDER\n";
        return 2;
    }
    const QTemporaryDir scratch;
    app::applyTheme(app::Theme::Light);
    app::StudioOptions options;
    options.databaseFile = scratch.filePath(QStringLiteral("points.db")).toStdString();
    options.threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    auto store = store::Store::open(options.databaseFile, store::Access::ReadWrite);
    if (!store) {
        QTextStream(stderr) << QString::fromStdString(store.error().text()) << '\n';
        return 1;
    }
    app::MainWindow window(std::make_shared<store::Store>(std::move(*store)), options);
    window.setAskBeforeClosing(false);
    window.resize(1680, 1050);
    window.restoreDefaultLayout();
    window.openExample();
    window.show();
    const bool done =
        trainBoth(window) && photograph(window, QDir(QString::fromLocal8Bit(argv[1])));
    window.close();
    return done ? 0 : 1;
}
