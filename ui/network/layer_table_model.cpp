// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/layer_table_model.h"

#include <QApplication>
#include <QFont>
#include <QIODevice>
#include <QMimeData>
#include <algorithm>

#include "ui/common/number_text.h"
#include "ui/common/table_copy.h"
#include "ui/common/text.h"
#include "ui/common/theme.h"

namespace mantissa::ui {
namespace {

QString layerMimeType() {
    return QStringLiteral("application/x-mantissa-layer-row");
}

QString shortShape(const Shape& shape) {
    return QString::fromStdString(shapeText(shape))
        .replace(QStringLiteral(" x "), QStringLiteral("×"));
}

/// "channels 6, kernel 5, padding 2": the first two settings, and what is not at its default; and
/// which layers it reads where they are named.
QString settingsText(const nn::LayerSpec& layer) {
    const auto& params = layer.params;
    QStringList parts;
    for (const auto& input : layer.inputs) {
        parts.append((parts.isEmpty() ? LayerTableModel::tr("reads %1") : QStringLiteral("%1"))
                         .arg(toQt(input)));
    }
    int position = 0;
    for (const auto& param : nn::kindOf(params).parameters) {
        const ParamSpec& spec = param.spec;
        const double value = param.get(params);
        const bool always = position++ < 2 && spec.kind == ParamKind::Integer;
        if (!always && value == spec.defaultValue) {
            continue;
        }
        QString label = toQt(spec.label).toLower();
        label.remove(QStringLiteral("output "));  // the output has its own column
        if (spec.kind == ParamKind::Boolean) {
            parts.append(value != 0 ? label : LayerTableModel::tr("no %1").arg(label));
        } else {
            parts.append(label + QLatin1Char(' ') + choiceText(paramText(spec, value)));
        }
    }
    return parts.join(QStringLiteral(", "));
}

bool isFigure(int column) {
    return column == LayerTableModel::Parameters || column == LayerTableModel::Macs;
}

}  // namespace

void LayerTableModel::setNetwork(const nn::NetworkSpec& network) {
    if (network == m_network) {
        return;
    }
    auto shapes = nn::inferShapes(network);
    std::vector<Row> target;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        target.push_back({network.layers[i], std::move(shapes[i])});
    }
    m_network = network;
    const auto differing = [&] {
        std::size_t count = 0;
        for (std::size_t i = 0; i < target.size(); ++i) {
            count += m_rows[i].layer.name != target[i].layer.name ? 1U : 0U;
        }
        return count;
    };
    const bool renamedAtMost = target.size() == m_rows.size() && differing() <= 1;
    if (!renamedAtMost) {
        removeVanished(target);
        insertAndMove(target);
    }
    m_rows = std::move(target);
    if (!m_rows.empty()) {
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    }
}

void LayerTableModel::removeVanished(const std::vector<Row>& target) {
    for (int row = rowCount() - 1; row >= 0; --row) {
        const auto& name = m_rows[static_cast<std::size_t>(row)].layer.name;
        const bool kept = std::any_of(target.begin(), target.end(),
                                      [&](const Row& other) { return other.layer.name == name; });
        if (!kept) {
            beginRemoveRows({}, row, row);
            m_rows.erase(m_rows.begin() + row);
            endRemoveRows();
        }
    }
}

void LayerTableModel::insertAndMove(const std::vector<Row>& target) {
    for (int row = 0; row < static_cast<int>(target.size()); ++row) {
        const Row& wanted = target[static_cast<std::size_t>(row)];
        const auto from = std::find_if(
            m_rows.begin() + std::min(row, rowCount()), m_rows.end(),
            [&](const Row& present) { return present.layer.name == wanted.layer.name; });
        if (from == m_rows.end()) {
            beginInsertRows({}, row, row);
            m_rows.insert(m_rows.begin() + row, wanted);
            endInsertRows();
        } else if (const int source = static_cast<int>(from - m_rows.begin()); source != row) {
            beginMoveRows({}, source, source, {}, row);
            std::rotate(m_rows.begin() + row, from, from + 1);
            endMoveRows();
        }
    }
    if (rowCount() > static_cast<int>(target.size())) {  // left over where names were not unique
        beginRemoveRows({}, static_cast<int>(target.size()), rowCount() - 1);
        m_rows.erase(m_rows.begin() + static_cast<int>(target.size()), m_rows.end());
        endRemoveRows();
    }
}

const Result<nn::LayerShapes>& LayerTableModel::shapes(int row) const {
    return m_rows[static_cast<std::size_t>(row)].shapes;
}

int LayerTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int LayerTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant LayerTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) {
        return {};
    }
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    const bool wrong = !row.shapes;
    switch (role) {
        case Qt::DisplayRole:
            return displayText(row, index.column());
        case Qt::EditRole:
            return index.column() == Name ? toQt(row.layer.name) : displayText(row, index.column());
        case kRawRole:
            return rawValue(row, index.column());
        case Qt::ToolTipRole:
            return toolTip(row);
        case Qt::DecorationRole:
            return wrong && index.column() == Name ? QVariant(errorIcon(nullptr)) : QVariant();
        case Qt::ForegroundRole:
            return wrong ? QVariant(QBrush(errorColour(QApplication::palette()))) : QVariant();
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(Qt::Alignment(
                (isFigure(index.column()) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
        case Qt::AccessibleTextRole:
            return wrong ? tr("%1, wrong: %2")
                               .arg(displayText(row, index.column()),
                                    QString::fromStdString(row.shapes.error().message))
                         : displayText(row, index.column());
        default:
            return {};
    }
}

QVariant LayerTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(
            Qt::Alignment((isFigure(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    }
    if (role == Qt::ToolTipRole) {
        const QString tips[] = {tr("Double-click or F2 to rename"),
                                tr("Kind of layer"),
                                tr("Output of one image: channels × height × width, or features"),
                                tr("Weights, biases, gamma and beta"),
                                tr("Multiplications of the forward pass of one image"),
                                tr("Settings, edited below")};
        return tips[section];
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    const QString titles[] = {tr("Layer"),      tr("Kind"),       tr("Output"),
                              tr("Parameters"), tr("MACs/image"), tr("Settings")};
    return titles[section];
}

bool LayerTableModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (role != Qt::EditRole || index.column() != Name ||
        value.toString() == data(index, Qt::EditRole).toString()) {
        return false;
    }
    emit renameRequested(index.row(), value.toString());
    return true;
}

Qt::ItemFlags LayerTableModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) {
        return Qt::ItemIsDropEnabled;  // between the rows only
    }
    Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDragEnabled;
    flags.setFlag(Qt::ItemIsEditable, index.column() == Name);
    return flags;
}

QStringList LayerTableModel::mimeTypes() const {
    return {layerMimeType()};
}

QMimeData* LayerTableModel::mimeData(const QModelIndexList& indexes) const {
    auto* data = new QMimeData;
    if (!indexes.isEmpty()) {
        data->setData(layerMimeType(), QByteArray::number(indexes.front().row()));
    }
    return data;
}

bool LayerTableModel::dropMimeData(const QMimeData* data, Qt::DropAction action, int row,
                                   int /*column*/, const QModelIndex& parent) {
    bool ok = false;
    const int from = data->data(layerMimeType()).toInt(&ok);
    if (!ok || action != Qt::MoveAction || parent.isValid() || from < 0 || from >= rowCount()) {
        return false;
    }
    const int gap = row < 0 ? rowCount() : row;  // the layer goes before the one at `gap`
    const int to = gap > from ? gap - 1 : gap;
    if (to != from) {
        emit moveRequested(from, to);
    }
    return false;  // the design moves the layer, the view shall not remove anything
}

QString LayerTableModel::displayText(const Row& row, int column) const {
    switch (column) {
        case Name:
            return toQt(row.layer.name);
        case Kind:
            return toQt(nn::kindOf(row.layer.params).label);
        case Settings:
            return settingsText(row.layer);
        case Output:
            return row.shapes ? shortShape(row.shapes->output) : tr("wrong shape");
        case Parameters:
            return row.shapes && row.shapes->parameters > 0 ? integerText(row.shapes->parameters)
                                                            : QString();
        default:
            return row.shapes && row.shapes->macsPerImage > 0
                       ? countText(static_cast<double>(row.shapes->macsPerImage))
                       : QString();
    }
}

QVariant LayerTableModel::rawValue(const Row& row, int column) const {
    if (!isFigure(column) || !row.shapes) {
        return displayText(row, column);
    }
    return static_cast<double>(column == Parameters ? row.shapes->parameters
                                                    : row.shapes->macsPerImage);
}

QString LayerTableModel::toolTip(const Row& row) const {
    if (!row.shapes) {
        return QString::fromStdString(row.shapes.error().text());
    }
    QString text = toQt(nn::kindOf(row.layer.params).help) + QLatin1Char('\n') +
                   tr("input %1, output %2")
                       .arg(shortShape(row.shapes->input), shortShape(row.shapes->output));
    if (!row.shapes->weight.empty()) {
        text += QLatin1Char('\n') + tr("weights %1").arg(shortShape(row.shapes->weight));
    }
    return text;
}

}  // namespace mantissa::ui
