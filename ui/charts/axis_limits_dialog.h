// SPDX-License-Identifier: GPL-3.0-or-later
// Axis limits by hand.
#pragma once

#include <QDialog>
#include <array>

#include "ui/charts/chart.h"

class QGridLayout;
class QLabel;
class QLineEdit;

namespace mantissa::ui {

class AxisLimitsDialog : public QDialog {
    Q_OBJECT

public:
    struct Axis {
        QString title;
        ChartRange range;
        bool logarithmic = false;
    };
    AxisLimitsDialog(const Axis& x, const Axis& y, QWidget* parent = nullptr);

signals:
    void limitsChosen(const mantissa::ui::ChartRange& x, const mantissa::ui::ChartRange& y);

private:
    void addRow(QGridLayout& grid, int row, const Axis& axis, std::size_t first);
    void tryAccept();

    std::array<QLineEdit*, 4> m_edits{};  ///< x from, x to, y from, y to
    std::array<Axis, 2> m_axes;
    QLabel* m_error = nullptr;
};

}  // namespace mantissa::ui
