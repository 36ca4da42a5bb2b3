// SPDX-License-Identifier: GPL-3.0-or-later
// One published system: what it is, what it sets, what was claimed, what is obtained here.
#pragma once

#include <QWidget>
#include <optional>

#include "core/design/design_point.h"
#include "core/systems/system.h"
#include "ui/reproduce/claim_model.h"

class QComboBox;
class QLabel;
class QPushButton;

namespace mantissa::ui {

class DataflowView;
class PresetModel;

class SystemPage : public QWidget {
    Q_OBJECT

public:
    explicit SystemPage(QWidget* parent = nullptr);

    /// `baseline`: the FP32 design that presets change.
    void setSystem(const systems::System& system, const design::DesignPoint& baseline);
    void setOutcomes(const ClaimOutcomes& outcomes);

signals:
    void openRequested(const mantissa::design::DesignPoint& design);

private:
    QWidget* buildPreset();
    void showPreset();
    void showSummary(const ClaimOutcomes& outcomes);

    systems::System m_system;
    design::DesignPoint m_baseline;
    std::optional<design::DesignPoint> m_design;  ///< of the chosen preset
    QLabel* m_title = nullptr;
    QLabel* m_paper = nullptr;
    QLabel* m_what = nullptr;
    DataflowView* m_drawing = nullptr;
    QComboBox* m_preset = nullptr;
    QPushButton* m_open = nullptr;
    QLabel* m_note = nullptr;
    PresetModel* m_changes;
    QLabel* m_summary = nullptr;
    ClaimModel* m_claims;
};

}  // namespace mantissa::ui
