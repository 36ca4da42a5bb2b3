// SPDX-License-Identifier: GPL-3.0-or-later
// Area, energy and cycles of a training step: totals, and pages for the breakdown, the layers, the
// roofline, a waterfall to another design, the configuration and its warnings.
#pragma once

#include <QWidget>
#include <memory>
#include <optional>
#include <vector>

#include "core/design/design_point.h"
#include "hwmodel/estimate.h"
#include "ui/common/design_edit.h"
#include "ui/hardware/waterfall_page.h"

namespace mantissa::ui {

class Chart;
struct ChartOrigin;

/// Ratios to the baseline under the calibration that the design does not name: how much smaller a
/// design is depends on it.
struct OtherCalibration {
    QString name;
    double area = 0;
    double energy = 0;
    double power = 0;
};

class HardwarePanel : public QWidget {
    Q_OBJECT

public:
    explicit HardwarePanel(QWidget* parent = nullptr);
    ~HardwarePanel() override;

    void setDesign(const design::DesignPoint& design, const design::DesignPoint& baseline);
    void setOthers(const std::vector<NamedDesign>& others);  ///< stored designs, to compare with
    void setLibrary(const hw::Library& library);  ///< the cells that reports are priced with
    /// `baseline`: totals show their ratio to it; `other`: beside what it is otherwise.
    void setReport(const hw::HardwareReport& report,
                   const std::optional<hw::HardwareReport>& baseline,
                   const std::optional<OtherCalibration>& other = {});
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
