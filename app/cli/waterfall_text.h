// SPDX-License-Identifier: GPL-3.0-or-later
// The steps from conventional normalisation to LightNorm as `mantissa-cli hw --waterfall` prints
// them.
#pragma once

#include <string>
#include <vector>

#include "hwmodel/norm/norm_module.h"
#include "hwmodel/technology.h"

namespace mantissa::cli {

/// What was asked for, for the headline.
struct WaterfallSetting {
    int lanes = 1;
    double elements = 1;
    double clockMhz = 500;
    hw::Technology technology;  ///< of our synthesis' side
    std::string dram;
};
std::string waterfallText(const std::vector<hw::WaterfallStep>& steps,
                          const WaterfallSetting& setting);
std::string waterfallJson(const std::vector<hw::WaterfallStep>& steps,
                          const WaterfallSetting& setting);

}  // namespace mantissa::cli
