// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/fit_table.h"

#include <QEvent>
#include <QHeaderView>
#include <QScrollBar>
#include <QWheelEvent>

namespace mantissa::ui {

FitTable::FitTable(QWidget* parent) : QTableView(parent) {
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
}

void FitTable::setModel(QAbstractItemModel* model) {
    QTableView::setModel(model);
    connect(model, &QAbstractItemModel::rowsInserted, this, &FitTable::fitRows);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &FitTable::fitRows);
    connect(model, &QAbstractItemModel::modelReset, this, &FitTable::fitRows);
    fitRows();
}

QSize FitTable::sizeHint() const {
    int height = 2 * frameWidth();
    if (!horizontalHeader()->isHidden()) {
        height += horizontalHeader()->sizeHint().height();
    }
    height += verticalHeader()->length();
    if (horizontalScrollBar()->isVisible()) {
        height += horizontalScrollBar()->sizeHint().height();
    }
    return {fontMetrics().averageCharWidth() * 48, height};
}

QSize FitTable::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 20, sizeHint().height()};
}

void FitTable::changeEvent(QEvent* event) {
    QTableView::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) {
        fitRows();
    }
}

void FitTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    updateGeometry();  // a horizontal scroll bar may have come or gone
}

void FitTable::wheelEvent(QWheelEvent* event) {
    event->ignore();  // the panel scrolls
}

void FitTable::fitRows() {
    updateGeometry();
}

}  // namespace mantissa::ui
