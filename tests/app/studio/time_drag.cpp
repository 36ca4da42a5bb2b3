// SPDX-License-Identifier: GPL-3.0-or-later
// What a slider's drag takes of the window's thread, in processor time, with each page of the
// hardware panel in view. usage: time_drag [lenet5|resnet50|...] [CHANGES]
#include <QApplication>
#include <QElapsedTimer>
#include <QSlider>
#include <QStandardPaths>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTextStream>
#include <QTimer>
#include <algorithm>
#include <ctime>
#include <string>
#include <vector>

#include "app/studio/main_window.h"
#include "ui/common/bit_width_control.h"
#include "ui/hardware/figure_card.h"
#include "ui/hardware/hardware_panel.h"
#include "ui/precision/precision_panel.h"

namespace {

using namespace mantissa;

double threadMilliseconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

/// Adds up what the thread does, and keeps the longest single event.
class TimedApplication : public QApplication {
public:
    using QApplication::QApplication;

    template <typename Work>
    bool timed(const Work& work, double& took) {
        ++m_depth;
        const double before = threadMilliseconds();
        const bool result = work();
        took = threadMilliseconds() - before;
        m_total += took;
        --m_depth;
        return result;
    }
    bool notify(QObject* receiver, QEvent* event) override {
        if (m_depth > 0) {
            return QApplication::notify(receiver, event);
        }
        const int type = event->type();
        const char* name = receiver->metaObject()->className();
        double took = 0;
        const bool handled = timed([&] { return QApplication::notify(receiver, event); }, took);
        if (took > m_longest) {
            m_longest = took;
            m_longestName = QStringLiteral("%1 of %2").arg(type).arg(QLatin1String(name));
        }
        return handled;
    }
    void start() { m_total = m_longest = 0; }
    double total() const { return m_total; }
    double longest() const { return m_longest; }
    QString longestName() const { return m_longestName; }

private:
    int m_depth = 0;
    double m_total = 0;
    double m_longest = 0;
    QString m_longestName;
};

/// Runs the event loop for a while.
void live(int milliseconds) {
    QEventLoop loop;
    QTimer::singleShot(milliseconds, &loop, &QEventLoop::quit);
    loop.exec();
}

double quantile(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

QSlider* mantissaSlider(const app::MainWindow& window) {
    for (auto* control :
         window.panels().precision->findChildren<ui::BitWidthControl*>(QStringLiteral("man"))) {
        if (control->isVisible()) {
            return control->slider();
        }
    }
    return nullptr;
}

struct Figures {
    std::vector<double> edit, total, longest, answer;
    QString longestName;
    double worst = 0;
};

/// One pixel after the other, up and down; each change is followed until nothing is left to do.
Figures drag(TimedApplication& application, app::MainWindow& window, QSlider& slider, int changes) {
    Figures figures;
    const auto* card = window.panels().hardware->findChildren<ui::FigureCard*>().at(1);
    slider.setSliderDown(true);
    constexpr int kFrame_ms = 16;
    for (int i = 0; i < changes; ++i) {
        application.start();
        const QString before = card->value();
        QElapsedTimer clock;
        clock.start();
        double edit = 0;
        application.timed(
            [&] {
                slider.setSliderPosition(slider.sliderPosition() + (i % 8 < 4 ? -1 : 1));
                return true;
            },
            edit);
        while (card->value() == before && clock.elapsed() < 200) {
            QCoreApplication::processEvents(QEventLoop::AllEvents, 1);
        }
        if (card->value() != before) {
            figures.answer.push_back(1e-6 * static_cast<double>(clock.nsecsElapsed()));
        }
        live(3 * kFrame_ms);
        figures.edit.push_back(edit);
        figures.total.push_back(application.total());
        figures.longest.push_back(std::max(application.longest(), edit));
        if (application.longest() > figures.worst) {
            figures.worst = application.longest();
            figures.longestName = application.longestName();
        }
    }
    slider.setSliderDown(false);
    return figures;
}

bool openNetwork(app::MainWindow& window, const std::string& name) {
    auto& document = window.studio().document();
    const auto templates = nn::networkTemplates();
    const auto found = std::find_if(templates.begin(), templates.end(),
                                    [&](const auto& each) { return each.id == name; });
    if (found == templates.end()) {
        return name == "example";
    }
    document.open(document.design().withNetwork(found->generate({3, 224, 224}, 1000)), {});
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    QStandardPaths::setTestModeEnabled(true);
    TimedApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("mantissa-tests"));
    QApplication::setApplicationName(QStringLiteral("time-drag"));
    const QStringList arguments = QApplication::arguments();
    const std::string network = arguments.value(1, QStringLiteral("example")).toStdString();
    const int changes = std::max(8, arguments.value(2, QStringLiteral("80")).toInt());
    const QTemporaryDir folder;
    app::StudioOptions options;
    options.datasetFolder = folder.path().toStdString();
    app::MainWindow window(nullptr, options);
    window.setAskBeforeClosing(false);
    window.resize(1600, 1000);
    window.openExample();
    window.show();
    QTextStream out(stdout);
    if (!openNetwork(window, network)) {
        out << "no such network\n";
        return 2;
    }
    live(1500);
    auto* tabs = window.panels().hardware->findChild<QTabWidget*>();
    out << "ms of the window's thread a change (median, 95 %, most); longest single event\n";
    for (int page = 0; page < tabs->count(); ++page) {
        tabs->setCurrentIndex(page);
        live(300);
        auto* slider = mantissaSlider(window);
        if (slider == nullptr) {
            out << "no slider of mantissa bits is in view\n";
            return 1;
        }
        const auto figures = drag(application, window, *slider, changes);
        const auto row = [&](const char* name, const std::vector<double>& values) {
            out << QStringLiteral("  %1 %2 %3 %4\n")
                       .arg(QLatin1String(name), -24)
                       .arg(quantile(values, 0.5), 7, 'f', 2)
                       .arg(quantile(values, 0.95), 7, 'f', 2)
                       .arg(quantile(values, 1), 7, 'f', 2);
        };
        out << tabs->tabText(page).remove(u'&') << '\n';
        row("edit", figures.edit);
        row("edit and what follows", figures.total);
        row("longest at a stretch", figures.longest);
        if (!figures.answer.empty()) {
            row("until energy is shown", figures.answer);
        }
        out << "  worst: event " << figures.longestName << '\n';
        out.flush();
    }
    window.close();
    return 0;
}
