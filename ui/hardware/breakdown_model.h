// SPDX-License-Identifier: GPL-3.0-or-later
// The component tree of a hardware report: area, energy, their shares and where they come from.
#pragma once

#include <QAbstractItemModel>
#include <vector>

#include "hwmodel/estimate.h"

namespace mantissa::ui {

class BreakdownModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { Name, Area, AreaShare, Energy, EnergyShare, Source, ColumnCount };

    explicit BreakdownModel(QObject* parent = nullptr) : QAbstractItemModel(parent) {}

    /// The same components again only change the figures, so that views keep what is expanded.
    /// Returns whether the components themselves changed.
    bool setBreakdown(const hw::BreakdownNode& root);

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    /// A node without its children, which stand in m_items by number.
    struct Item {
        hw::BreakdownNode node;
        int parent = -1;
        int row = 0;
        int depth = 0;
        std::vector<int> children;
    };
    static void flatten(const hw::BreakdownNode& node, int parent, std::vector<Item>& items);
    const Item& item(const QModelIndex& index) const;
    void announce(int item);
    QString sourceText(const Item& item) const;

    std::vector<Item> m_items;  ///< the root first
};

}  // namespace mantissa::ui
