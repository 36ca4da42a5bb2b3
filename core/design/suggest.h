// SPDX-License-Identifier: GPL-3.0-or-later
// Hints for misspelt names.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace mantissa::design {

/// Levenshtein: how many letters must be put in, left out or replaced.
std::size_t editDistance(std::string_view a, std::string_view b);

/// 'did you mean "batch"?' where a candidate is at most a third of its length (Levenshtein) away,
/// else the candidates themselves.
std::string suggestion(std::string_view word, std::span<const std::string> candidates);

}  // namespace mantissa::design
