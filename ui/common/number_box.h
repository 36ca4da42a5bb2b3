// SPDX-License-Identifier: GPL-3.0-or-later
// A spin box for every number of a ParamSpec: whole or real, any magnitude, with its unit.
#pragma once

#include <QDoubleSpinBox>

#include "core/param_spec.h"

namespace mantissa::ui {

/// Typed text counts when it is finished (Enter or focus out); arrows count at once. Whole numbers
/// step by one (by `coarseStep` with PgUp and PgDn) or through powers of two, reals by one unit of
/// their second digit; reals are shown in their shortest exact spelling. Values outside the range
/// cannot be entered: a bubble says what is allowed, and the one before stays. A zero that means
/// something else ("all") is shown and typed as that word.
class NumberBox : public QDoubleSpinBox {
    Q_OBJECT

public:
    explicit NumberBox(const ParamSpec& spec, QWidget* parent = nullptr);

    void stepBy(int steps) override;
    QString textFromValue(double value) const override;
    double valueFromText(const QString& text) const override;
    QValidator::State validate(QString& input, int& position) const override;
    void fixup(QString& input) const override;  ///< says what is allowed
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

private:
    QString bare(const QString& text) const;

    ParamSpec m_spec;
};

/// What PgUp and PgDn add: about an eighth of the range, a power of two.
int coarseStep(const ParamSpec& spec);

}  // namespace mantissa::ui
