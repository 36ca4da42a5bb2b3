// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/thread_team.h"

#include <atomic>
#include <stop_token>
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

/// Most calls are over before a worker is awake: it has to find its way into a later one.
TEST(ThreadTeam, RunsEachTaskOnceWhereWorkersComeTooLate) {
    ThreadTeam team(24);
    constexpr int kRounds = 4000;
    std::vector<int> seen(3);
    for (int round = 0; round < kRounds; ++round) {
        const auto count = static_cast<std::int64_t>(2 + round % 2);
        const int before = seen[0];
        team.run(count, [&](std::int64_t index, int) { ++seen[static_cast<std::size_t>(index)]; });
        ASSERT_EQ(seen[0], before + 1) << "not done, or not seen, when run() returned";
    }
    EXPECT_EQ(seen, (std::vector<int>{kRounds, kRounds, kRounds / 2}));
}

TEST_P(ThreadTeamSizes, AcceptsNoTasks) {
    ThreadTeam team(GetParam());
    team.run(0, [](std::int64_t, int) { FAIL(); });
}

TEST_P(ThreadTeamSizes, LeavesOutWhatHasNotBegunWhenItIsStopped) {
    std::stop_source stop;
    ThreadTeam team(GetParam(), stop.get_token());
    std::atomic<int> seen = 0;
    const auto count = [&](std::int64_t, int) { ++seen; };
    team.run(1000, count);
    EXPECT_EQ(seen, 1000);
    EXPECT_FALSE(team.stopped());
    seen = 0;
    team.run(1000, [&](std::int64_t, int) {
        stop.request_stop();
        ++seen;
    });
    EXPECT_GE(seen, 1);
    EXPECT_LE(seen, team.threads()) << "a thread that has finished a task begins no other";
    EXPECT_TRUE(team.stopped());
    seen = 0;
    team.run(1, count);
    team.run(1000, count);
    EXPECT_EQ(seen, 0);
}

INSTANTIATE_TEST_SUITE_P(OneToFour, ThreadTeamSizes, ::testing::Values(1, 2, 3, 4));

}  // namespace
}  // namespace mantissa
