// SPDX-License-Identifier: GPL-3.0-or-later
// One seed for people, three for a recipe.
#pragma once

#include <cstdint>

#include "core/train/recipe.h"

namespace mantissa::app {

inline constexpr std::uint64_t kLargestSeed = (std::uint64_t{1} << 53U) - 3;

/// N, N + 1 and N + 2 for weights, data order and rounding; 1 gives the defaults 1, 2, 3.
inline train::Recipe withSeed(train::Recipe recipe, std::uint64_t seed) {
    recipe.seedInit = seed;
    recipe.seedData = seed + 1;
    recipe.seedRounding = seed + 2;
    return recipe;
}

}  // namespace mantissa::app
