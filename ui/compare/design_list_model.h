// SPDX-License-Identifier: GPL-3.0-or-later
// The list of stored designs: one row a design, figures sorted as numbers, a check mark chooses.
#pragma once

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <unordered_map>
#include <vector>

#include "ui/compare/compare_panel.h"

namespace mantissa::ui {

/// What the list shows of a point; NaN where a figure is absent.
struct DesignRow {
    QString hash;
    QString name;
    QString status;
    qint64 createdMs = 0;
    double epochs = 0;
    double accuracyPercent = 0;
    double area_mm2 = 0;
    double energy_uj = 0;
    double cycles = 0;
    QString searchText;  ///< lower case: title, hash, status
};
DesignRow designRow(const ComparePoint& point);
/// The name, or the short hash of a design without one.
QString designTitle(const QString& name, const QString& hash);

class DesignListModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Accuracy, Area, Energy, Cycles, Epochs, Status, Hash, Created, Columns };

    using QAbstractTableModel::QAbstractTableModel;

    /// Inserts where only new designs came on top, so that selection and scroll position stay.
    void setRows(std::vector<DesignRow> rows);
    const std::vector<DesignRow>& designs() const { return m_rows; }
    int rowOf(const QString& hash) const;  ///< -1: not here

    const std::vector<QString>& chosen() const { return m_chosen; }
    /// In the order of the columns; the first is the baseline. Emits nothing.
    void setChosen(std::vector<QString> hashes);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// The figure of a column; NaN where it is absent or the column is text.
    static double figure(const DesignRow& row, int column);

signals:
    void chosenByUser();

private:
    QVariant displayed(const DesignRow& row, int column) const;
    QVariant nameData(const DesignRow& row, int role) const;

    std::vector<DesignRow> m_rows;
    std::unordered_map<QString, int> m_rowByHash;
    std::vector<QString> m_chosen;
};

/// Sorts without going through QVariant, absent figures last in either order; filters by words that
/// all have to occur in name, hash or status.
class DesignListProxy : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit DesignListProxy(DesignListModel* model);
    void setWords(const QString& text);

protected:
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    DesignListModel* m_model;
    QStringList m_words;
};

}  // namespace mantissa::ui
