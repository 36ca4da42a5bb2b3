// SPDX-License-Identifier: GPL-3.0-or-later
// A reproduction as two pictures, for docs/reproduce.md.
#pragma once

#include <string>

#include "app/engine/reproduce/reproduce.h"

namespace mantissa::app {

/// SVG: each preset's distance from FP32 in points, with the deviation over the seeds. Distances
/// beyond the axis stand at its end, with an arrow.
std::string accuracyChart(const Reproduction& reproduction);
/// SVG: what the models give over what was claimed, where a figure was.
std::string ratioChart(const Reproduction& reproduction);

}  // namespace mantissa::app
