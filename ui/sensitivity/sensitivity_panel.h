// SPDX-License-Identifier: GPL-3.0-or-later
// One-click sensitivity: which layer and role bears few bits, ranked by accuracy lost a bit saved.
#pragma once

#include <QWidget>
#include <memory>
#include <optional>

#include "core/design/design_point.h"
#include "core/error.h"
#include "core/study/sensitivity.h"
#include "ui/common/design_edit.h"

class QLabel;
class QPushButton;
class QSpinBox;
class QTableView;

namespace mantissa::ui {

class ErrorLabel;
class JobProgress;
class SensitivityModel;

class SensitivityPanel : public QWidget {
    Q_OBJECT

public:
    explicit SensitivityPanel(QWidget* parent = nullptr);

    /// The design that a row is taken over into, and that the next analysis is of.
    void setDesign(const design::DesignPoint& design);
    void setBusy(bool busy);
    void setProgress(const QString& phase, qint64 done, qint64 total, const QString& eta);
    void setResult(const design::DesignPoint& design, const study::Sensitivity& result);
    void setProblem(const std::optional<Error>& problem);

signals:
    /// `design`: the present one with the training images chosen here.
    void analysisRequested(const mantissa::design::DesignPoint& design);
    void cancelRequested();
    void editRequested(const mantissa::ui::DesignEdit& edit);  ///< a row is taken over

private:
    void build();
    void takeOver(int row);

    design::DesignPoint m_design;
    SensitivityModel* m_model;
    QPushButton* m_analyse = nullptr;
    QPushButton* m_cancel = nullptr;
    QSpinBox* m_images = nullptr;
    JobProgress* m_progress = nullptr;
    QLabel* m_summary = nullptr;
    ErrorLabel* m_problem = nullptr;
    QTableView* m_table = nullptr;
};

}  // namespace mantissa::ui
