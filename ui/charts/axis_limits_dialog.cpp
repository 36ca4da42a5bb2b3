// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/axis_limits_dialog.h"

#include <QDialogButtonBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QVBoxLayout>
#include <cmath>

namespace mantissa::ui {

AxisLimitsDialog::AxisLimitsDialog(const Axis& x, const Axis& y, QWidget* parent)
    : QDialog(parent), m_axes{x, y} {
    setWindowTitle(tr("Axis Limits"));
    auto* grid = new QGridLayout;
    addRow(*grid, 0, x, 0);
    addRow(*grid, 1, y, 2);
    m_error = new QLabel;
    m_error->setWordWrap(true);
    m_error->hide();
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    connect(buttons, &QDialogButtonBox::accepted, this, &AxisLimitsDialog::tryAccept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(grid);
    layout->addWidget(m_error);
    layout->addWidget(buttons);
}

void AxisLimitsDialog::addRow(QGridLayout& grid, int row, const Axis& axis, std::size_t first) {
    const std::array<double, 2> limits{axis.range.lower, axis.range.upper};
    for (std::size_t side = 0; side < 2; ++side) {
        auto* edit = new QLineEdit(QLocale().toString(limits[side], 'g', 7));
        const QString text = side == 0 ? tr("%1 from").arg(axis.title) : tr("to");
        auto* label = new QLabel(text);
        label->setBuddy(edit);
        edit->setAccessibleName(side == 0 ? text : tr("%1 to").arg(axis.title));
        edit->setObjectName(QStringLiteral("limit%1").arg(first + side));
        const int column = static_cast<int>(2 * side);
        grid.addWidget(label, row, column);
        grid.addWidget(edit, row, column + 1);
        m_edits[first + side] = edit;
    }
}

void AxisLimitsDialog::tryAccept() {
    std::array<ChartRange, 2> ranges;
    for (std::size_t axis = 0; axis < 2; ++axis) {
        std::array<double, 2> limits{};
        for (std::size_t side = 0; side < 2; ++side) {
            QLineEdit* edit = m_edits[2 * axis + side];
            bool number = false;
            limits[side] = QLocale().toDouble(edit->text().trimmed(), &number);
            if (!number) {
                limits[side] = edit->text().trimmed().toDouble(&number);
            }
            if (!number || !std::isfinite(limits[side])) {
                m_error->setText(tr("“%1” is not a number.").arg(edit->text()));
                m_error->show();
                edit->setFocus();
                return;
            }
        }
        ranges[axis] = {limits[0], limits[1]};
        const bool positive = !m_axes[axis].logarithmic || limits[0] > 0;
        if (limits[0] >= limits[1] || !positive) {
            m_error->setText(
                positive
                    ? tr("%1: the first limit must be below the second.").arg(m_axes[axis].title)
                    : tr("%1: a logarithmic axis has limits above 0.").arg(m_axes[axis].title));
            m_error->show();
            m_edits[2 * axis]->setFocus();
            return;
        }
    }
    emit limitsChosen(ranges[0], ranges[1]);
    accept();
}

}  // namespace mantissa::ui
