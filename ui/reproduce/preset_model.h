// SPDX-License-Identifier: GPL-3.0-or-later
// What a preset sets: each setting as FP32 has it and as the preset has it.
#pragma once

#include <vector>

#include "core/design/design_point.h"
#include "ui/common/column_table.h"

namespace mantissa::ui {

class PresetModel : public ColumnTable {
    Q_OBJECT

public:
    explicit PresetModel(QObject* parent = nullptr);

    void setDifferences(std::vector<design::Difference> differences);
    int rowCount(const QModelIndex& parent = {}) const override;

protected:
    TableCell cell(int row, int column) const override;

private:
    std::vector<design::Difference> m_differences;
};

}  // namespace mantissa::ui
