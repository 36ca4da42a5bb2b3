// SPDX-License-Identifier: GPL-3.0-or-later
// Draws the marks of a matrix cell into its corners: set here, and different from the baseline.
#pragma once

#include <QStyledItemDelegate>

namespace mantissa::ui {

class MatrixDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
};

}  // namespace mantissa::ui
