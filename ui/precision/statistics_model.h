// SPDX-License-Identifier: GPL-3.0-or-later
// What each role's format loses on a sample: the table below the sliders.
#pragma once

#include <vector>

#include "ui/common/column_table.h"
#include "ui/precision/precision_panel.h"

namespace mantissa::ui {

class StatisticsModel : public ColumnTable {
    Q_OBJECT

public:
    enum Column { RoleName, Sqnr, Clipped, Flushed, MaxError, ColumnCount };

    explicit StatisticsModel(QObject* parent = nullptr);

    /// The same roles again only change the figures: nothing flickers during a drag.
    void setRows(const std::vector<RoleStatistics>& rows);
    const std::vector<RoleStatistics>& rows() const { return m_rows; }

    int rowCount(const QModelIndex& parent = {}) const override;

protected:
    TableCell cell(int row, int column) const override;

private:
    std::vector<RoleStatistics> m_rows;
};

}  // namespace mantissa::ui
