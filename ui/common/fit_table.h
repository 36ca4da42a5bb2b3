// SPDX-License-Identifier: GPL-3.0-or-later
// A small table that is as high as its rows: no scrolling inside a panel that scrolls itself.
#pragma once

#include <QTableView>

namespace mantissa::ui {

class FitTable : public QTableView {
    Q_OBJECT

public:
    explicit FitTable(QWidget* parent = nullptr);
    void setModel(QAbstractItemModel* model) override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    void fitRows();
};

}  // namespace mantissa::ui
