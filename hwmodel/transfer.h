// SPDX-License-Identifier: GPL-3.0-or-later
// What carries the figures of NanGate45, which all laws are fitted on, over to other cells, nodes
// and supplies: said beside the figures that it changes.
#pragma once

#include <string>

#include "hwmodel/technology.h"

namespace mantissa::hw {

/// Each ratio in one line, with its source: "NanGate45's figures x 0.967 in NAND2 equivalents,
/// ...". Empty where nothing is carried over: NanGate45 itself, and Horowitz' table.
std::string transferText(const Technology& technology);

/// The ratio of NAND2 equivalents that figures of `law` were carried over with; 1: they were not.
double gatesRatioOf(const Technology& technology, const Law* law);

/// What the figures of single units do not follow of what was asked for, in one sentence: Horowitz'
/// table knows neither other cells nor nodes nor supplies. Empty: nothing.
std::string calibrationLimit(const Technology& technology);

/// The highest supply in V that cells at hand of about such a node run at, in between linear; some
/// cells bear more. Scaling factors know no limit.
double usualSupply_v(double node_nm);
/// More than this many times the usual supply is said to be too much.
inline constexpr double kSupplyMargin = 1.25;

}  // namespace mantissa::hw
