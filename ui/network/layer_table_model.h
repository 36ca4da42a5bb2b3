// SPDX-License-Identifier: GPL-3.0-or-later
// The layers of a network as a table with shapes, counts and errors.
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "core/nn/network_spec.h"

namespace mantissa::ui {

/// Shows a network; asks for changes by signal. A new network is taken over by the smallest
/// insertions, removals and moves, so that views keep selection and scroll position.
class LayerTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Kind, Output, Parameters, Macs, Settings, ColumnCount };

    explicit LayerTableModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}

    void setNetwork(const nn::NetworkSpec& network);
    const nn::NetworkSpec& network() const { return m_network; }
    /// Of one layer: its shapes or what is wrong with it.
    const Result<nn::LayerShapes>& shapes(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    Qt::DropActions supportedDropActions() const override { return Qt::MoveAction; }
    QStringList mimeTypes() const override;
    QMimeData* mimeData(const QModelIndexList& indexes) const override;
    bool dropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                      const QModelIndex& parent) override;

signals:
    void renameRequested(int row, const QString& name);
    void moveRequested(int from, int to);

private:
    struct Row {
        nn::LayerSpec layer;
        Result<nn::LayerShapes> shapes;
    };
    QString displayText(const Row& row, int column) const;
    QVariant rawValue(const Row& row, int column) const;
    QString toolTip(const Row& row) const;
    void removeVanished(const std::vector<Row>& target);
    void insertAndMove(const std::vector<Row>& target);

    nn::NetworkSpec m_network;
    std::vector<Row> m_rows;
};

}  // namespace mantissa::ui
