// SPDX-License-Identifier: GPL-3.0-or-later
// A unit of the hardware model as `mantissa-cli unit` prints it.
#pragma once

#include <string>

#include "hwmodel/units/registry.h"

namespace mantissa::cli {

std::string unitListText();
std::string unitListJson();

/// `other`: what to compare with, under both calibrations; null: nothing.
std::string unitText(const hw::UnitReport& report, const hw::UnitReport* other = nullptr);
std::string unitJson(const hw::UnitReport& report, const hw::UnitReport* other = nullptr);

}  // namespace mantissa::cli
