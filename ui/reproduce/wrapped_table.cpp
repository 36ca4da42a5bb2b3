// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/reproduce/wrapped_table.h"

#include <QEvent>
#include <QHeaderView>
#include <QResizeEvent>
#include <numeric>
#include <utility>

#include "ui/common/table_copy.h"

namespace mantissa::ui {

WrappedTable::WrappedTable(std::vector<int> shares, QWidget* parent)
    : FitTable(parent), m_shares(std::move(shares)) {
    setTableLook(this);
    setWordWrap(true);
    setTextElideMode(Qt::ElideNone);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    installCopy(this);
}

void WrappedTable::setModel(QAbstractItemModel* model) {
    FitTable::setModel(model);
    connect(model, &QAbstractItemModel::modelReset, this, &WrappedTable::wrap);
    connect(model, &QAbstractItemModel::dataChanged, this, &WrappedTable::wrap);
    wrap();
}

void WrappedTable::resizeEvent(QResizeEvent* event) {
    FitTable::resizeEvent(event);
    if (event->size().width() != event->oldSize().width()) {
        wrap();
    }
}

void WrappedTable::changeEvent(QEvent* event) {
    FitTable::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) {
        wrap();
    }
}

void WrappedTable::wrap() {
    const int all = std::accumulate(m_shares.begin(), m_shares.end(), 0);
    for (int column = 0; column < static_cast<int>(m_shares.size()); ++column) {
        setColumnWidth(column,
                       viewport()->width() * m_shares[static_cast<std::size_t>(column)] / all);
    }
    resizeRowsToContents();
    updateGeometry();
}

}  // namespace mantissa::ui
