// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/compare_table.h"

#include <QCoreApplication>
#include <QFont>
#include <QLocale>
#include <algorithm>
#include <cmath>
#include <iterator>

#include "hwmodel/comparison.h"
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

QString sourceText(hw::FigureSource source) {
    switch (source) {
        case hw::FigureSource::Setting:
            return Text::tr("setting");
        case hw::FigureSource::Measured:
            return Text::tr("measured (emulation)");
        case hw::FigureSource::Modelled:
            break;
    }
    return Text::tr("modelled");
}

QString absentText(const hw::ComparisonRow& row) {
    switch (row.source) {
        case hw::FigureSource::Measured:
            return Text::tr("not run");
        case hw::FigureSource::Modelled:
            return Text::tr("not estimated");
        case hw::FigureSource::Setting:
            break;
    }
    return row.path.rfind("/precision/", 0) == 0 ? Text::tr("inherited") : Text::tr("absent");
}

QString numberText(hw::FigureKind kind, double number) {
    using hw::FigureKind;
    switch (kind) {
        case FigureKind::Share:
            return Text::tr("%1 %").arg(QLocale().toString(100 * number, 'f', 2));
        case FigureKind::AreaUm2:
            return areaText(number);
        case FigureKind::EnergyPj:
            return energyText(number);
        case FigureKind::Cycles:
        case FigureKind::Count:
            return integerText(static_cast<qint64>(number));
        case FigureKind::TimeMs:
            return timeText(number);
        case FigureKind::PowerMw:
            return powerText(number);
        case FigureKind::Bits:
            return dataText(number);
        case FigureKind::BitsPerElement:
            return bitsPerElementText(number);
        case FigureKind::Decibels:
            return decibelText(number);
        case FigureKind::Text:
        case FigureKind::Loss:
            break;
    }
    return significantText(number, 4);
}

QString deltaText(hw::DeltaUnit unit, double delta) {
    switch (unit) {
        case hw::DeltaUnit::Percent:
            break;
        case hw::DeltaUnit::Points:
            return Text::tr("%1 pp").arg(signedNumber(delta, 2));
        case hw::DeltaUnit::Decibels:
            return Text::tr("%1 dB").arg(signedNumber(delta, 1));
    }
    return Text::tr("%1 %").arg(signedNumber(delta, 1));
}

CompareCell cellOf(const hw::ComparisonRow& row, const hw::ComparisonCell& cell) {
    CompareCell shown;
    shown.differs = cell.differs;
    shown.value = cell.absent() ? absentText(row)
                  : cell.number ? numberText(row.kind, *cell.number)
                                : toQt(cell.text);
    if (cell.differs && cell.delta) {
        shown.delta = deltaText(row.deltaUnit(), *cell.delta);
    }
    return shown;
}

hw::ComparedPoint comparedPoint(const ComparePoint& point) {
    hw::ComparedPoint compared{point.design, std::nullopt, point.hardware};
    if (!point.status.isEmpty()) {
        compared.run = hw::MeasuredRun{.status = point.status.toStdString(),
                                       .epochs = point.epochs,
                                       .testAccuracy = point.testAccuracy,
                                       .testLoss = std::nullopt,
                                       .watched = point.watched,
                                       .losses = point.losses};
        if (!point.epochCurve.empty()) {
            compared.run->testLoss = point.epochCurve.back().testLoss;
        }
    }
    return compared;
}

}  // namespace

bool CompareRow::differs() const {
    return std::any_of(cells.begin(), cells.end(), [](const CompareCell& c) { return c.differs; });
}

std::vector<CompareRow> compareRows(const std::vector<ComparePoint>& points) {
    std::vector<hw::ComparedPoint> compared;
    compared.reserve(points.size());
    std::transform(points.begin(), points.end(), std::back_inserter(compared), comparedPoint);
    std::vector<CompareRow> rows;
    for (const auto& row : hw::compareDesigns(compared)) {
        CompareRow shown{toQt(row.label), sourceText(row.source), {}};
        for (const auto& cell : row.cells) {
            shown.cells.push_back(cellOf(row, cell));
        }
        rows.push_back(std::move(shown));
    }
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
