// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/precision/statistics_model.h"

#include <algorithm>

#include "ui/common/number_text.h"
#include "ui/common/table_copy.h"
#include "ui/precision/format_text.h"

namespace mantissa::ui {

void StatisticsModel::setRows(const std::vector<RoleStatistics>& rows) {
    const bool sameRoles =
        std::equal(rows.begin(), rows.end(), m_rows.begin(), m_rows.end(),
                   [](const RoleStatistics& a, const RoleStatistics& b) { return a.key == b.key; });
    if (sameRoles) {
        m_rows = rows;
        if (!m_rows.empty()) {
            emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
        }
        return;
    }
    beginResetModel();
    m_rows = rows;
    endResetModel();
}

int StatisticsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int StatisticsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant StatisticsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    const RoleStatistics& row = m_rows[static_cast<std::size_t>(index.row())];
    const auto& statistics = row.statistics;
    const double figures[] = {0, statistics.sqnrDb(), statistics.clippedShare(),
                              statistics.flushedShare(), statistics.maxAbsError};
    const double figure = figures[index.column()];
    switch (role) {
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(Qt::Alignment(
                (index.column() == RoleName ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter));
        case kRawRole:
            return index.column() == RoleName ? QVariant(roleKeyLabel(row.key)) : QVariant(figure);
        case Qt::ToolTipRole:
            return tr("%1\n%2 elements").arg(row.sample, integerText(statistics.count));
        case Qt::DisplayRole:
            break;
        default:
            return {};
    }
    switch (index.column()) {
        case RoleName:
            return roleKeyLabel(row.key);
        case Sqnr:
            return decibelText(figure);
        case MaxError:
            return significantText(figure);
        default:
            return percentText(figure);
    }
}

QVariant StatisticsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) {
        return {};
    }
    const QString titles[] = {tr("Tensor"), tr("SQNR"), tr("Clipped"), tr("Flushed"),
                              tr("Max error")};
    const QString raw[] = {QStringLiteral("tensor"), QStringLiteral("sqnr_db"),
                           QStringLiteral("clipped_share"), QStringLiteral("flushed_share"),
                           QStringLiteral("max_abs_error")};
    const QString tips[] = {
        tr("Role and pass"), tr("Signal to quantisation noise ratio; exact: no error at all"),
        tr("Share of elements that the largest code cut"),
        tr("Share of non-zero elements that became zero"), tr("Largest absolute error")};
    switch (role) {
        case Qt::DisplayRole:
            return titles[section];
        case kRawNameRole:
            return raw[section];
        case Qt::ToolTipRole:
            return tips[section];
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(Qt::Alignment(
                (section == RoleName ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter));
        default:
            return {};
    }
}

}  // namespace mantissa::ui
