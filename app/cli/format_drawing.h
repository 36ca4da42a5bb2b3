// SPDX-License-Identifier: GPL-3.0-or-later
// A format's bits as a picture, in text and as SVG.
#pragma once

#include <string>
#include <string_view>

#include "core/numerics/bit_fields.h"

namespace mantissa::cli {

/// Lines such as "element  [s|eeee|fff]  sign 1, exponent 4, fraction 3" and, for each shared
/// field, "shared   [xxxxxxxx]  scale 8, by 32 elements".
std::string drawingText(const numerics::BitFields& fields);

/// A picture that reads on light and dark grounds; `title` for those who do not see it.
std::string drawingSvg(const numerics::BitFields& fields, std::string_view title);

}  // namespace mantissa::cli
