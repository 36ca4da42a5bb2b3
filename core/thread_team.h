// SPDX-License-Identifier: GPL-3.0-or-later
// The threads a kernel may use. Work is cut into tasks by the problem, never by the number of
// threads, so results do not depend on it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace mantissa {

/// A fixed team of worker threads that wait between calls. One call at a time; not re-entrant.
class ThreadTeam {
public:
    /// `threads` >= 1, the caller's own thread included; 1 starts no worker.
    explicit ThreadTeam(int threads = 1);
    ~ThreadTeam();
    ThreadTeam(const ThreadTeam&) = delete;
    ThreadTeam& operator=(const ThreadTeam&) = delete;

    int threads() const { return m_threads; }

    /// Calls `task(index, worker)` for each index in [0, count); `worker` in [0, threads()) names
    /// the scratch memory the call may use. Returns when all are done. `task` must not throw.
    void run(std::int64_t count, const std::function<void(std::int64_t index, int worker)>& task);

private:
    struct Workers;
    int m_threads;
    std::unique_ptr<Workers> m_workers;
};

}  // namespace mantissa
