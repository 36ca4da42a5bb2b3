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

/// Of element 64 g + 16 v + l: word 2 (v / 2) + l % 2 of Philox4x32-7 on the counter {8 g + l / 2,
/// tensor, step low, step high} under the key {seed low, seed high}, halves exchanged for odd v.
/// Eight counters thus serve 64 elements, a word two of them, whose upper halves are independent:
/// what is below decides one rounding in 2^16. The sequence repeats after 2^35 elements.
std::uint32_t randomWord(const RandomKey& key, std::int64_t index);

}  // namespace mantissa::numerics
