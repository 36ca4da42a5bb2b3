// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/precision/statistics_model.h"

#include <algorithm>

#include "ui/common/number_text.h"
#include "ui/precision/format_text.h"

namespace mantissa::ui {

StatisticsModel::StatisticsModel(QObject* parent) : ColumnTable(parent) {
    setColumns({{tr("Tensor"), QStringLiteral("tensor"), tr("Role and pass"), true},
                {tr("SQNR"), QStringLiteral("sqnr_db"),
                 tr("Signal to quantisation noise ratio; exact: no error at all")},
                {tr("Clipped"), QStringLiteral("clipped_share"),
                 tr("Share of elements that the largest code cut")},
                {tr("Flushed"), QStringLiteral("flushed_share"),
                 tr("Share of non-zero elements that became zero")},
                {tr("Max error"), QStringLiteral("max_abs_error"), tr("Largest absolute error")}});
}

void StatisticsModel::setRows(const std::vector<RoleStatistics>& rows) {
    const bool sameRoles =
        std::equal(rows.begin(), rows.end(), m_rows.begin(), m_rows.end(),
                   [](const RoleStatistics& a, const RoleStatistics& b) { return a.key == b.key; });
    change(sameRoles, [&] { m_rows = rows; });
}

int StatisticsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

TableCell StatisticsModel::cell(int row, int column) const {
    const RoleStatistics& shown = m_rows[static_cast<std::size_t>(row)];
    const auto& statistics = shown.statistics;
    const QString tip = tr("%1\n%2 elements").arg(shown.sample, integerText(statistics.count));
    switch (column) {
        case RoleName:
            return {roleKeyLabel(shown.key), {}, tip};
        case Sqnr:
            return {decibelText(statistics.sqnrDb()), statistics.sqnrDb(), tip};
        case Clipped:
            return {percentText(statistics.clippedShare()), statistics.clippedShare(), tip};
        case Flushed:
            return {percentText(statistics.flushedShare()), statistics.flushedShare(), tip};
        default:
            return {significantText(statistics.maxAbsError), statistics.maxAbsError, tip};
    }
}

}  // namespace mantissa::ui
