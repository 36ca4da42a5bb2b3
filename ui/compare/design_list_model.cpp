// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/design_list_model.h"

#include <QDateTime>
#include <QFont>
#include <QLocale>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "ui/common/number_text.h"
#include "ui/common/table_copy.h"

namespace mantissa::ui {
namespace {

constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();
constexpr int kShortHash = 10;

bool isFigure(int column) {
    return column >= DesignListModel::Accuracy && column <= DesignListModel::Epochs;
}

QString textOf(const DesignRow& row, int column) {
    switch (column) {
        case DesignListModel::Name:
            return designTitle(row.name, row.hash);
        case DesignListModel::Status:
            return row.status;
        case DesignListModel::Hash:
            return row.hash;
        default:
            return {};
    }
}

}  // namespace

QString designTitle(const QString& name, const QString& hash) {
    return name.isEmpty() ? hash.left(kShortHash) : name;
}

DesignRow designRow(const ComparePoint& point) {
    DesignRow row;
    row.hash = point.hash;
    row.name = point.name;
    row.status = point.status;
    row.createdMs = point.createdMs;
    row.epochs = point.epochs > 0 ? point.epochs : kAbsent;
    row.accuracyPercent = point.testAccuracy ? 100 * *point.testAccuracy : kAbsent;
    row.area_mm2 = point.hardware ? point.hardware->area_um2 * 1e-6 : kAbsent;
    row.energy_uj = point.hardware ? point.hardware->energy_pj * 1e-6 : kAbsent;
    row.cycles = point.hardware ? point.hardware->cycles : kAbsent;
    row.searchText = (designTitle(row.name, row.hash) + QLatin1Char(' ') + row.hash +
                      QLatin1Char(' ') + row.status)
                         .toLower();
    return row;
}

double DesignListModel::figure(const DesignRow& row, int column) {
    switch (column) {
        case Accuracy:
            return row.accuracyPercent;
        case Area:
            return row.area_mm2;
        case Energy:
            return row.energy_uj;
        case Cycles:
            return row.cycles;
        case Epochs:
            return row.epochs;
        case Created:
            return static_cast<double>(row.createdMs);
        default:
            return kAbsent;
    }
}

void DesignListModel::setRows(std::vector<DesignRow> rows) {
    const std::size_t before = m_rows.size();
    const std::size_t added = rows.size() >= before ? rows.size() - before : 0;
    const bool grown =
        before > 0 && rows.size() >= before &&
        std::equal(m_rows.begin(), m_rows.end(), rows.begin() + static_cast<std::ptrdiff_t>(added),
                   [](const DesignRow& a, const DesignRow& b) { return a.hash == b.hash; });
    if (!grown) {
        beginResetModel();
    } else if (added > 0) {
        beginInsertRows({}, 0, static_cast<int>(added) - 1);
    }
    m_rows = std::move(rows);
    m_rowByHash.clear();
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        m_rowByHash.emplace(m_rows[i].hash, static_cast<int>(i));
    }
    if (!grown) {
        endResetModel();
        return;
    }
    if (added > 0) {
        endInsertRows();
    }
    emit dataChanged(index(0, 0), index(rowCount() - 1, Columns - 1));
}

int DesignListModel::rowOf(const QString& hash) const {
    const auto found = m_rowByHash.find(hash);
    return found == m_rowByHash.end() ? -1 : found->second;
}

void DesignListModel::setChosen(std::vector<QString> hashes) {
    std::vector<QString> touched = m_chosen;
    touched.insert(touched.end(), hashes.begin(), hashes.end());
    m_chosen = std::move(hashes);
    for (const QString& hash : touched) {
        const int row = rowOf(hash);
        if (row >= 0) {
            emit dataChanged(index(row, Name), index(row, Name));
        }
    }
}

int DesignListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int DesignListModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : Columns;
}

QVariant DesignListModel::displayed(const DesignRow& row, int column) const {
    const double value = figure(row, column);
    if (isFigure(column) && std::isnan(value)) {
        return column == Accuracy || column == Epochs ? tr("not run") : tr("not estimated");
    }
    const QLocale locale;
    switch (column) {
        case Accuracy:
            return locale.toString(value, 'f', 2);
        case Area:
        case Energy:
            return significantText(value, 4);
        case Cycles:
        case Epochs:
            return integerText(static_cast<qint64>(value));
        case Status:
            return row.status.isEmpty() ? tr("not run") : row.status;
        case Hash:
            return row.hash.left(kShortHash);
        case Created:
            return locale.toString(QDateTime::fromMSecsSinceEpoch(row.createdMs),
                                   QLocale::ShortFormat);
        default:
            return textOf(row, column);
    }
}

