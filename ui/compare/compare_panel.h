// SPDX-License-Identifier: GPL-3.0-or-later
// Stored design points: the list, the side-by-side table, overlaid curves, accuracy against cost.
#pragma once

#include <QWidget>
#include <memory>
#include <optional>
#include <vector>

#include "core/design/design_point.h"
#include "core/train/operand_loss.h"
#include "core/train/trainer.h"
#include "hwmodel/estimate.h"

namespace mantissa::ui {

class Chart;

/// A stored design with what is known of it. Absent values are shown as "not run", never guessed.
struct ComparePoint {
    QString hash;
    QString name;
    design::DesignPoint design;
    QString status;  ///< of its newest run: "done", "cancelled", ...; empty: none
    qint64 createdMs = 0;
    int epochs = 0;
    std::optional<double> testAccuracy;          ///< 0..1, measured here under emulation
    std::optional<hw::HardwareReport> hardware;  ///< modelled
    std::vector<train::StepMetric> steps;        ///< filled for chosen points only
    std::vector<train::EpochMetric> epochCurve;  ///< likewise
    bool watched = false;                        ///< likewise: whether its run watched steps
    std::vector<train::OperandLoss> losses;      ///< likewise: of what was rounded in them
};

class ComparePanel : public QWidget {
    Q_OBJECT

public:
    explicit ComparePanel(QWidget* parent = nullptr);
    ~ComparePanel() override;

    /// All stored points, newest first; keeps the choice by hash.
    void setPoints(const std::vector<ComparePoint>& points);
    /// The chosen points with their curves, in the order of the columns; the first is the baseline.
    void setChosen(const std::vector<ComparePoint>& points);
    std::vector<QString> chosen() const;
    std::vector<Chart*> charts() const;
    /// The side-by-side table as it stands, header included, for export: rows of cells.
    std::vector<std::vector<QString>> table() const;

public slots:
    void choose(const std::vector<QString>& hashes);

signals:
    void chosenChanged(const std::vector<QString>& hashes);  ///< the app answers with setChosen
    void openRequested(const QString& hash);                 ///< load this design into the editor
    void removeRequested(const QString& hash);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace mantissa::ui
