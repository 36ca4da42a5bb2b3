// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/breakdown_model.h"

#include <QFont>
#include <algorithm>
#include <utility>

#include "ui/common/column_table.h"
#include "ui/common/number_text.h"
#include "ui/common/table_copy.h"
#include "ui/common/text.h"

namespace mantissa::ui {
namespace {

const std::vector<TableColumn>& columns() {
    static const std::vector<TableColumn> kColumns{
        {BreakdownModel::tr("Component"), QStringLiteral("component"),
         BreakdownModel::tr("Part of the accelerator and how often it is there"), true},
        {BreakdownModel::tr("Area"), QStringLiteral("area_um2"),
         BreakdownModel::tr("Area at the technology of the configuration, modelled")},
        {BreakdownModel::tr("Area %"), QStringLiteral("area_share"),
         BreakdownModel::tr("Share of the whole area")},
        {BreakdownModel::tr("Energy"), QStringLiteral("energy_pj"),
         BreakdownModel::tr("Energy of one training step, modelled")},
        {BreakdownModel::tr("Energy %"), QStringLiteral("energy_share"),
         BreakdownModel::tr("Share of the energy of one training step")},
        {BreakdownModel::tr("Source"), QStringLiteral("source"),
         BreakdownModel::tr("Formula or table that the figure comes from"), true}};
    return kColumns;
}

/// A figure exactly, with its unit; nothing for what is text.
QString exactText(int column, double figure) {
    const bool isArea = column == BreakdownModel::Area;
    if (figure <= 0 || (!isArea && column != BreakdownModel::Energy)) {
        return {};
    }
    return QStringLiteral("<p><b>%1 %2</b></p>")
        .arg(significantText(figure, 6), isArea ? QStringLiteral("µm²") : QStringLiteral("pJ"));
}

double shareOf(double part, double whole) {
    return whole > 0 ? part / whole : 0;
}

QString provenanceText(const QString& quantity, const hw::Provenance& source) {
    return BreakdownModel::tr("%1 (%2): %3")
        .arg(quantity, choiceText(hw::sourceKindText(source.kind)),
             QString::fromStdString(source.text()));
}

}  // namespace

void BreakdownModel::flatten(const hw::BreakdownNode& node, int parent, std::vector<Item>& items) {
    const int self = static_cast<int>(items.size());
    Item item;
    item.node = {node.name,  node.area_um2,   node.energy_pj,
                 node.count, node.areaSource, node.energySource,
                 {}};
    item.parent = parent;
    if (parent >= 0) {
        Item& above = items[static_cast<std::size_t>(parent)];
        item.row = static_cast<int>(above.children.size());
        item.depth = above.depth + 1;
        above.children.push_back(self);
    }
    items.push_back(std::move(item));
    for (const auto& child : node.children) {
        flatten(child, self, items);
    }
}

bool BreakdownModel::setBreakdown(const hw::BreakdownNode& root) {
    std::vector<Item> items;
    items.reserve(m_items.size());
    flatten(root, -1, items);
    writeTexts(items);
    const bool same = std::equal(items.begin(), items.end(), m_items.begin(), m_items.end(),
                                 [](const Item& a, const Item& b) {
                                     return a.node.name == b.node.name && a.parent == b.parent;
                                 });
    if (!same) {
        beginResetModel();
        m_items = std::move(items);
        endResetModel();
        return true;
    }
    std::swap(m_items, items);
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        if (m_items[i].texts != items[i].texts) {
            const auto number = static_cast<quintptr>(i);
            emit dataChanged(createIndex(m_items[i].row, 0, number),
                             createIndex(m_items[i].row, ColumnCount - 1, number));
        }
    }
    return false;
}

QModelIndex BreakdownModel::index(int row, int column, const QModelIndex& parent) const {
    if (column < 0 || column >= ColumnCount || row < 0 || row >= rowCount(parent)) {
        return {};
    }
    const int number = parent.isValid() ? item(parent).children[static_cast<std::size_t>(row)] : 0;
    return createIndex(row, column, static_cast<quintptr>(number));
}

