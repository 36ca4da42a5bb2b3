// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/precision/matrix_delegate.h"

#include <QPainter>

#include "ui/precision/role_matrix_model.h"

namespace mantissa::ui {

void MatrixDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                           const QModelIndex& index) const {
    QStyledItemDelegate::paint(painter, option, index);
    const bool overridden = index.data(RoleMatrixModel::kOverriddenRole).toBool();
    const bool differs = index.data(RoleMatrixModel::kDiffersRole).toBool();
    if (!overridden && !differs) {
        return;
    }
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const QColor colour =
        selected ? option.palette.highlightedText().color() : option.palette.text().color();
    painter->setPen(Qt::NoPen);
    painter->setBrush(colour);
    const double size = option.fontMetrics.height() / 2.4;
    const double inset = size / 3;
    const QRectF cell(option.rect);
    if (overridden) {
        painter->drawEllipse(QRectF(cell.left() + inset, cell.top() + inset, size, size));
    }
    if (differs) {
        const double right = cell.right() - inset;
        const double top = cell.top() + inset;
        painter->drawPolygon(
            QPolygonF({{right - size / 2, top}, {right, top + size}, {right - size, top + size}}));
    }
    painter->restore();
}

}  // namespace mantissa::ui
