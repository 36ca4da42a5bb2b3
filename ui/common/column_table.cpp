// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/column_table.h"

#include <utility>

#include "ui/common/table_copy.h"

namespace mantissa::ui {

QVariant columnHeader(const std::vector<TableColumn>& columns, int section,
                      Qt::Orientation orientation, int role) {
    if (orientation != Qt::Horizontal || section < 0 ||
        section >= static_cast<int>(columns.size())) {
        return {};
    }
    const TableColumn& column = columns[static_cast<std::size_t>(section)];
    switch (role) {
        case Qt::DisplayRole:
            return column.title;
        case kRawNameRole:
            return column.rawName;
        case Qt::ToolTipRole:
            return column.tip;
        case Qt::TextAlignmentRole:
            return columnAlignment(column);
        default:
            return {};
    }
}

QVariant columnAlignment(const TableColumn& column) {
    return QVariant::fromValue(
        Qt::Alignment((column.isText ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter));
}

int ColumnTable::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

QVariant ColumnTable::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return columnAlignment(m_columns[static_cast<std::size_t>(index.column())]);
    }
    if (role == Qt::ToolTipRole) {
        const QString tip = toolTip(index.row(), index.column());
        return tip.isEmpty() ? QVariant() : QVariant(tip);
    }
    if (role != Qt::DisplayRole && role != kRawRole) {
        return {};
    }
    const TableCell shown = cell(index.row(), index.column());
    return role == kRawRole && shown.raw.isValid() ? shown.raw : QVariant(shown.text);
}

QVariant ColumnTable::headerData(int section, Qt::Orientation orientation, int role) const {
    return columnHeader(m_columns, section, orientation, role);
}

void ColumnTable::setColumns(std::vector<TableColumn> columns) {
    m_columns = std::move(columns);
}

void ColumnTable::change(bool sameRows, const std::function<void()>& change) {
    if (!sameRows) {
        beginResetModel();
        change();
        endResetModel();
        return;
    }
    change();
    if (rowCount() > 0 && columnCount() > 0) {
        emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    }
}

}  // namespace mantissa::ui
