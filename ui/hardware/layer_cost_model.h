// SPDX-License-Identifier: GPL-3.0-or-later
// What each layer costs in a training step, for the whole step or for one phase.
#pragma once

#include <optional>
#include <vector>

#include "hwmodel/estimate.h"
#include "ui/common/column_table.h"

namespace mantissa::ui {

class LayerCostModel : public ColumnTable {
    Q_OBJECT

public:
    enum Column {
        Layer,
        Kind,
        Cycles,
        Utilisation,
        Energy,
        Compute,
        Sram,
        Dram,
        Leakage,
        DramTraffic,
        Macs,
        ColumnCount
    };

    explicit LayerCostModel(QObject* parent = nullptr);

    /// The same layers again only change the figures.
    void setLayers(const std::vector<hw::LayerCost>& layers);
    void setPhase(std::optional<hw::StepPhase> phase);  ///< absent: the whole step
    QString layerAt(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;

protected:
    TableCell cell(int row, int column) const override;
    QString toolTip(int row, int column) const override;

private:
    void update();

    std::vector<hw::LayerCost> m_layers;
    std::vector<hw::PhaseCost> m_costs;  ///< of the chosen phase, one a layer
    std::optional<hw::StepPhase> m_phase;
};

}  // namespace mantissa::ui
