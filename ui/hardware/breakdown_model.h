// SPDX-License-Identifier: GPL-3.0-or-later
// The component tree of a hardware report: area, energy, their shares and where they come from.
#pragma once

#include <QAbstractItemModel>
#include <array>
#include <vector>

#include "hwmodel/estimate.h"

namespace mantissa::ui {

class BreakdownModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { Name, Area, AreaShare, Energy, EnergyShare, Source, ColumnCount };

    explicit BreakdownModel(QObject* parent = nullptr) : QAbstractItemModel(parent) {}

    /// The same components again only change the figures, so that views keep what is expanded and
    /// draw again only rows that are written otherwise.
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
        std::array<QString, ColumnCount> texts;  ///< as shown
        int parent = -1;
        int row = 0;
        int depth = 0;
        std::vector<int> children;
    };
    static void flatten(const hw::BreakdownNode& node, int parent, std::vector<Item>& items);
    static void writeTexts(std::vector<Item>& items);
    static QString sourceText(const Item& item);
    const Item& item(const QModelIndex& index) const;

    std::vector<Item> m_items;  ///< the root first
};

}  // namespace mantissa::ui
