// SPDX-License-Identifier: GPL-3.0-or-later
// A table of sentences: its columns share the width, its rows grow with their lines, and it is as
// high as its rows.
#pragma once

#include <vector>

#include "ui/common/fit_table.h"

namespace mantissa::ui {

class WrappedTable : public FitTable {
    Q_OBJECT

public:
    /// `shares`: of the width, one a column.
    explicit WrappedTable(std::vector<int> shares, QWidget* parent = nullptr);
    void setModel(QAbstractItemModel* model) override;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void wrap();

    std::vector<int> m_shares;
};

}  // namespace mantissa::ui
