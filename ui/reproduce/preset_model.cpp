// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/reproduce/preset_model.h"

#include <utility>

#include "ui/common/text.h"

namespace mantissa::ui {
namespace {

QString shown(const std::string& value) {
    return value.empty() ? QStringLiteral("–") : toQt(value);
}

}  // namespace

PresetModel::PresetModel(QObject* parent) : ColumnTable(parent) {
    setColumns({{tr("Setting"), QStringLiteral("setting"), tr("What the preset changes"), true},
                {tr("FP32"), QStringLiteral("fp32"), tr("As the baseline has it"), true},
                {tr("Preset"), QStringLiteral("preset"), tr("As the preset has it"), true}});
}

void PresetModel::setDifferences(std::vector<design::Difference> differences) {
    change(false, [&] { m_differences = std::move(differences); });
}

int PresetModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_differences.size());
}

TableCell PresetModel::cell(int row, int column) const {
    const auto& one = m_differences[static_cast<std::size_t>(row)];
    return {column == 0 ? toQt(one.label) : shown(column == 1 ? one.before : one.after), {}};
}

}  // namespace mantissa::ui
