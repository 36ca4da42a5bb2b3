// SPDX-License-Identifier: GPL-3.0-or-later
// Element-wise work on tensors, cut into tasks. Internal to nn.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/thread_team.h"

namespace mantissa::nn {

/// Cuts `count` items into tasks of a size that the problem alone fixes, and runs
/// body(first, count) on each; `itemFloats` says how much of a task one item is.
template <typename Body>
void forEachRange(ThreadTeam& team, std::int64_t count, const Body& body,
                  std::int64_t itemFloats = 1) {
    constexpr std::int64_t kTaskFloats = 16384;
    const std::int64_t range = std::max<std::int64_t>(1, kTaskFloats / itemFloats);
    team.run((count + range - 1) / range, [&](std::int64_t index, int) {
        const std::int64_t first = index * range;
        body(first, std::min(range, count - first));
    });
}

/// to = from; they do not overlap.
inline void copyFloats(ThreadTeam& team, const float* from, float* to, std::int64_t count) {
    forEachRange(team, count, [&](std::int64_t first, std::int64_t floats) {
        std::copy_n(from + first, floats, to + first);
    });
}

inline void fillFloats(ThreadTeam& team, float* to, std::int64_t count, float value) {
    forEachRange(team, count, [&](std::int64_t first, std::int64_t floats) {
        std::fill_n(to + first, floats, value);
    });
}

}  // namespace mantissa::nn
