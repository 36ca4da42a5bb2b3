// SPDX-License-Identifier: GPL-3.0-or-later
// Studies of formats in figures: one row a format.
#pragma once

#include "ui/common/column_table.h"
#include "ui/formats/format_charts.h"

namespace mantissa::ui {

class FormatStudyModel : public ColumnTable {
    Q_OBJECT

public:
    /// Behind these come three columns a source: SQNR, clipped, flushed.
    enum Column { Name, Spelling, Bits, Values, Largest, Normal, Step, FirstSource };
    static constexpr int kColumnsPerSource = 3;

    explicit FormatStudyModel(QObject* parent = nullptr);

    void setStudies(const FormatStudies& shown);

    int rowCount(const QModelIndex& parent = {}) const override;

protected:
    TableCell cell(int row, int column) const override;

private:
    static std::vector<TableColumn> columnsOf(const std::vector<StudySource>& sources);
    static TableCell rangeCell(const numerics::FormatStudy& study, double value);

    FormatStudies m_shown;
};

}  // namespace mantissa::ui
