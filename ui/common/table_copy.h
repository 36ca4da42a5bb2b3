// SPDX-License-Identifier: GPL-3.0-or-later
// Tables on screen: numeric order, and Ctrl+C as tab-separated values that a spreadsheet reads.
#pragma once

#include <QByteArray>
#include <QList>
#include <QPair>
#include <QString>
#include <Qt>

class QAbstractItemView;
class QTableView;

namespace mantissa::ui {

/// A cell's figure as a double or its text, for sorting and copying.
inline constexpr int kRawRole = Qt::UserRole + 1;
/// Of a header: the column's name in copied text, with the unit of kRawRole, e.g. "energy_pj".
inline constexpr int kRawNameRole = Qt::UserRole + 2;

/// The selected rows, or all where none is selected, with a header line; figures at full precision
/// in the C locale. Hidden columns are left out.
QString tableTsv(const QAbstractItemView& view);
/// All rows in the same cells as a CSV file (UTF-8, comma, LF), with `constants` as further
/// columns: name and the text of every row.
QByteArray tableCsv(const QAbstractItemView& view,
                    const QList<QPair<QString, QString>>& constants = {});
void copyTable(const QAbstractItemView& view);  ///< tableTsv to the clipboard
/// Adds "Copy" (Ctrl+C) to the view and its context menu.
void installCopy(QAbstractItemView* view);
/// Row selection, quiet grid, rows as high as their text: how every table here looks.
void setTableLook(QTableView* table);

}  // namespace mantissa::ui
