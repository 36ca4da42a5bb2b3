// SPDX-License-Identifier: GPL-3.0-or-later
// How products are summed: of the whole network the arithmetic, of a scope the accumulator.
#pragma once

#include <QWidget>

#include "core/design/precision_plan.h"

class QComboBox;
class QHBoxLayout;

namespace mantissa::ui {

class SumsLine : public QWidget {
    Q_OBJECT

public:
    explicit SumsLine(QWidget* parent = nullptr);

    /// Of the model: emits nothing. `kind` is the layer kind id of the scope, empty for the
    /// network; a scope without products has no accumulator.
    void show(const design::PrecisionPlan& plan, const design::PlanScope& scope,
              const std::string& kind);
    /// Adds a widget at the end of the first line.
    void addWidget(QWidget* widget);

signals:
    /// What the user wants, the path of what it changes, and how the step is called.
    void edited(const mantissa::design::PrecisionPlan& plan, const QString& path,
                const QString& text);
    void refused(const mantissa::Error& error);

private:
    void addCompute(const std::string& text);
    void chooseCompute(int row);
    void fillAccumulators(const std::string& kind);
    void chooseAccumulator(const QString& text);

    design::PrecisionPlan m_plan;
    design::PlanScope m_scope;
    QHBoxLayout* m_line;
    QComboBox* m_compute;
    QWidget* m_accumulatorPart;
    QComboBox* m_accumulator;
};

}  // namespace mantissa::ui
