// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/layer_cost_model.h"

#include <algorithm>
#include <utility>

#include "ui/common/number_text.h"
#include "ui/common/text.h"

namespace mantissa::ui {
namespace {

/// A figure's own unit, in which tool-tips give it exactly.
QString unitOf(int column) {
    switch (column) {
        case LayerCostModel::Cycles:
            return LayerCostModel::tr("cycles");
        case LayerCostModel::Utilisation:
            return {};
        case LayerCostModel::DramTraffic:
            return LayerCostModel::tr("bit");
        case LayerCostModel::Macs:
            return LayerCostModel::tr("multiply-adds");
        default:
            return LayerCostModel::tr("pJ");
    }
}

QString kindLabel(const std::string& kind) {
    for (const auto& info : nn::layerKinds()) {
        if (info.id == kind) {
            return toQt(info.label);
        }
    }
    return toQt(kind);
}

double figure(const hw::PhaseCost& cost, int column) {
    switch (column) {
        case LayerCostModel::Cycles:
            return cost.cycles;
        case LayerCostModel::Utilisation:
            return cost.utilisation;
        case LayerCostModel::Energy:
            return cost.energy_pj();
        case LayerCostModel::Compute:
            return cost.computeEnergy_pj;
        case LayerCostModel::Sram:
            return cost.sramEnergy_pj;
        case LayerCostModel::Dram:
            return cost.dramEnergy_pj;
        case LayerCostModel::Leakage:
            return cost.leakageEnergy_pj;
        case LayerCostModel::DramTraffic:
            return cost.dramBits;
        default:
            return cost.macs;
    }
}

}  // namespace

LayerCostModel::LayerCostModel(QObject* parent) : ColumnTable(parent) {
    setColumns(
        {{tr("Layer"), QStringLiteral("layer"), tr("Layer of the network"), true},
         {tr("Kind"), QStringLiteral("kind"), tr("Kind of layer"), true},
         {tr("Cycles"), QStringLiteral("cycles"),
          tr("Cycles: the longest of arrays, vector units and DRAM; their sum without double "
             "buffering")},
         {tr("Utilisation"), QStringLiteral("utilisation"),
          tr("Multiply-adds ÷ (cycles of the arrays × all multipliers)")},
         {tr("Energy"), QStringLiteral("energy_pj"), tr("Energy: compute + SRAM + DRAM + leakage")},
         {tr("Compute"), QStringLiteral("compute_energy_pj"),
          tr("Energy of arithmetic and registers: operations × energy of one, by unit")},
         {tr("SRAM"), QStringLiteral("sram_energy_pj"),
          tr("Energy of the on-chip buffers: bits read and written × energy of a bit (CACTI 7)")},
         {tr("DRAM"), QStringLiteral("dram_energy_pj"),
          tr("Energy of DRAM accesses: bits × energy of a bit of this kind of DRAM")},
         {tr("Leakage"), QStringLiteral("leakage_energy_pj"),
          tr("Leakage of the whole accelerator × the time that the layer takes")},
         {tr("Traffic"), QStringLiteral("dram_bits"),
          tr("Bits read from and written to DRAM: elements × stored bits an element")},
         {tr("MACs"), QStringLiteral("macs"),
          tr("Multiply-adds, from the extents of the layer and the batch")}});
}

void LayerCostModel::setLayers(const std::vector<hw::LayerCost>& layers) {
    const bool same = std::equal(
        layers.begin(), layers.end(), m_layers.begin(), m_layers.end(),
        [](const hw::LayerCost& a, const hw::LayerCost& b) { return a.layer == b.layer; });
    if (!same) {
        change(false, [&] {
            m_layers = layers;
            update();
        });
        return;
    }
    m_layers = layers;
    const auto before = std::exchange(m_costs, {});
    update();
    // Views draw again what is said to have changed: columns that a drag leaves alone stay.
    for (int column = Cycles; column < ColumnCount; ++column) {
        const bool isSame = std::equal(before.begin(), before.end(), m_costs.begin(), m_costs.end(),
                                       [column](const auto& a, const auto& b) {
                                           return figure(a, column) == figure(b, column);
                                       });
        if (!isSame) {
            emit dataChanged(index(0, column), index(rowCount() - 1, column));
        }
    }
}

void LayerCostModel::setPhase(std::optional<hw::StepPhase> phase) {
    change(true, [&] {
        m_phase = phase;
        update();
    });
}

void LayerCostModel::update() {
    m_costs.clear();
    for (const auto& layer : m_layers) {
        m_costs.push_back(m_phase ? layer.phases[static_cast<std::size_t>(*m_phase)]
                                  : layer.total());
    }
}

QString LayerCostModel::layerAt(int row) const {
    return toQt(m_layers[static_cast<std::size_t>(row)].layer);
}

int LayerCostModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_layers.size());
}

TableCell LayerCostModel::cell(int row, int column) const {
    const auto& layer = m_layers[static_cast<std::size_t>(row)];
    if (column == Layer || column == Kind) {
        return {column == Layer ? toQt(layer.layer) : kindLabel(layer.kind), {}};
    }
    const double value = figure(m_costs[static_cast<std::size_t>(row)], column);
    if (value == 0) {
        return {QStringLiteral("–"), value};
    }
    switch (column) {
        case Cycles:
        case Macs:
            return {countText(value), value};
        case Utilisation:
            return {percentText(value), value};
        case DramTraffic:
            return {dataText(value), value};
        default:
            return {energyText(value), value};
    }
}

QString LayerCostModel::toolTip(int row, int column) const {
    const bool isText = column == Layer || column == Kind;
    const double value = isText ? 0 : figure(m_costs[static_cast<std::size_t>(row)], column);
    return value == 0 ? QString()
                      : QStringLiteral("<p><b>%1 %2</b></p><p>%3</p><p>%4</p>")
                            .arg(significantText(value, 6), unitOf(column),
                                 headerData(column, Qt::Horizontal, Qt::ToolTipRole)
                                     .toString()
                                     .toHtmlEscaped(),
                                 tr("Modelled; units' figures and sources stand under Breakdown."));
}

}  // namespace mantissa::ui
