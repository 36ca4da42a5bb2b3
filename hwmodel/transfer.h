// SPDX-License-Identifier: GPL-3.0-or-later
// What carries the figures of NanGate45, which all laws are fitted on, over to other cells, nodes
// and supplies: said beside the figures that it changes.
#pragma once

#include <string>
#include <vector>

#include "hwmodel/technology.h"

namespace mantissa::hw {

/// Each ratio in one line, with its source: "NanGate45's figures x 0.967 in NAND2 equivalents,
/// ...". Empty where nothing is carried over: NanGate45 itself, and Horowitz' table.
std::string transferText(const Technology& technology);

/// What figures do not follow of what was asked for, a sentence each: Horowitz' table knows neither
/// other cells nor nodes nor supplies, and scaling factors know no supply that is too much.
std::vector<std::string> transferLimits(const Technology& technology);

}  // namespace mantissa::hw
