// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/chart_units.h"

namespace mantissa::ui {

AxisUnit energyUnit(double largest_pj) {
    if (largest_pj >= 1e9) {
        return {1e-9, QStringLiteral("mJ")};
    }
    if (largest_pj >= 1e6) {
        return {1e-6, QStringLiteral("µJ")};
    }
    return largest_pj >= 1e3 ? AxisUnit{1e-3, QStringLiteral("nJ")}
                             : AxisUnit{1, QStringLiteral("pJ")};
}

AxisUnit rateUnit(double largest) {
    return largest >= 1e12  ? AxisUnit{1e-12, QStringLiteral("Top/s")}
           : largest >= 1e9 ? AxisUnit{1e-9, QStringLiteral("Gop/s")}
                            : AxisUnit{1e-6, QStringLiteral("Mop/s")};
}

AxisUnit areaUnit(double largest_um2) {
    return largest_um2 >= 1e4 ? AxisUnit{1e-6, QStringLiteral("mm²")}
                              : AxisUnit{1, QStringLiteral("µm²")};
}

}  // namespace mantissa::ui
