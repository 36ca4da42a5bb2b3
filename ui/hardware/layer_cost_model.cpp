// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/layer_cost_model.h"

#include <algorithm>

#include "ui/common/number_text.h"
#include "ui/common/text.h"

namespace mantissa::ui {
namespace {

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
          tr("Cycles at the clock, the larger of compute and DRAM time")},
         {tr("Utilisation"), QStringLiteral("utilisation"),
          tr("Share of the processing elements' cycles that do useful work")},
         {tr("Energy"), QStringLiteral("energy_pj"),
          tr("Energy of this phase: compute, SRAM and DRAM")},
         {tr("Compute"), QStringLiteral("compute_energy_pj"), tr("Energy of arithmetic")},
         {tr("SRAM"), QStringLiteral("sram_energy_pj"), tr("Energy of the on-chip buffers")},
         {tr("DRAM"), QStringLiteral("dram_energy_pj"), tr("Energy of DRAM accesses")},
         {tr("Traffic"), QStringLiteral("dram_bits"), tr("Bits read from and written to DRAM")},
         {tr("MACs"), QStringLiteral("macs"), tr("Multiply-accumulate operations")}});
}

void LayerCostModel::setLayers(const std::vector<hw::LayerCost>& layers) {
    const bool same = std::equal(
        layers.begin(), layers.end(), m_layers.begin(), m_layers.end(),
        [](const hw::LayerCost& a, const hw::LayerCost& b) { return a.layer == b.layer; });
    change(same, [&] {
        m_layers = layers;
        update();
    });
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
            return {bitsText(value), value};
        default:
            return {energyText(value), value};
    }
}

}  // namespace mantissa::ui
