// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/memory_plan.h"

#include <algorithm>
#include <numeric>

namespace mantissa::nn {
namespace {

constexpr std::int64_t kLineFloats = 16;

std::int64_t roomOf(const PlannedBuffer& buffer) {
    return (buffer.floats + kLineFloats - 1) / kLineFloats * kLineFloats;
}

struct Piece {
    std::int64_t begin, end;
};

/// The lowest offset at which `room` floats touch none of `taken`, which is sorted by begin.
std::int64_t lowestGap(const std::vector<Piece>& taken, std::int64_t room) {
    std::int64_t offset = 0;
    for (const Piece& piece : taken) {
        if (piece.begin - offset >= room) {
            break;
        }
        offset = std::max(offset, piece.end);
    }
    return offset;
}

}  // namespace

MemoryPlan planMemory(std::span<const PlannedBuffer> buffers) {
    std::vector<std::size_t> order(buffers.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return buffers[a].floats > buffers[b].floats;
    });
    MemoryPlan plan;
    plan.offsets.resize(buffers.size());
    for (auto place = order.begin(); place != order.end(); ++place) {
        const PlannedBuffer& buffer = buffers[*place];
        std::vector<Piece> taken;
        for (auto before = order.begin(); before != place; ++before) {
            const PlannedBuffer& other = buffers[*before];
            if (other.first <= buffer.last && buffer.first <= other.last) {
                taken.push_back({plan.offsets[*before], plan.offsets[*before] + roomOf(other)});
            }
        }
        std::sort(taken.begin(), taken.end(),
                  [](const Piece& a, const Piece& b) { return a.begin < b.begin; });
        plan.offsets[*place] = lowestGap(taken, roomOf(buffer));
        plan.floats = std::max(plan.floats, plan.offsets[*place] + roomOf(buffer));
    }
    return plan;
}

}  // namespace mantissa::nn
