// SPDX-License-Identifier: GPL-3.0-or-later
// A system's dataflow as a picture.
#pragma once

#include <string>
#include <string_view>

#include "core/systems/system.h"

namespace mantissa::systems {

/// SVG that reads on light and dark grounds: rounded boxes are tensors, sharp ones operations, and
/// what is kept in memory has a double edge; arrows carry their format. `title` for those who do
/// not see it. The same bytes wherever it is made.
std::string drawingSvg(const Dataflow& flow, std::string_view title);

}  // namespace mantissa::systems
