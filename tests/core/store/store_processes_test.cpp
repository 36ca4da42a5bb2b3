// SPDX-License-Identifier: GPL-3.0-or-later
// Several processes and threads, and processes that die.
#include <array>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/store/process_token.h"
#include "tests/core/store/store_helpers.h"

namespace mantissa::store {
namespace {

using StoreProcesses = StoreTest;

/// A child process that reports through a pipe, one byte each time, and is killed at the end.
class Child {
public:
    /// `body` is given a function that reports; it runs in the child.
    template <typename Body>
    explicit Child(const Body& body) {
        if (::pipe(m_pipe.data()) != 0) {
            throw std::runtime_error("pipe");
        }
        m_pid = ::fork();
        if (m_pid == 0) {
            ::close(m_pipe[0]);
            body([this] { (void)!::write(m_pipe[1], "x", 1); });
            ::_exit(0);
        }
        ::close(m_pipe[1]);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    Child(Child&&) = delete;
    Child& operator=(Child&&) = delete;
    ~Child() {
        kill();
        ::waitpid(m_pid, nullptr, 0);
        ::close(m_pipe[0]);
    }

    /// Waits for the next report; false where the child has ended.
    bool awaitReport() const {
        char byte = 0;
        return ::read(m_pipe[0], &byte, 1) == 1;
    }
    /// At once and for good. Its parent has not taken note yet: the child is a zombie.
    void kill() const {
        ::kill(m_pid, SIGKILL);
        siginfo_t info{};
        ::waitid(P_PID, static_cast<id_t>(m_pid), &info, WEXITED | WNOWAIT);
    }

private:
    std::array<int, 2> m_pipe{};
    pid_t m_pid = 0;
};

/// Commits epochs until it is killed.
template <typename Report>
void trainForever(const std::filesystem::path& file, const Report& report) {
    auto store = Store::open(file, Access::ReadWrite);
    if (!store) {
        return;
    }
    const auto run = store->startRun(start());
    for (int epoch = 1; run && commit(*store, *run, epoch); ++epoch) {
        report();
        // An epoch takes far longer; without any pause the lock would hardly ever be free.
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

TEST_F(StoreProcesses, AKilledRunKeepsEveryCommittedEpoch) {
    for (int round = 0; round < 3; ++round) {
        int committed = 0;
        {
            const Child child([&](const auto& report) { trainForever(m_file, report); });
            for (; committed < 5 + round * 7; ++committed) {
                ASSERT_TRUE(child.awaitReport());
            }
            child.kill();
            while (child.awaitReport()) {
                ++committed;
            }
        }
        auto store = open();
        const auto row = store.runs()->front();
        EXPECT_EQ(row.status, StoredStatus::Interrupted);
        EXPECT_GE(row.endedMs, row.startedMs);
        // The kill may have come between a commit and its report.
        EXPECT_THAT(row.epochsDone, ::testing::AnyOf(committed, committed + 1));
        const auto curves = store.curves(row.id);
        ASSERT_TRUE(curves) << curves.error().text();
        EXPECT_EQ(curves->epochs.size(), static_cast<std::size_t>(row.epochsDone));
        EXPECT_EQ(curves->steps.size(), static_cast<std::size_t>(row.epochsDone * kStepsPerEpoch));
        const auto last = store.stoppedRun(row.trainHash, row.datasetHash).value();
        ASSERT_TRUE(last);
        EXPECT_EQ(last->checkpoint.epoch, row.epochsDone);
        EXPECT_EQ(last->checkpoint.state, checkpoint(row.epochsDone).state);
        SQLite::Database database(m_file.string());
        EXPECT_EQ(database.execAndGet("PRAGMA integrity_check").getString(), "ok");
    }
    EXPECT_EQ(open().runs()->size(), 3U);
}

TEST_F(StoreProcesses, ARunOfALiveProcessIsNotInterrupted) {
    const Child child([&](const auto& report) {
        auto store = Store::open(m_file, Access::ReadWrite);
        if (store && store->startRun(start())) {
            report();
            ::pause();
        }
    });
    ASSERT_TRUE(child.awaitReport());
    EXPECT_EQ(open().runs()->front().status, StoredStatus::Running);
    child.kill();
    EXPECT_EQ(open(Access::ReadOnly).runs()->front().status, StoredStatus::Running)
        << "a reader changes nothing";
    EXPECT_EQ(open().runs()->front().status, StoredStatus::Interrupted);
}

TEST_F(StoreProcesses, TwoWritersTakeTurns) {
    const Child child([&](const auto& report) { trainForever(m_file, report); });
    ASSERT_TRUE(child.awaitReport());
    auto store = open();
    const auto run = store.startRun(start(withRows(8))).value();
    for (int epoch = 1; epoch <= 20; ++epoch) {
        const auto committed = commit(store, run, epoch);
        ASSERT_TRUE(committed) << committed.error().text();
    }
    EXPECT_EQ(store.curves(run)->epochs.size(), 20U);
    EXPECT_TRUE(child.awaitReport());
}

TEST_F(StoreProcesses, TwoMayCreateTheFileAtOnce) {
    for (int round = 0; round < 5; ++round) {
        m_file = m_folder / ("store" + std::to_string(round));
        const auto create = [&](const auto& report) {
            auto store = Store::open(m_file, Access::ReadWrite);
            if (store && store->startRun(start())) {
                report();
                ::pause();
            }
        };
        const Child one(create);
        const Child two(create);
        EXPECT_TRUE(one.awaitReport());
        EXPECT_TRUE(two.awaitReport());
        EXPECT_EQ(open().runs()->size(), 2U);
    }
}

TEST_F(StoreProcesses, AReaderSeesWholeEpochsWhileTheWriterGoesOn) {
    auto writer = open();
    const auto run = writer.startRun(start()).value();
    constexpr int kEpochs = 40;
    std::atomic<bool> failed{false};
    std::jthread writing([&] {
        for (int epoch = 1; epoch <= kEpochs; ++epoch) {
            failed = failed || !commit(writer, run, epoch);
        }
    });
    const auto reader = open(Access::ReadOnly);
    std::size_t seen = 0;
    while (seen < kEpochs && !failed) {
        const auto curves = reader.curves(run);
        ASSERT_TRUE(curves) << curves.error().text();
        EXPECT_EQ(curves->steps.size(), curves->epochs.size() * kStepsPerEpoch);
        EXPECT_GE(curves->epochs.size(), seen);
        seen = curves->epochs.size();
    }
    writing.join();
    EXPECT_FALSE(failed);
}

TEST(ProcessToken, KnowsItsOwnProcessAndNoOther) {
    const auto token = ownProcessToken();
    EXPECT_TRUE(isProcessAlive(token));
    const auto lastSpace = token.rfind(' ');
    EXPECT_FALSE(isProcessAlive(token.substr(0, lastSpace) + " 1"))
        << "id given to another process";
    EXPECT_FALSE(isProcessAlive("another-boot" + token.substr(token.find(' '))));
    for (const char* broken : {"", "x", "a b c", "- -1 -"}) {
        EXPECT_FALSE(isProcessAlive(broken)) << broken;
    }
}

}  // namespace
}  // namespace mantissa::store
