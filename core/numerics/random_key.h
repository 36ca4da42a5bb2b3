// SPDX-License-Identifier: GPL-3.0-or-later
// The random numbers of stochastic rounding.
#pragma once

#include <cstdint>

namespace mantissa::numerics {

/// The rounds of Philox4x32 that stochastic rounding draws with: the fewest that pass all of
/// BigCrush (Salmon et al., SC 2011, table 2). Where numbers are few, as for weights or the order
/// of images, the usual ten are taken.
inline constexpr int kRandomKeyRounds = 7;

/// Stochastic rounding depends on this key and the element's index alone (Philox4x32-7), never on
/// threads, block order or instruction set.
struct RandomKey {
    std::uint64_t seed = 0;
    std::uint64_t step = 0;
    std::uint32_t tensor = 0;
};

/// The random word of element `index`: with g = index / 64 and r = index % 64, it is word r / 16 of
/// Philox4x32-7 on the counter {16 g + r % 16, tensor, step low, step high} under the key {seed
/// low, seed high}. Sixteen consecutive counters thus serve 64 consecutive elements, so that a
/// vector holds one word of consecutive counters. The sequence repeats after 2^34 elements.
std::uint32_t randomWord(const RandomKey& key, std::int64_t index);

}  // namespace mantissa::numerics
