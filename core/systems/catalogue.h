// SPDX-License-Identifier: GPL-3.0-or-later
// The systems that the program carries.
#pragma once

#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/systems/system.h"

namespace mantissa::systems {

/// Every system of resources/systems, in the order in which they are shown. An error is a defect of
/// the files, which a test would have found.
Result<std::vector<System>> catalogue();

}  // namespace mantissa::systems
