// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/compare_table.h"

#include <QCoreApplication>
#include <QFont>
#include <QLocale>
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>

#include "ui/common/number_text.h"
#include "ui/common/table_copy.h"
#include "ui/common/text.h"
#include "ui/compare/design_list_model.h"

namespace mantissa::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(mantissa::ui::ComparePanel)
};

QString signedNumber(double value, int decimals) {
    const QString digits = QLocale().toString(std::abs(value), 'f', decimals);
    return (value < 0 ? QChar(0x2212) : QLatin1Char('+')) + digits;
}

QString relativeDelta(double value, double baseline) {
    if (baseline == 0 || value == baseline) {
        return {};
    }
    return Text::tr("%1 %").arg(signedNumber(100 * (value - baseline) / std::abs(baseline), 1));
}

/// How a metric is read from a point and written.
struct Metric {
    QString label;
    QString source;
    std::function<std::optional<double>(const ComparePoint&)> read;
    std::function<QString(double)> write;
    QString absent;
    bool inPoints = false;  ///< deltas in percentage points
};

std::function<std::optional<double>(const ComparePoint&)> ofHardware(
    double (*read)(const hw::HardwareReport&)) {
    return [read](const ComparePoint& point) {
        return point.hardware ? std::optional(read(*point.hardware)) : std::nullopt;
    };
}

std::vector<Metric> metrics() {
    const QString measured = Text::tr("measured (emulation)");
    const QString modelled = Text::tr("modelled");
    const QString notRun = Text::tr("not run");
    const QString notEstimated = Text::tr("not estimated");
    const auto percent = [](double v) {
        return Text::tr("%1 %").arg(QLocale().toString(v, 'f', 2));
    };
    return {
        {Text::tr("Test accuracy"), measured,
         [](const ComparePoint& p) {
             return p.testAccuracy ? std::optional(100 * *p.testAccuracy) : std::nullopt;
         },
         percent, notRun, true},
        {Text::tr("Test loss"), measured,
         [](const ComparePoint& p) {
             return p.epochCurve.empty() ? std::nullopt
                                         : std::optional(p.epochCurve.back().testLoss);
         },
         [](double v) { return significantText(v, 4); }, notRun},
        {Text::tr("Epochs done"), measured,
         [](const ComparePoint& p) {
             return p.epochs > 0 ? std::optional(static_cast<double>(p.epochs)) : std::nullopt;
         },
         [](double v) { return integerText(static_cast<qint64>(v)); }, notRun},
        {Text::tr("Area"), modelled,
         ofHardware([](const hw::HardwareReport& r) { return r.area_um2; }),
         [](double v) { return areaText(v); }, notEstimated},
        {Text::tr("Energy a training step"), modelled,
         ofHardware([](const hw::HardwareReport& r) { return r.energy_pj; }),
         [](double v) { return energyText(v); }, notEstimated},
        {Text::tr("Cycles a training step"), modelled,
         ofHardware([](const hw::HardwareReport& r) { return r.cycles; }),
         [](double v) { return integerText(static_cast<qint64>(v)); }, notEstimated},
        {Text::tr("Time of a training step"), modelled,
         ofHardware([](const hw::HardwareReport& r) { return r.milliseconds(); }),
         [](double v) { return timeText(v); }, notEstimated},
        {Text::tr("DRAM traffic a training step"), modelled,
         ofHardware([](const hw::HardwareReport& r) { return r.dramBits; }),
         [](double v) { return bitsText(v); }, notEstimated},
    };
}

CompareRow metricRow(const Metric& metric, const std::vector<ComparePoint>& points) {
    CompareRow row{metric.label, metric.source, {}};
    const auto baseline = metric.read(points.front());
    for (const auto& point : points) {
        CompareCell cell;
        cell.number = metric.read(point);
        cell.value = cell.number ? metric.write(*cell.number) : metric.absent;
        cell.differs = cell.number != baseline;
        if (cell.differs && cell.number && baseline) {
            cell.delta = metric.inPoints
                             ? Text::tr("%1 pp").arg(signedNumber(*cell.number - *baseline, 2))
                             : relativeDelta(*cell.number, *baseline);
        }
        row.cells.push_back(std::move(cell));
    }
    return row;
}

CompareRow statusRow(const std::vector<ComparePoint>& points) {
    CompareRow row{Text::tr("Last run"), Text::tr("measured (emulation)"), {}};
    for (const auto& point : points) {
        CompareCell cell;
        cell.value = point.status.isEmpty() ? Text::tr("not run") : point.status;
        cell.differs = point.status != points.front().status;
        row.cells.push_back(std::move(cell));
    }
    return row;
}

/// The number at the start of "500 MHz" and what follows it; seeds are names, not quantities.
std::optional<std::pair<double, std::string>> quantityOf(const design::Field& field) {
    if (field.path.find("seed") != std::string::npos) {
        return std::nullopt;
    }
    const auto space = field.value.find(' ');
    bool number = false;
    const double value = toQt(field.value.substr(0, space)).toDouble(&number);
    if (!number || !std::isfinite(value)) {
        return std::nullopt;
    }
    return std::pair(value, space == std::string::npos ? "" : field.value.substr(space));
}

