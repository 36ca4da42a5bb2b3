// SPDX-License-Identifier: GPL-3.0-or-later
// Area, energy and cycles of a training step: totals, breakdown bars, per-layer table,
// configuration.
#pragma once

#include <QWidget>
#include <memory>
#include <optional>
#include <vector>

#include "core/design/design_point.h"
#include "hwmodel/estimate.h"
#include "ui/common/design_edit.h"

namespace mantissa::ui {

class Chart;

class HardwarePanel : public QWidget {
    Q_OBJECT

public:
    explicit HardwarePanel(QWidget* parent = nullptr);
    ~HardwarePanel() override;

    void setDesign(const design::DesignPoint& design);
    /// `baseline`: totals show their ratio to it.
    void setReport(const hw::HardwareReport& report,
                   const std::optional<hw::HardwareReport>& baseline);
    void setError(const Error& error);  ///< the design cannot be estimated, and why
    std::vector<Chart*> charts() const;

signals:
    void editRequested(const mantissa::ui::DesignEdit& edit);  ///< of the hardware configuration
    void layerSelected(const QString& name);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace mantissa::ui
