// SPDX-License-Identifier: GPL-3.0-or-later
// From gates and delays of a law, or from Horowitz' table, to a unit's cost.
#pragma once

#include "hwmodel/arithmetic.h"
#include "hwmodel/fitted_laws.h"
#include "hwmodel/horowitz.h"

namespace mantissa::hw::pricing {

/// What the figures of a unit that Horowitz lacks are scaled from, by our ratio of gates.
enum class Anchor { Binary32Adder, Integer32Adder };

/// By gates under the synthesis calibration, else by its gates relative to a unit of the table.
UnitCost byGates(const Technology& technology, double nand2, double delay_ps, const Law& law,
                 Activity activity = Activity::Adding, Anchor anchor = Anchor::Integer32Adder);
/// Gates that are of the kind that another law counts: they switch, are late and are carried over
/// to other cells as its are.
UnitCost byGatesAs(const Technology& technology, LawId like, double nand2, double delay_ps,
                   const Law& law);
UnitCost byLaw(const Technology& technology, LawId law, const LawWidths& widths,
               Anchor anchor = Anchor::Integer32Adder);
UnitCost flipFlops(const Technology& technology, double bits);

/// Both figures of one operation in Horowitz' table.
struct TableCost {
    double area_um2 = 0;
    double energy_pj = 0;
    const Law* areaLaw = nullptr;
    const Law* energyLaw = nullptr;
};
TableCost tableAdd(int width);
TableCost tableMultiply(double widthSquared);
TableCost tableFloatAdd(int significand);
TableCost tableFloatMultiply(int significandA, int significandB);
/// `elements` multipliers and one adder less, as wide as their sum.
TableCost tableDot(int elements, double widthSquared, int sumWidth);
TableCost times(double count, TableCost cost);
TableCost sum(const TableCost& a, const TableCost& b);

/// Parts side by side, one behind the other.
UnitCost sum(const UnitCost& first, const UnitCost& second);

/// `ours`, with the table's area and energy under its calibration. Gates and delay stay ours.
template <typename Table>
UnitCost orTable(const Technology& technology, UnitCost ours, Table table) {
    if (technology.calibration == design::Calibration::Horowitz) {
        const TableCost theirs = table();
        ours.area_um2 = theirs.area_um2;
        ours.energy_pj = theirs.energy_pj;
        ours.areaLaw = theirs.areaLaw;
        ours.energyLaw = theirs.energyLaw;
        ours.glitch_pjPerNs = 0;
    }
    return ours;
}

}  // namespace mantissa::hw::pricing
