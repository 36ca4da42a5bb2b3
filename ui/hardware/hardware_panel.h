// SPDX-License-Identifier: GPL-3.0-or-later
// Area, energy and cycles of a training step: totals, and pages for the breakdown, the layers, the
// roofline, a waterfall to another design, the configuration and its warnings.
#pragma once

#include <QWidget>
#include <memory>
#include <vector>

#include "core/design/design_point.h"
#include "ui/common/design_edit.h"
#include "ui/hardware/hardware_figures.h"
#include "ui/hardware/waterfall_page.h"

namespace mantissa::ui {

class Chart;
struct ChartOrigin;

class HardwarePanel : public QWidget {
    Q_OBJECT

public:
    explicit HardwarePanel(QWidget* parent = nullptr);
    ~HardwarePanel() override;

    void setDesign(const design::DesignPoint& design);       ///< of the configuration
    void setOthers(const std::vector<NamedDesign>& others);  ///< stored ones, to compare with
    void setLibrary(const hw::Library& library);             ///< the cells under Setup
    void setFigures(const HardwareFigures& figures);         ///< with a design
    void setError(const Error& error);          ///< the design cannot be estimated, and why
    std::vector<Chart*> charts() const;         ///< brought up to date
    void setOrigin(const ChartOrigin& origin);  ///< of what the charts show

signals:
    void editRequested(const mantissa::ui::DesignEdit& edit);  ///< of the hardware configuration
    void layerSelected(const QString& name);
    void libraryChanged(const mantissa::hw::Library& library);  ///< asks for a new report
    void libertyRequested();  ///< the user wants to choose a liberty file

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace mantissa::ui