CompareCell settingCell(const design::Field* field, const design::Field* baseline,
                        const std::string& path) {
    CompareCell cell;
    const bool format = path.rfind("/precision/", 0) == 0;
    const QString absent = format ? Text::tr("inherited") : Text::tr("absent");
    cell.value = field == nullptr ? absent : toQt(field->value);
    cell.differs = (field == nullptr) != (baseline == nullptr) ||
                   (field != nullptr && field->value != baseline->value);
    const auto mine = field == nullptr ? std::nullopt : quantityOf(*field);
    const auto other = baseline == nullptr ? std::nullopt : quantityOf(*baseline);
    if (mine) {
        cell.number = mine->first;
    }
    if (cell.differs && mine && other && mine->second == other->second) {
        cell.delta = relativeDelta(mine->first, other->first);
    }
    return cell;
}

/// All settings' fields in one order: the baseline's, with those of the others put in behind the
/// field that precedes them in their own design.
std::vector<design::Field> mergedFields(const std::vector<std::vector<design::Field>>& designs) {
    std::vector<design::Field> merged;
    for (const auto& fields : designs) {
        std::size_t at = 0;
        for (const auto& field : fields) {
            const auto found = std::find_if(merged.begin(), merged.end(), [&](const auto& other) {
                return other.path == field.path;
            });
            if (found == merged.end()) {
                merged.insert(merged.begin() + static_cast<std::ptrdiff_t>(at), field);
                ++at;
            } else {
                at = static_cast<std::size_t>(found - merged.begin()) + 1;
            }
        }
    }
    return merged;
}

void addSettings(std::vector<CompareRow>& rows, const std::vector<ComparePoint>& points) {
    std::vector<std::vector<design::Field>> designs;
    std::vector<std::map<std::string, const design::Field*>> byPath;
    designs.reserve(points.size());
    for (const auto& point : points) {
        designs.push_back(design::fields(point.design));
        auto& map = byPath.emplace_back();
        for (const auto& field : designs.back()) {
            map.emplace(field.path, &field);
        }
    }
    const auto lookUp = [&byPath](std::size_t design, const std::string& path) {
        const auto found = byPath[design].find(path);
        return found == byPath[design].end() ? nullptr : found->second;
    };
    for (const auto& field : mergedFields(designs)) {
        CompareRow row{toQt(field.label), Text::tr("setting"), {}};
        const design::Field* baseline = lookUp(0, field.path);
        for (std::size_t i = 0; i < points.size(); ++i) {
            row.cells.push_back(settingCell(lookUp(i, field.path), baseline, field.path));
        }
        rows.push_back(std::move(row));
    }
}

}  // namespace

bool CompareRow::differs() const {
    return std::any_of(cells.begin(), cells.end(), [](const CompareCell& c) { return c.differs; });
}

std::vector<CompareRow> compareRows(const std::vector<ComparePoint>& points) {
    std::vector<CompareRow> rows;
    if (points.empty()) {
        return rows;
    }
    rows.push_back(statusRow(points));
    for (const Metric& metric : metrics()) {
        rows.push_back(metricRow(metric, points));
    }
    addSettings(rows, points);
    return rows;
}

QString cellText(const CompareCell& cell) {
    QString text = cell.differs ? QChar(0x2260) + QLatin1Char(' ') + cell.value : cell.value;
    if (!cell.delta.isEmpty()) {
        text += QStringLiteral(" (%1)").arg(cell.delta);
    }
    return text;
}

void CompareTableModel::setPoints(const std::vector<ComparePoint>& points) {
    beginResetModel();
    m_rows = compareRows(points);
    m_titles.clear();
    m_hashes.clear();
    for (const auto& point : points) {
        m_titles.push_back(designTitle(point.name, point.hash));
        m_hashes.push_back(point.hash);
    }
    endResetModel();
}

int CompareTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int CompareTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : FirstDesign + static_cast<int>(m_titles.size());
}

QVariant CompareTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) {
        return {};
    }
    const CompareRow& row = m_rows[static_cast<std::size_t>(index.row())];
    if (index.column() < FirstDesign) {
        const QString& text = index.column() == Quantity ? row.label : row.source;
        return role == Qt::DisplayRole || role == kRawRole ? QVariant(text) : QVariant();
    }
    const CompareCell& cell = row.cells[static_cast<std::size_t>(index.column() - FirstDesign)];
    switch (role) {
        case Qt::DisplayRole:
            return cellText(cell);
        case kRawRole:
            return cellText(cell);
        case Qt::ToolTipRole:
            return cell.differs
                       ? Text::tr("%1\nbaseline: %2").arg(cell.value, row.cells.front().value)
                       : cell.value;
        case Qt::FontRole: {
            QFont font;
            font.setBold(cell.differs);
            return font;
        }
        default:
            return {};
    }
}

QVariant CompareTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
        return {};
    }
    const bool design = section >= FirstDesign;
    const auto index = static_cast<std::size_t>(design ? section - FirstDesign : 0);
    if (role == Qt::ToolTipRole && design) {
        return tr("%1\n%2").arg(m_titles[index], m_hashes[index]);
    }
    if (role != Qt::DisplayRole && role != kRawNameRole) {
        return {};
    }
    if (!design) {
        return section == Quantity ? tr("Quantity") : tr("Source");
    }
    return index == 0 ? tr("%1 (baseline)").arg(m_titles[0]) : m_titles[index];
}

DiffOnlyProxy::DiffOnlyProxy(CompareTableModel* model)
    : QSortFilterProxyModel(model), m_model(model) {
    setSourceModel(model);
}

void DiffOnlyProxy::setDiffOnly(bool on) {
    m_diffOnly = on;
    invalidateFilter();
}

bool DiffOnlyProxy::filterAcceptsRow(int row, const QModelIndex&) const {
    return !m_diffOnly || m_model->rows()[static_cast<std::size_t>(row)].differs();
}

}  // namespace mantissa::ui
