// SPDX-License-Identifier: GPL-3.0-or-later
// Run and Cancel, recipe, progress with ETA, and the live curves of loss and accuracy, and
// what changed on the way.
#pragma once

#include <QWidget>
#include <memory>
#include <vector>

#include "core/design/design_point.h"
#include "core/train/trainer.h"
#include "ui/common/design_edit.h"

namespace mantissa::ui {

class Chart;

enum class RunState { Idle, Queued, Running, Cancelling, Done, Cancelled, Diverged, Failed };

class RunPanel : public QWidget {
    Q_OBJECT

public:
    explicit RunPanel(QWidget* parent = nullptr);
    ~RunPanel() override;

    void setDesign(const design::DesignPoint& design);
    /// `message`: the reason when diverged or failed, else what the state means for the user.
    void setState(RunState state, const QString& message);
    void setProgress(const QString& phase, qint64 done, qint64 total, const QString& eta,
                     const QString& speed);
    /// Starts new curves for a run of `design`, which may not be the one shown for editing;
    /// `planned`: steps of the whole run, for the axis.
    void beginCurves(const design::DesignPoint& design, qint64 planned);
    void appendCurves(const std::vector<train::StepMetric>& steps,
                      const std::vector<train::EpochMetric>& epochs);
    void appendEvents(const std::vector<train::RunEvent>& events);
    void appendObservations(const std::vector<train::Observation>& observations);
    /// Why the curves shown are not those of the present design; empty: they are.
    void setStale(const QString& reason);
    std::vector<Chart*> charts() const;

signals:
    void runRequested();
    void cancelRequested();
    void editRequested(const mantissa::ui::DesignEdit& edit);  ///< of the recipe

protected:
    void resizeEvent(QResizeEvent* event) override;  ///< side by side where there is room

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace mantissa::ui
