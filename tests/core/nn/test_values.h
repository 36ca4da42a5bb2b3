// SPDX-License-Identifier: GPL-3.0-or-later
// Fixed pseudo-random test data.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace mantissa::nn {

inline std::vector<float> randomValues(std::int64_t count, std::uint32_t seed, float low = -1,
                                       float high = 1) {
    std::mt19937 generator(seed);
    std::vector<float> values(static_cast<std::size_t>(count));
    for (auto& value : values) {
        value = low + (high - low) * static_cast<float>(generator() >> 8U) * 0x1p-24F;
    }
    return values;
}

}  // namespace mantissa::nn
