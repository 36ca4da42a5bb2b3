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
    return raw.isValid() ? raw.toString() : index.data().toString();
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

QModelIndexList allRows(const QAbstractItemView& view) {
    QModelIndexList rows;
    collect(*view.model(), QModelIndex(), rows);
    return rows;
}

/// Header and rows, the view's visible columns.
QList<QStringList> cellsOf(const QAbstractItemView& view, const QModelIndexList& rows) {
    const QAbstractItemModel& model = *view.model();
    QList<int> columns;
    QList<QStringList> lines{{}};
    for (int column = 0; column < model.columnCount(); ++column) {
        if (!isHidden(view, column)) {
            columns.append(column);
            lines.front().append(headerText(model, column));
        }
    }
    for (const QModelIndex& row : rows) {
        QStringList line;
        for (const int column : std::as_const(columns)) {
            line.append(cellText(row.siblingAtColumn(column)));
        }
        lines.append(line);
    }
    return lines;
}

/// Quoted as RFC 4180 asks where it holds a comma, a quote or a line's end.
QString csvCell(QString text) {
    static const QString kSpecial = QStringLiteral(",\"\n\r");
    const bool special =
        std::any_of(text.cbegin(), text.cend(), [](QChar c) { return kSpecial.contains(c); });
    return special ? QLatin1Char('"') + text.replace(QLatin1Char('"'), QStringLiteral("\"\"")) +
                         QLatin1Char('"')
                   : text;
}

}  // namespace

QString tableTsv(const QAbstractItemView& view) {
    const QModelIndexList all = allRows(view);
    QModelIndexList rows;
    std::copy_if(all.cbegin(), all.cend(), std::back_inserter(rows), [&](const QModelIndex& row) {
        return view.selectionModel()->rowIntersectsSelection(row.row(), row.parent());
    });
    QString text;
    for (QStringList& line : cellsOf(view, rows.isEmpty() ? all : rows)) {
        for (QString& cell : line) {
            cell.replace(QLatin1Char('\t'), QLatin1Char(' '))
                .replace(QLatin1Char('\n'), QLatin1Char(' '));
        }
        text += line.join(QLatin1Char('\t')) + QLatin1Char('\n');
    }
    return text;
}

QByteArray tableCsv(const QAbstractItemView& view,
                    const QList<QPair<QString, QString>>& constants) {
    QString text;
    bool header = true;
    for (QStringList& line : cellsOf(view, allRows(view))) {
        for (const auto& [name, value] : constants) {
            line.append(header ? name : value);
        }
        header = false;
        for (QString& cell : line) {
            cell = csvCell(cell);
        }
        text += line.join(QLatin1Char(',')) + QLatin1Char('\n');
    }
    return text.toUtf8();
}

void copyTable(const QAbstractItemView& view) {
    QApplication::clipboard()->setText(tableTsv(view));
}

void installCopy(QAbstractItemView* view) {
    auto* copy = new QAction(QApplication::translate("mantissa::ui", "&Copy"), view);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    QObject::connect(copy, &QAction::triggered, view, [view] { copyTable(*view); });
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
