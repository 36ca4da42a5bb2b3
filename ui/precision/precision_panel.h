// SPDX-License-Identifier: GPL-3.0-or-later
// Formats per scope and role: sliders, inheritance marks, error statistics that follow the drag.
#pragma once

#include <QWidget>
#include <memory>
#include <vector>

#include "core/design/design_point.h"
#include "core/numerics/quantise.h"
#include "ui/common/design_edit.h"

namespace mantissa::ui {

class AccuracyLine;

/// What a role's format loses on a sample tensor, as the app computed it.
struct RoleStatistics {
    design::RoleKey key;
    numerics::ErrorStatistics statistics;
    QString
        sample;  ///< what it was computed on: "conv2 weights of run 12, epoch 3", "initial weights"
};

class PrecisionPanel : public QWidget {
    Q_OBJECT

public:
    explicit PrecisionPanel(QWidget* parent = nullptr);
    ~PrecisionPanel() override;

    /// `baseline`: values that differ from it are marked.
    void setDesign(const design::DesignPoint& design, const design::DesignPoint& baseline);
    design::PlanScope scope() const;
    /// Of the layer that the statistics belong to; an empty vector clears the table.
    void setStatistics(const QString& layer, const std::vector<RoleStatistics>& statistics);

    AccuracyLine& accuracy();

public slots:
    void setScopeLayer(const QString& layer);  ///< shows the scope "layer"; empty: network default

signals:
    void editRequested(const mantissa::ui::DesignEdit& edit);
    void scopeChanged();  ///< the app recomputes statistics for the new scope

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace mantissa::ui
