// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of a sensitivity analysis: one a layer, role and width.
#pragma once

#include <vector>

#include "core/study/sensitivity.h"
#include "ui/common/column_table.h"

namespace mantissa::ui {

class SensitivityModel : public ColumnTable {
    Q_OBJECT

public:
    enum Column { Layer, RoleName, FormatName, Saved, Accuracy, Lost, LostPerBit, ColumnCount };

    explicit SensitivityModel(QObject* parent = nullptr);

    void setCases(std::vector<study::SensitivityCase> cases);
    const std::vector<study::SensitivityCase>& cases() const { return m_cases; }

    int rowCount(const QModelIndex& parent = {}) const override;

protected:
    TableCell cell(int row, int column) const override;

private:
    std::vector<study::SensitivityCase> m_cases;
};

}  // namespace mantissa::ui
