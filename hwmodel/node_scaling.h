// SPDX-License-Identifier: GPL-3.0-or-later
// How area and energy scale between process nodes: Stillmaker and Baas, Integration 58 (2017), doi
// 10.1016/j.vlsi.2017.02.002, with the coefficients as coded in accelergy-library-plug-in
// scaling.py (ba4e9dac); the paper was not read.
#pragma once

#include <array>

#include "core/error.h"

namespace mantissa::hw {

/// The nodes of the tables, in nm.
inline constexpr std::array<int, 10> kScalingNodes{130, 90, 65, 45, 32, 20, 16, 14, 10, 7};

/// Energy factor f(V) = a V^2 + b V + c of a node; between listed nodes, linear between the
/// neighbours. (The plug-in swaps their weights, so that its 22 nm costs more than its 28 nm.)
Result<double> energyFactor(double node_nm, double voltage_v);
/// Energy at (`toNode_nm`, `toVoltage_v`) over energy at (`fromNode_nm`, `fromVoltage_v`).
Result<double> energyScale(double fromNode_nm, double fromVoltage_v, double toNode_nm,
                           double toVoltage_v);
/// Area at one node over area at another. From a listed node: its row, linear between columns; from
/// any other: linear between the rows of its neighbours.
Result<double> areaScale(double fromNode_nm, double toNode_nm);

}  // namespace mantissa::hw
