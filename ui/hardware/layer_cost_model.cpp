// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/layer_cost_model.h"

#include <algorithm>

#include "ui/common/number_text.h"
#include "ui/common/table_copy.h"
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

void LayerCostModel::setLayers(const std::vector<hw::LayerCost>& layers) {
    const bool same = std::equal(
        layers.begin(), layers.end(), m_layers.begin(), m_layers.end(),
        [](const hw::LayerCost& a, const hw::LayerCost& b) { return a.layer == b.layer; });
    if (!same) {
        beginResetModel();
        m_layers = layers;
        m_costs.clear();
        update();
        endResetModel();
        return;
    }
    m_layers = layers;
    update();
    if (!m_layers.empty()) {
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    }
}

void LayerCostModel::setPhase(std::optional<hw::StepPhase> phase) {
    m_phase = phase;
    update();
    if (!m_layers.empty()) {
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    }
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

int LayerCostModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant LayerCostModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    const auto row = static_cast<std::size_t>(index.row());
    const bool isText = index.column() <= Kind;
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(
            Qt::Alignment((isText ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter));
    }
    if (role != Qt::DisplayRole && role != kRawRole) {
        return {};
    }
    if (isText) {
        return index.column() == Layer ? toQt(m_layers[row].layer) : kindLabel(m_layers[row].kind);
    }
    const double value = figure(m_costs[row], index.column());
    if (role == kRawRole) {
        return value;
    }
    if (value == 0) {
        return QStringLiteral("–");
    }
    switch (index.column()) {
        case Cycles:
        case Macs:
            return countText(value);
        case Utilisation:
            return percentText(value);
        case DramTraffic:
            return bitsText(value);
        default:
            return energyText(value);
    }
}

QVariant LayerCostModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) {
        return {};
    }
    const QString titles[] = {tr("Layer"),   tr("Kind"),    tr("Cycles"), tr("Utilisation"),
                              tr("Energy"),  tr("Compute"), tr("SRAM"),   tr("DRAM"),
                              tr("Traffic"), tr("MACs")};
    const QString raw[] = {QStringLiteral("layer"),          QStringLiteral("kind"),
                           QStringLiteral("cycles"),         QStringLiteral("utilisation"),
                           QStringLiteral("energy_pj"),      QStringLiteral("compute_energy_pj"),
                           QStringLiteral("sram_energy_pj"), QStringLiteral("dram_energy_pj"),
                           QStringLiteral("dram_bits"),      QStringLiteral("macs")};
    const QString tips[] = {tr("Layer of the network"),
                            tr("Kind of layer"),
                            tr("Cycles at the clock, the larger of compute and DRAM time"),
                            tr("Share of the processing elements' cycles that do useful work"),
                            tr("Energy of this phase: compute, SRAM and DRAM"),
                            tr("Energy of arithmetic"),
                            tr("Energy of the on-chip buffers"),
                            tr("Energy of DRAM accesses"),
                            tr("Bits read from and written to DRAM"),
                            tr("Multiply-accumulate operations")};
    switch (role) {
        case Qt::DisplayRole:
            return titles[section];
        case kRawNameRole:
            return raw[section];
        case Qt::ToolTipRole:
            return tips[section];
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(Qt::Alignment(
                (section <= Kind ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter));
        default:
            return {};
    }
}

}  // namespace mantissa::ui
