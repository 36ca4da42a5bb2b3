// SPDX-License-Identifier: GPL-3.0-or-later
// Lines that a processor does not guess by itself: of the next page, or of a plane elsewhere.
// Internal to nn.
#pragma once

#include <cstdint>

#include <hwy/cache_control.h>

namespace mantissa::nn {

/// So long before they are needed lines are asked for.
inline constexpr std::int64_t kAheadFloats = 512;

/// Has the lines of `count` floats fetched; they need not exist.
inline void askFor(const float* from, std::int64_t count) {
    constexpr std::int64_t kLineFloats = 16;
    for (std::int64_t i = 0; i < count; i += kLineFloats) {
        hwy::Prefetch(from + i);
    }
}

}  // namespace mantissa::nn
