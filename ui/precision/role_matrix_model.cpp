// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/precision/role_matrix_model.h"

#include <QApplication>
#include <QBrush>
#include <QFont>
#include <QLocale>
#include <algorithm>
#include <cmath>

#include "ui/common/number_text.h"
#include "ui/common/theme.h"
#include "ui/precision/format_text.h"

namespace mantissa::ui {
namespace {

constexpr std::array kPasses{design::Pass::Forward, design::Pass::InputGradient,
                             design::Pass::WeightGradient};

design::Role roleOfRow(std::size_t row) {
    const auto operands = design::allRoles();
    return row < operands.size() ? operands[row] : design::storedRoles()[row - operands.size()];
}

design::PlanLevel levelOf(const design::PlanScope& scope) {
    if (!scope.layer.empty()) {
        return design::PlanLevel::Layer;
    }
    return scope.kind.empty() ? design::PlanLevel::Network : design::PlanLevel::Kind;
}

/// "8.5", "32": at most two decimals, no idle zeros, for the narrow cells.
QString bitCount(double bits) {
    return QLocale().toString(std::round(bits * 100) / 100, 'g', QLocale::FloatingPointShortest);
}

/// Whether both are shown alike in one scope.
bool showsAs(const RoleMatrixModel::Cell& a, const RoleMatrixModel::Cell& b) {
    return a.resolved.format == b.resolved.format && a.resolved.level == b.resolved.level &&
           a.resolved.passSpecific == b.resolved.passSpecific && a.overridden == b.overridden &&
           a.baseline == b.baseline;
}

}  // namespace

RoleMatrixModel::RoleMatrixModel(QObject* parent) : QAbstractTableModel(parent) {
    for (std::size_t row = 0; row < m_cells.size(); ++row) {
        const design::Role role = roleOfRow(row);
        m_cells[row][0].key = {role, std::nullopt};
        for (std::size_t column = 1; column < m_cells[row].size(); ++column) {
            m_cells[row][column].key = {role, kPasses[column - 1]};
        }
    }
}

void RoleMatrixModel::show(const design::PrecisionPlan& plan, const design::PrecisionPlan& baseline,
                           const Shown& shown) {
    // Tool-tips and source texts follow the scope.
    const bool isElsewhere = m_shown.scope != shown.scope || m_shown.kind != shown.kind;
    m_shown = shown;
    const auto site = shown.site();
    const design::PlanSite baselineSite{site.layer, site.kind, shown.keptInBaseline};
    for (int row = 0; row < kRows; ++row) {
        for (int column = 0; column < kColumns; ++column) {
            const auto where = index(row, column);
            Cell& cell = m_cells[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)];
            const auto used = design::passesOf(cell.key.role);
            cell.applicable = design::hasRole(site.kind, cell.key.role) &&
                              (!cell.key.pass ||
                               std::find(used.begin(), used.end(), *cell.key.pass) != used.end());
            if (!cell.applicable) {
                cell.differs = cell.overridden = false;
                if (isElsewhere) {
                    emit dataChanged(where, where);
                }
                continue;
            }
            const Cell before = cell;
            cell.resolved = plan.resolve(site, cell.key.role, cell.key.pass);
            cell.overridden = cell.resolved.level == levelOf(shown.scope) &&
                              cell.resolved.passSpecific == cell.key.pass.has_value();
            cell.baseline = baseline.resolve(baselineSite, cell.key.role, cell.key.pass).format;
            cell.differs = cell.baseline != cell.resolved.format;
            if (isElsewhere || !showsAs(cell, before)) {
                emit dataChanged(where, where);  // what stays need not be painted again
            }
        }
    }
}

const RoleMatrixModel::Cell& RoleMatrixModel::cell(const QModelIndex& index) const {
    return m_cells[static_cast<std::size_t>(index.row())][static_cast<std::size_t>(index.column())];
}

QModelIndex RoleMatrixModel::indexOf(const design::RoleKey& key) const {
    for (int row = 0; row < kRows; ++row) {
        for (int column = 0; column < kColumns; ++column) {
            if (cell(index(row, column)).key == key) {
                return index(row, column);
            }
        }
    }
    return {};
}

int RoleMatrixModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kRows;
}

int RoleMatrixModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QVariant RoleMatrixModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    const Cell& shown = cell(index);
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::Alignment(Qt::AlignCenter));
    }
    if (!shown.applicable) {
        return role == Qt::DisplayRole ? QVariant(QStringLiteral("–"))
               : role == Qt::ToolTipRole || role == Qt::AccessibleTextRole
                   ? QVariant(tr("Nothing here uses this tensor"))
                   : QVariant();
    }
    switch (role) {
        case kOverriddenRole:
            return shown.overridden;
        case kDiffersRole:
            return shown.differs;
        case Qt::DisplayRole:
            return displayText(shown);
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole:
            return toolTip(shown);
        case Qt::FontRole: {
            QFont font = QApplication::font("QAbstractItemView");
            font.setPointSizeF(font.pointSizeF() * 0.9);
            font.setBold(shown.overridden);
            font.setItalic(!shown.overridden);
            return font;
        }
        case Qt::ForegroundRole:
            return shown.overridden ? QVariant()
                                    : QVariant(QBrush(mutedText(QApplication::palette())));
        default:
            return {};
    }
}

QVariant RoleMatrixModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Vertical) {
        const QString label = roleLabel(roleOfRow(static_cast<std::size_t>(section)));
        if (role == Qt::DisplayRole) {
            return QString(label).replace(QLatin1Char(' '), QLatin1Char('\n'));
        }
        return role == Qt::TextAlignmentRole
                   ? QVariant::fromValue(Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter))
                   : QVariant();
    }
    const QString label =
        section == 0 ? tr("All passes") : passLabel(kPasses[static_cast<std::size_t>(section - 1)]);
    if (role == Qt::DisplayRole) {
        return label;
    }
    if (role == Qt::ToolTipRole) {
        return section == 0 ? tr("What a pass takes unless its own column says otherwise")
                            : tr("Operands of the %1 product").arg(label.toLower());
    }
    return {};
}

Qt::ItemFlags RoleMatrixModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) {
        return Qt::NoItemFlags;
    }
    return cell(index).applicable
               ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren
               : Qt::ItemFlags(Qt::ItemNeverHasChildren);
}

QString RoleMatrixModel::displayText(const Cell& cell) const {
    const auto& format = cell.resolved.format;
    return QStringLiteral("%1\n%2 %3 b")
        .arg(shortFormatText(format.format), shortRoundingText(format),
             bitCount(numerics::nominalStorageBits(format.format)));
}

QString RoleMatrixModel::toolTip(const Cell& cell) const {
    const auto& format = cell.resolved.format;
    QStringList lines{
        roleKeyLabel(cell.key),
        tr("%1, %2").arg(QString::fromStdString(numerics::formatText(format.format)),
                         roundingSentence(format)),
        capabilityText(format.format),
        cell.overridden
            ? tr("set here")
            : tr("inherited from %1").arg(sourceLabel(cell.resolved, m_shown.scope, m_shown.kind))};
    if (cell.differs) {
        lines.append(tr("baseline: %1, %2")
                         .arg(QString::fromStdString(numerics::formatText(cell.baseline.format)),
                              roundingSentence(cell.baseline)));
    }
    return lines.join(QLatin1Char('\n'));
}

}  // namespace mantissa::ui
