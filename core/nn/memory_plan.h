// SPDX-License-Identifier: GPL-3.0-or-later
// Places for buffers that are alive at different times of a step, in one arena. Internal to nn.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mantissa::nn {

/// A buffer and the moments, both included, between which its contents matter.
struct PlannedBuffer {
    std::int64_t floats = 0;
    int first = 0;
    int last = 0;
};

struct MemoryPlan {
    std::vector<std::int64_t> offsets;  ///< in floats, whole cache lines; one a buffer
    std::int64_t floats = 0;            ///< of the arena
};

/// Buffers whose times meet do not share memory. Greedy by size, largest first, each at the lowest
/// place that is free (Pisarchyk and Lee, arXiv 2001.03288).
MemoryPlan planMemory(std::span<const PlannedBuffer> buffers);

}  // namespace mantissa::nn
