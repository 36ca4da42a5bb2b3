// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/thread_team.h"

#include <atomic>
#include <vector>

#include <gtest/gtest.h>

namespace mantissa {
namespace {

class ThreadTeamSizes : public ::testing::TestWithParam<int> {};

TEST_P(ThreadTeamSizes, RunsEachTaskOnce) {
    ThreadTeam team(GetParam());
    std::vector<std::atomic<int>> seen(1000);
    for (int round = 0; round < 50; ++round) {
        team.run(1000, [&](std::int64_t index, int worker) {
            ASSERT_GE(worker, 0);
            ASSERT_LT(worker, team.threads());
            ++seen[static_cast<std::size_t>(index)];
        });
    }
    for (const auto& count : seen) {
        EXPECT_EQ(count, 50);
    }
}

TEST_P(ThreadTeamSizes, AcceptsNoTasks) {
    ThreadTeam team(GetParam());
    team.run(0, [](std::int64_t, int) { FAIL(); });
}

INSTANTIATE_TEST_SUITE_P(OneToFour, ThreadTeamSizes, ::testing::Values(1, 2, 3, 4));

}  // namespace
}  // namespace mantissa
