// SPDX-License-Identifier: GPL-3.0-or-later
// Designs side by side: one column a design, one row a metric or a setting, against the baseline.
#pragma once

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <vector>

#include "ui/compare/compare_panel.h"

namespace mantissa::ui {

struct CompareCell {
    QString value;         ///< with its unit
    QString delta;         ///< against the baseline: "+12.3 %", "−1.30 pp"; may be empty
    bool differs = false;  ///< from the baseline
};

struct CompareRow {
    QString label;
    QString source;  ///< where the row's values come from: measured, modelled, or a setting
    std::vector<CompareCell> cells;  ///< one a design, the baseline first
    bool differs() const;
};

/// The rows of hw::compareDesigns() as they are written here.
std::vector<CompareRow> compareRows(const std::vector<ComparePoint>& points);

/// "≠ 0.52 mm² (−48.3 %)": a difference is told by sign and text, not by colour.
QString cellText(const CompareCell& cell);

class CompareTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Quantity, Source, FirstDesign };

    using QAbstractTableModel::QAbstractTableModel;
    void setPoints(const std::vector<ComparePoint>& points);
    const std::vector<CompareRow>& rows() const { return m_rows; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<QString> m_titles;
    std::vector<QString> m_hashes;
    std::vector<CompareRow> m_rows;
};

/// Leaves out the rows in which all designs agree, where asked.
class DiffOnlyProxy : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit DiffOnlyProxy(CompareTableModel* model);
    void setDiffOnly(bool on);

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    CompareTableModel* m_model;
    bool m_diffOnly = false;
};

}  // namespace mantissa::ui
