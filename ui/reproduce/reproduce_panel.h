// SPDX-License-Identifier: GPL-3.0-or-later
// The published systems: a list, a page each, and their reproduction in the background.
#pragma once

#include <QWidget>
#include <memory>
#include <optional>
#include <vector>

#include "core/design/design_point.h"
#include "core/error.h"
#include "core/systems/system.h"
#include "ui/reproduce/claim_model.h"

class QListWidget;
class QPushButton;

namespace mantissa::ui {

class ErrorLabel;
class JobProgress;
class SystemPage;

using SystemList = std::shared_ptr<const std::vector<systems::System>>;

class ReproducePanel : public QWidget {
    Q_OBJECT

public:
    explicit ReproducePanel(QWidget* parent = nullptr);

    /// `baseline`: the FP32 design that presets change; `scale`: what a reproduction trains, in
    /// words.
    void setSystems(const SystemList& systems, const design::DesignPoint& baseline,
                    const QString& scale);
    /// Row of the list, of the system whose page is shown; -1: none.
    int current() const;
    void setOutcomes(int system, const ClaimOutcomes& outcomes);
    void setBusy(bool busy);
    void setProgress(const QString& phase, qint64 done, qint64 total, const QString& eta);
    void setProblem(const std::optional<Error>& problem);

signals:
    /// A page is shown: what is known of the system without training is wanted.
    void shown(int system);
    void reproduceRequested(int system);
    void cancelRequested();
    void openRequested(const mantissa::design::DesignPoint& design);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* buildBar();
    void showSystem();

    SystemList m_systems;
    design::DesignPoint m_baseline;
    bool m_asked = false;  ///< what is known of the page's system
    QListWidget* m_list = nullptr;
    SystemPage* m_page = nullptr;
    QPushButton* m_reproduce = nullptr;
    QPushButton* m_cancel = nullptr;
    JobProgress* m_progress = nullptr;
    ErrorLabel* m_problem = nullptr;
};

}  // namespace mantissa::ui
