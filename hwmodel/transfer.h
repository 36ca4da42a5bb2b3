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

/// What figures do not follow of what was asked for, in one sentence: Horowitz' table knows neither
/// other cells nor nodes nor supplies. Empty: nothing.
std::string calibrationLimit(const Technology& technology);

/// Of a supply far above those that cells at hand of about such a node run at, in one sentence;
/// scaling factors know no limit. Empty: it is not.
std::string supplyLimit(const Technology& technology);

}  // namespace mantissa::hw
