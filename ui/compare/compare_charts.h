// SPDX-License-Identifier: GPL-3.0-or-later
// The chosen designs' learning curves, and all designs' accuracy against what they cost.
#pragma once

#include <vector>

#include "ui/charts/chart.h"
#include "ui/compare/compare_panel.h"
#include "ui/compare/design_list_model.h"

namespace mantissa::ui {

/// Test accuracy in % after each epoch, one series a design.
std::vector<Series> accuracyCurves(const std::vector<ComparePoint>& chosen);
/// Loss of the batches, smoothed, one series a design.
std::vector<Series> lossCurves(const std::vector<ComparePoint>& chosen);
/// Test accuracy in % against a column of the list: the chosen designs with their names, each in
/// the colour of its curves, before all others. Designs that lack a figure are left out.
std::vector<Series> accuracyAgainst(DesignListModel::Column cost, const std::vector<DesignRow>& all,
                                    const std::vector<QString>& chosen);

}  // namespace mantissa::ui
