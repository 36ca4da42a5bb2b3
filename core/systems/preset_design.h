// SPDX-License-Identifier: GPL-3.0-or-later
// From a preset to the design that is trained and priced.
#pragma once

#include <string_view>

#include "core/design/design_point.h"
#include "core/error.h"
#include "core/systems/system.h"

namespace mantissa::systems {

/// The id that stands for the baseline itself wherever a preset is named.
inline constexpr std::string_view kBaseline = "fp32";

/// `baseline` (FP32, with its network, data and recipe) with the preset's changes, those of the
/// presets that it is based on before its own. "precision", "recipe", "control" and "hardware" are
/// merged into the design's JSON (RFC 7396); the plan's layers "@first" and "@last" stand for the
/// first and last layer that multiplies matrices. "layers" sets parameters of all layers of a kind,
/// e.g. {"batch_norm": {"statistic": "range"}}. Name and note become the preset's. Errors: as
/// design::fromJson, with the system's and preset's names; NotFound: no such preset.
Result<design::DesignPoint> designOf(const System& system, std::string_view preset,
                                     const design::DesignPoint& baseline);

}  // namespace mantissa::systems
