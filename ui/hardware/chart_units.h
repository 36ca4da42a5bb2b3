// SPDX-License-Identifier: GPL-3.0-or-later
// Units that leave readable numbers on the axes of hardware charts.
#pragma once

#include <QString>

namespace mantissa::ui {

/// What a figure in the model's unit is multiplied with, and the unit it then has.
struct AxisUnit {
    double factor = 1;
    QString unit;
};
AxisUnit energyUnit(double largest_pj);
AxisUnit areaUnit(double largest_um2);
/// Of operations a second.
AxisUnit rateUnit(double largest);

}  // namespace mantissa::ui
