// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/memory_plan.h"

#include <random>

#include <gtest/gtest.h>

namespace mantissa::nn {
namespace {

bool overlap(std::int64_t a, std::int64_t aEnd, std::int64_t b, std::int64_t bEnd) {
    return a < bEnd && b < aEnd;
}

TEST(MemoryPlan, BuffersThatMeetInTimeDoNotMeetInMemory) {
    std::mt19937 random(5);
    const auto below = [&](int end) {
        return static_cast<int>(random() % static_cast<unsigned>(end));
    };
    for (int round = 0; round < 50; ++round) {
        std::vector<PlannedBuffer> buffers;
        for (int i = 0; i < 40; ++i) {
            const int first = below(30);
            buffers.push_back({below(500), first, first + below(12)});
        }
        const MemoryPlan plan = planMemory(buffers);
        for (std::size_t i = 0; i < buffers.size(); ++i) {
            EXPECT_EQ(plan.offsets[i] % 16, 0) << "cache lines are not shared";
            EXPECT_LE(plan.offsets[i] + buffers[i].floats, plan.floats);
            for (std::size_t j = 0; j < i; ++j) {
                if (buffers[j].first <= buffers[i].last && buffers[i].first <= buffers[j].last) {
                    EXPECT_FALSE(overlap(plan.offsets[i], plan.offsets[i] + buffers[i].floats,
                                         plan.offsets[j], plan.offsets[j] + buffers[j].floats));
                }
            }
        }
    }
}

TEST(MemoryPlan, BuffersOneAfterTheOtherShareTheirMemory) {
    const std::vector<PlannedBuffer> buffers{{160, 0, 1}, {160, 2, 3}, {80, 4, 5}, {80, 4, 5}};
    EXPECT_EQ(planMemory(buffers).floats, 160);
    EXPECT_EQ(planMemory({}).floats, 0);
}

}  // namespace
}  // namespace mantissa::nn
