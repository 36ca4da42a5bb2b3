// SPDX-License-Identifier: GPL-3.0-or-later
// What somebody who mistyped a name probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace mantissa::cli {

/// The first candidate of which the word is a part between underscores, else the one with the
/// smallest edit distance, where that is small against the word's length; else "".
std::string closest(std::string_view word, std::span<const std::string> candidates);

}  // namespace mantissa::cli