QModelIndex BreakdownModel::parent(const QModelIndex& child) const {
    const int above = child.isValid() ? item(child).parent : -1;
    return above < 0 ? QModelIndex()
                     : createIndex(m_items[static_cast<std::size_t>(above)].row, 0,
                                   static_cast<quintptr>(above));
}

int BreakdownModel::rowCount(const QModelIndex& parent) const {
    if (!parent.isValid()) {
        return m_items.empty() ? 0 : 1;
    }
    return parent.column() == 0 ? static_cast<int>(item(parent).children.size()) : 0;
}

int BreakdownModel::columnCount(const QModelIndex& /*parent*/) const {
    return ColumnCount;
}

const BreakdownModel::Item& BreakdownModel::item(const QModelIndex& index) const {
    return m_items[index.internalId()];
}

QVariant BreakdownModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    const Item& shown = item(index);
    const hw::BreakdownNode& root = m_items.front().node;
    const double figures[] = {0, shown.node.area_um2, shareOf(shown.node.area_um2, root.area_um2),
                              shown.node.energy_pj, shareOf(shown.node.energy_pj, root.energy_pj)};
    const bool isFigure = index.column() != Name && index.column() != Source;
    switch (role) {
        case Qt::TextAlignmentRole:
            return columnAlignment(columns()[static_cast<std::size_t>(index.column())]);
        case Qt::ToolTipRole:
            // Rich text wraps: a formula with its source is longer than a screen is wide.
            return QStringLiteral("<p>%1</p>%2")
                .arg(sourceText(shown).toHtmlEscaped().replace(u'\n', QStringLiteral("<br>")),
                     exactText(index.column(),
                               figures[index.column() == Source ? 0 : index.column()]));
        case Qt::FontRole: {
            QFont font;
            font.setBold(shown.depth == 0);
            return font;
        }
        case kRawRole:
            if (isFigure) {
                return figures[index.column()];
            }
            return index.column() == Source ? sourceText(shown).replace(u'\n', QStringLiteral("; "))
                                            : QString(shown.depth * 2, u' ') + shown.texts[Name];
        case Qt::DisplayRole:
            break;
        default:
            return {};
    }
    return shown.texts[static_cast<std::size_t>(index.column())];
}

void BreakdownModel::writeTexts(std::vector<Item>& items) {
    // Shaping a text takes time even where it is cut off: formulas are longer than columns are
    // wide.
    constexpr int kShownSource = 120;
    const hw::BreakdownNode& root = items.front().node;
    const auto ifAny = [](double figure, QString (*text)(double)) {
        return figure > 0 ? text(figure) : QString();
    };
    for (auto& item : items) {
        const hw::BreakdownNode& node = item.node;
        const QString times =
            node.count > 1 ? QStringLiteral(" × ") + countText(node.count) : QString();
        const QString source = sourceText(item).section(u'\n', 0, 0);
        item.texts = {
            toQt(node.name) + times,
            ifAny(node.area_um2, areaText),
            ifAny(shareOf(node.area_um2, root.area_um2), percentText),
            ifAny(node.energy_pj, energyText),
            ifAny(shareOf(node.energy_pj, root.energy_pj), percentText),
            source.size() > kShownSource ? source.left(kShownSource) + QChar(0x2026) : source};
    }
}

QString BreakdownModel::sourceText(const Item& item) {
    if (!item.children.empty()) {
        return tr("Sum of its parts");
    }
    QStringList lines;
    if (!item.node.areaSource.empty()) {
        lines.append(provenanceText(tr("Area"), item.node.areaSource));
    }
    if (!item.node.energySource.empty()) {
        lines.append(provenanceText(tr("Energy"), item.node.energySource));
    }
    return lines.join(u'\n');
}

QVariant BreakdownModel::headerData(int section, Qt::Orientation orientation, int role) const {
    return columnHeader(columns(), section, orientation, role);
}

}  // namespace mantissa::ui
