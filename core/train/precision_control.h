// SPDX-License-Identifier: GPL-3.0-or-later
// How the widths of operands change during a run: the settings of the published precision
// controllers.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/numerics/registry.h"
#include "core/param_spec.h"
#include "core/train/block_measures.h"

namespace mantissa::train {

// What each does stands in the table of precision_controller.h.
enum class ControlKind { None, Epochs, ZeroSetting, Fast };

/// Widths are mantissa bits of block floating point, as the format of the plan counts them, and all
/// bits of MX integers and of fixed point, whose range stays; everything else about a format stays.
/// Operands in other formats keep them, but for an epochFormat.
struct PrecisionControl {
    ControlKind kind = ControlKind::None;
    // Epochs
    int firstEpochs = 0;
    int lastEpochs = 1;
    int epochFormat = 0;  ///< 0: the plan's at epochBits; k: numerics::namedFormats()[k - 1]
    int epochBits = 8;
    // Zero-setting error and FAST
    int interval = 0;  ///< steps between two decisions; 0: an epoch
    // Zero-setting error
    double low = 0.6;
    double high = 0.8;
    int initialHold = 0;  ///< intervals
    int changeHold = 1;   ///< intervals
    int narrowBits = 4;
    int middleBits = 8;
    int wideBits = 16;
    // FAST
    int fastNarrowBits = 2;
    int fastWideBits = 4;
    double alpha = 0.5;
    double beta = 0.25;
    ImprovementBase base = ImprovementBase::Sum;
    bool operator==(const PrecisionControl&) const = default;
};

std::span<const Param<PrecisionControl>> controlParams();

/// What operands have in the first and last epochs; null where that is the plan's format.
const numerics::NamedFormat* namedFormat(const PrecisionControl& control);

/// Whether a parameter has an effect beside the chosen kind.
bool controlParamMatters(const PrecisionControl& control, std::string_view id);

}  // namespace mantissa::train
