// SPDX-License-Identifier: GPL-3.0-or-later
// Columns of read-only tables: titles, names in copied text, alignment; and the table made of them.
#pragma once

#include <QAbstractTableModel>
#include <QString>
#include <QVariant>
#include <functional>
#include <vector>

namespace mantissa::ui {

struct TableColumn {
    QString title;
    QString rawName;      ///< in copied text, with the unit of the raw figure: "energy_pj"
    QString tip;          ///< what the figure is
    bool isText = false;  ///< left-aligned; figures stand at the right
};

struct TableCell {
    QString text;
    QVariant raw;  ///< the figure as a double, or text; invalid: as `text`
    QString tip = {};
};

/// What headerData of a model with these columns returns.
QVariant columnHeader(const std::vector<TableColumn>& columns, int section,
                      Qt::Orientation orientation, int role);
/// What data returns for Qt::TextAlignmentRole.
QVariant columnAlignment(const TableColumn& column);

/// Rows of cells under such columns; what the rows are is the derived model's.
class ColumnTable : public QAbstractTableModel {
    Q_OBJECT

public:
    int columnCount(const QModelIndex& parent = {}) const final;
    QVariant data(const QModelIndex& index, int role) const final;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const final;

protected:
    explicit ColumnTable(QObject* parent) : QAbstractTableModel(parent) {}

    void setColumns(std::vector<TableColumn> columns);
    virtual TableCell cell(int row, int column) const = 0;
    /// For tips that take time to write: cells are asked for at every drawing, tips rarely.
    virtual QString toolTip(int row, int column) const { return cell(row, column).tip; }
    /// Calls `change`. With `sameRows` only figures change: nothing flickers, the selection stays.
    void change(bool sameRows, const std::function<void()>& change);

private:
    std::vector<TableColumn> m_columns;
};

}  // namespace mantissa::ui
