// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sensitivity/sensitivity_model.h"

#include <QLocale>
#include <limits>
#include <utility>

#include "core/numerics/registry.h"
#include "ui/common/number_text.h"
#include "ui/common/text.h"
#include "ui/precision/format_text.h"

namespace mantissa::ui {
namespace {

/// Percentage points; what diverged sorts behind everything.
TableCell pointsCell(const study::SensitivityCase& one, double share) {
    if (!one.accuracy) {
        return {QStringLiteral("–"), std::numeric_limits<double>::infinity()};
    }
    return {QLocale().toString(100 * share, 'f', 2), 100 * share};
}

}  // namespace

SensitivityModel::SensitivityModel(QObject* parent) : ColumnTable(parent) {
    setColumns({{tr("Layer"), QStringLiteral("layer"), tr("Layer of the network"), true},
                {tr("Role"), QStringLiteral("role"), tr("The one operand that is changed"), true},
                {tr("Format"), QStringLiteral("format"), tr("What it is changed to"), true},
                {tr("Saved"), QStringLiteral("saved_bits"),
                 tr("Bits an element less than in the design's format")},
                {tr("Accuracy"), QStringLiteral("test_accuracy"),
                 tr("Accuracy on the test set, measured")},
                {tr("Lost"), QStringLiteral("lost_points"),
                 tr("Percentage points of accuracy less than the design's")},
                {tr("Lost a bit"), QStringLiteral("lost_points_per_bit"),
                 tr("Percentage points lost for each bit saved: the order of the rows")}});
}

void SensitivityModel::setCases(std::vector<study::SensitivityCase> cases) {
    change(false, [&] { m_cases = std::move(cases); });
}

int SensitivityModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_cases.size());
}

TableCell SensitivityModel::cell(int row, int column) const {
    const auto& one = m_cases[static_cast<std::size_t>(row)];
    switch (column) {
        case Layer:
            return {toQt(one.layer), {}};
        case RoleName:
            return {roleKeyLabel({one.role, std::nullopt}), {}};
        case FormatName:
            return {toQt(numerics::formatText(one.format.format)), {}};
        case Saved:
            return {bitsPerElementText(one.savedBits), one.savedBits};
        case Accuracy:
            return one.accuracy ? TableCell{percentText(*one.accuracy), *one.accuracy}
                                : TableCell{tr("diverged"), -1.0};
        case Lost:
            return pointsCell(one, one.lost);
        default:
            return pointsCell(one, one.lostPerSavedBit());
    }
}

}  // namespace mantissa::ui
