// SPDX-License-Identifier: GPL-3.0-or-later
// The named formats in a combo box, under the names of the systems they come from.
#pragma once

#include "core/numerics/registry.h"

class QComboBox;

namespace mantissa::ui {

/// "Custom" first, then every named format; headings cannot be chosen.
void fillPresets(QComboBox& combo);
/// Null: "Custom".
void showPreset(QComboBox& combo, const numerics::NamedFormat* preset);
const numerics::NamedFormat* presetAt(const QComboBox& combo, int row);

}  // namespace mantissa::ui