QVariant DesignListModel::nameData(const DesignRow& row, int role) const {
    const bool baseline = !m_chosen.empty() && m_chosen.front() == row.hash;
    if (role == Qt::CheckStateRole) {
        const bool on = std::find(m_chosen.begin(), m_chosen.end(), row.hash) != m_chosen.end();
        return static_cast<int>(on ? Qt::Checked : Qt::Unchecked);
    }
    if (role == Qt::FontRole && baseline) {
        QFont font;
        font.setBold(true);
        return font;
    }
    if (role == Qt::DisplayRole && baseline) {
        return tr("%1 (baseline)").arg(designTitle(row.name, row.hash));
    }
    return {};
}

QVariant DesignListModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) {
        return {};
    }
    const DesignRow& row = m_rows[static_cast<std::size_t>(index.row())];
    const int column = index.column();
    if (column == Name) {
        const QVariant special = nameData(row, role);
        if (special.isValid()) {
            return special;
        }
    }
    switch (role) {
        case Qt::DisplayRole:
            return displayed(row, column);
        case Qt::TextAlignmentRole:
            return isFigure(column) ? static_cast<int>(Qt::AlignRight | Qt::AlignVCenter)
                                    : static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter);
        case Qt::ToolTipRole:
            return column == Name ? tr("%1\n%2\nTick to compare, double-click to open")
                                        .arg(designTitle(row.name, row.hash), row.hash)
                                  : QVariant();
        case kRawRole:
            if (isFigure(column) || column == Created) {
                const double value = figure(row, column);
                return std::isnan(value) ? QVariant(QString()) : QVariant(value);
            }
            return textOf(row, column);
        default:
            return {};
    }
}

bool DesignListModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (!index.isValid() || index.column() != Name || role != Qt::CheckStateRole) {
        return false;
    }
    const QString hash = m_rows[static_cast<std::size_t>(index.row())].hash;
    std::vector<QString> next = m_chosen;
    next.erase(std::remove(next.begin(), next.end(), hash), next.end());
    if (value.toInt() == Qt::Checked) {
        next.push_back(hash);
    }
    if (next != m_chosen) {
        setChosen(std::move(next));
        emit chosenByUser();
    }
    return true;
}

Qt::ItemFlags DesignListModel::flags(const QModelIndex& index) const {
    const Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    return index.isValid() && index.column() == Name ? flags | Qt::ItemIsUserCheckable : flags;
}

QVariant DesignListModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= Columns) {
        return {};
    }
    const auto column = static_cast<std::size_t>(section);
    if (role == Qt::DisplayRole) {
        const std::array<QString, Columns> titles{
            tr("Design"),           tr("Accuracy [%]"), tr("Area [mm²]"),
            tr("Energy/step [µJ]"), tr("Cycles/step"),  tr("Epochs"),
            tr("Last run"),         tr("Hash"),         tr("Created")};
        return titles[column];
    }
    if (role == Qt::ToolTipRole) {
        return section == Accuracy
                   ? tr("Test accuracy, measured here: emulated training, whole test set")
               : section >= Area && section <= Cycles
                   ? QVariant(tr("Modelled, for one training step (one batch)"))
                   : QVariant();
    }
    if (role == kRawNameRole) {
        static constexpr std::array<const char*, Columns> kNames{
            "design",    "test_accuracy_percent",
            "area_mm2",  "energy_uj",
            "cycles",    "epochs",
            "status",    "hash",
            "created_ms"};
        return QString::fromLatin1(kNames[column]);
    }
    return {};
}

DesignListProxy::DesignListProxy(DesignListModel* model)
    : QSortFilterProxyModel(model), m_model(model) {
    setSourceModel(model);
}

void DesignListProxy::setWords(const QString& text) {
    m_words = text.toLower().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    invalidateFilter();
}

bool DesignListProxy::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    const DesignRow& a = m_model->designs()[static_cast<std::size_t>(left.row())];
    const DesignRow& b = m_model->designs()[static_cast<std::size_t>(right.row())];
    const int column = left.column();
    if (isFigure(column) || column == DesignListModel::Created) {
        const double x = DesignListModel::figure(a, column);
        const double y = DesignListModel::figure(b, column);
        if (std::isnan(x) || std::isnan(y)) {
            const bool ascending = sortOrder() == Qt::AscendingOrder;
            return ascending ? !std::isnan(x) && std::isnan(y) : std::isnan(x) && !std::isnan(y);
        }
        return x < y;
    }
    // The search text starts with the title in lower case.
    return column == DesignListModel::Name     ? a.searchText < b.searchText
           : column == DesignListModel::Status ? a.status < b.status
                                               : a.hash < b.hash;
}

bool DesignListProxy::filterAcceptsRow(int row, const QModelIndex&) const {
    const QString& text = m_model->designs()[static_cast<std::size_t>(row)].searchText;
    return std::all_of(m_words.begin(), m_words.end(),
                       [&text](const QString& word) { return text.contains(word); });
}

}  // namespace mantissa::ui
