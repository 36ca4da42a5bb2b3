// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/panels.h"

#include <QDockWidget>
#include <QMainWindow>
#include <QScrollArea>

#include "ui/charts/chart.h"
#include "ui/compare/compare_panel.h"
#include "ui/formats/formats_panel.h"
#include "ui/hardware/hardware_panel.h"
#include "ui/network/network_panel.h"
#include "ui/precision/precision_panel.h"
#include "ui/reproduce/reproduce_panel.h"
#include "ui/run/run_panel.h"
#include "ui/sensitivity/sensitivity_panel.h"

namespace mantissa::app {
namespace {

QDockWidget* addDock(QMainWindow& window, const QString& name, const QString& title,
                     QWidget* content) {
    auto* dock = new QDockWidget(title, &window);
    dock->setObjectName(name);  // the saved layout finds docks by it
    dock->setWidget(content);
    window.addDockWidget(Qt::LeftDockWidgetArea, dock);
    return dock;
}

/// In a narrow dock the page is scrolled; without, it would widen the window beyond the screen.
QWidget* scrolled(QWidget* page) {
    auto* area = new QScrollArea;
    area->setWidget(page);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setFocusPolicy(Qt::NoFocus);
    return area;
}

}  // namespace

QList<ui::Chart*> Panels::charts() const {
    QList<ui::Chart*> all;
    for (const auto& charts :
         {run->charts(), hardware->charts(), compare->charts(), formats->charts()}) {
        for (auto* chart : charts) {
            all.append(chart);
        }
    }
    return all;
}

Panels createPanels(QMainWindow& window) {
    window.setDockNestingEnabled(true);
    window.setDockOptions(QMainWindow::AllowNestedDocks | QMainWindow::AllowTabbedDocks |
                          QMainWindow::AnimatedDocks);
    Panels panels;
    panels.network = new ui::NetworkPanel;
    panels.precision = new ui::PrecisionPanel;
    panels.run = new ui::RunPanel;
    panels.hardware = new ui::HardwarePanel;
    panels.compare = new ui::ComparePanel;
    panels.formats = new ui::FormatsPanel;
    panels.sensitivity = new ui::SensitivityPanel;
    panels.reproduce = new ui::ReproducePanel;
    panels.docks = {
        addDock(window, QStringLiteral("network"), QMainWindow::tr("Network"), panels.network),
        addDock(window, QStringLiteral("precision"), QMainWindow::tr("Precision"),
                panels.precision),
        addDock(window, QStringLiteral("run"), QMainWindow::tr("Run"), panels.run),
        addDock(window, QStringLiteral("hardware"), QMainWindow::tr("Hardware"), panels.hardware),
        addDock(window, QStringLiteral("compare"), QMainWindow::tr("Compare"), panels.compare),
        addDock(window, QStringLiteral("formats"), QMainWindow::tr("Formats"),
                scrolled(panels.formats)),
        addDock(window, QStringLiteral("sensitivity"), QMainWindow::tr("Sensitivity"),
                panels.sensitivity),
        addDock(window, QStringLiteral("reproduce"), QMainWindow::tr("Reproduce"),
                panels.reproduce),
    };
    return panels;
}

void arrangePanels(QMainWindow& window, const Panels& panels) {
    enum { kNetwork, kPrecision, kRun, kHardware, kCompare, kFormats, kSensitivity, kReproduce };
    const auto& docks = panels.docks;
    for (auto* dock : docks) {
        dock->setFloating(false);
        window.removeDockWidget(dock);
    }
    window.addDockWidget(Qt::TopDockWidgetArea, docks[kNetwork]);
    window.splitDockWidget(docks[kNetwork], docks[kPrecision], Qt::Horizontal);
    window.splitDockWidget(docks[kPrecision], docks[kHardware], Qt::Horizontal);
    window.addDockWidget(Qt::BottomDockWidgetArea, docks[kRun]);
    window.splitDockWidget(docks[kRun], docks[kCompare], Qt::Horizontal);
    window.tabifyDockWidget(docks[kCompare], docks[kFormats]);
    window.tabifyDockWidget(docks[kFormats], docks[kSensitivity]);
    window.tabifyDockWidget(docks[kSensitivity], docks[kReproduce]);
    if (panels.history != nullptr) {
        window.addDockWidget(Qt::LeftDockWidgetArea, panels.history);
        panels.history->hide();
    }
    for (auto* dock : {docks[kNetwork], docks[kPrecision], docks[kHardware], docks[kRun],
                       docks[kCompare], docks[kFormats], docks[kSensitivity], docks[kReproduce]}) {
        dock->show();
    }
    docks[kCompare]->raise();
    const int width = window.width();
    const int height = window.height();
    window.resizeDocks({docks[kNetwork], docks[kPrecision], docks[kHardware]},
                       {width * 27 / 100, width * 38 / 100, width * 35 / 100}, Qt::Horizontal);
    window.resizeDocks({docks[kRun], docks[kCompare]}, {width * 36 / 100, width * 64 / 100},
                       Qt::Horizontal);
    window.resizeDocks({docks[kPrecision], docks[kRun]}, {height * 60 / 100, height * 40 / 100},
                       Qt::Vertical);
}

}  // namespace mantissa::app
