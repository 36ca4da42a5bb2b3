// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/table_copy.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QStringList>
#include <QTableView>
#include <QTreeView>
#include <algorithm>

namespace mantissa::ui {
namespace {

bool isHidden(const QAbstractItemView& view, int column) {
    if (const auto* table = qobject_cast<const QTableView*>(&view)) {
        return table->isColumnHidden(column);
    }
    const auto* tree = qobject_cast<const QTreeView*>(&view);
    return tree != nullptr && tree->isColumnHidden(column);
}

QString cellText(const QModelIndex& index) {
    const QVariant raw = index.data(kRawRole);
    if (raw.typeId() == QMetaType::Double) {
        return QString::number(raw.toDouble(), 'g', 17);
    }
    QString text = raw.isValid() ? raw.toString() : index.data().toString();
    return text.replace(QLatin1Char('\t'), QLatin1Char(' '))
        .replace(QLatin1Char('\n'), QLatin1Char(' '));
}

QString headerText(const QAbstractItemModel& model, int column) {
    const QVariant raw = model.headerData(column, Qt::Horizontal, kRawNameRole);
    return raw.isValid() ? raw.toString() : model.headerData(column, Qt::Horizontal).toString();
}

void collect(const QAbstractItemModel& model, const QModelIndex& parent, QModelIndexList& rows) {
    for (int row = 0; row < model.rowCount(parent); ++row) {
        rows.append(model.index(row, 0, parent));
        collect(model, rows.back(), rows);
    }
}

}  // namespace

QString tableTsv(const QAbstractItemView& view) {
    const QAbstractItemModel& model = *view.model();
    QModelIndexList all;
    collect(model, QModelIndex(), all);
    QModelIndexList rows;
    std::copy_if(all.cbegin(), all.cend(), std::back_inserter(rows), [&](const QModelIndex& row) {
        return view.selectionModel()->rowIntersectsSelection(row.row(), row.parent());
    });
    if (rows.isEmpty()) {
        rows = all;
    }
    QStringList header;
    QList<int> columns;
    for (int column = 0; column < model.columnCount(); ++column) {
        if (!isHidden(view, column)) {
            columns.append(column);
            header.append(headerText(model, column));
        }
    }
    QString text = header.join(QLatin1Char('\t')) + QLatin1Char('\n');
    for (const QModelIndex& row : std::as_const(rows)) {
        QStringList cells;
        for (const int column : std::as_const(columns)) {
            cells.append(cellText(row.siblingAtColumn(column)));
        }
        text += cells.join(QLatin1Char('\t')) + QLatin1Char('\n');
    }
    return text;
}

void installCopy(QAbstractItemView* view) {
    auto* copy = new QAction(QApplication::translate("mantissa::ui", "&Copy"), view);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    QObject::connect(copy, &QAction::triggered, view,
                     [view] { QApplication::clipboard()->setText(tableTsv(*view)); });
    view->addAction(copy);
    view->setContextMenuPolicy(Qt::ActionsContextMenu);
}

void setTableLook(QTableView* table) {
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setShowGrid(false);
    table->setAlternatingRowColors(true);
    table->setWordWrap(false);
    table->setTabKeyNavigation(false);  // Tab leaves the table, as everywhere
    table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table->verticalHeader()->hide();
    table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() * 3 / 2);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
}

}  // namespace mantissa::ui
