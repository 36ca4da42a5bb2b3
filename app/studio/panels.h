// SPDX-License-Identifier: GPL-3.0-or-later
// The panels in their docks, and the arrangement a new user meets.
#pragma once

#include <QList>

class QDockWidget;
class QMainWindow;

namespace mantissa::ui {
class Chart;
class ComparePanel;
class FormatsPanel;
class HardwarePanel;
class NetworkPanel;
class PrecisionPanel;
class ReproducePanel;
class RunPanel;
class SensitivityPanel;
}  // namespace mantissa::ui

namespace mantissa::app {

/// Not owning: the main window does.
struct Panels {
    ui::NetworkPanel* network = nullptr;
    ui::PrecisionPanel* precision = nullptr;
    ui::RunPanel* run = nullptr;
    ui::HardwarePanel* hardware = nullptr;
    ui::ComparePanel* compare = nullptr;
    ui::FormatsPanel* formats = nullptr;
    ui::SensitivityPanel* sensitivity = nullptr;
    ui::ReproducePanel* reproduce = nullptr;
    QDockWidget* history = nullptr;
    QList<QDockWidget*> docks;  ///< all, history last

    QList<ui::Chart*> charts() const;
};

Panels createPanels(QMainWindow& window);
/// Every dock visible in its place but the history, whatever was done before.
void arrangePanels(QMainWindow& window, const Panels& panels);

}  // namespace mantissa::app
