// SPDX-License-Identifier: GPL-3.0-or-later
// The threads a kernel may use, and whether the job they work for has to stop. Work is cut into
// tasks by the problem, never by the number of threads, so results do not depend on it.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <type_traits>

namespace mantissa {

/// Refers to a callable `void(std::int64_t index, int worker)` that outlives the call it is passed
/// to. Unlike std::function it never allocates.
class TaskRef {
public:
    template <typename Callable,
              typename = std::enable_if_t<!std::is_same_v<std::decay_t<Callable>, TaskRef>>>
    TaskRef(const Callable& callable)  // NOLINT(google-explicit-constructor): lambdas convert
        : m_callable(&callable), m_call([](const void* object, std::int64_t index, int worker) {
              (*static_cast<const Callable*>(object))(index, worker);
          }) {}

    void operator()(std::int64_t index, int worker) const { m_call(m_callable, index, worker); }

private:
    const void* m_callable;
    void (*m_call)(const void*, std::int64_t, int);
};

/// A fixed team of worker threads that wait between calls: for some microseconds busily, so that
/// the next kernel of a training step starts at once, then asleep. One call at a time; not
/// re-entrant.
///
/// A team that was given the stop token of its job leaves out all tasks that have not begun once
/// the stop is requested: whatever its kernels made since then is worthless, and stopped() tells
/// so. Whoever keeps or shows results asks it first.
class ThreadTeam {
public:
    /// `threads` >= 1, the caller's own thread included; 1 starts no worker. Without `stop` every
    /// task is run.
    explicit ThreadTeam(int threads = 1, std::stop_token stop = {});
    ~ThreadTeam();
    ThreadTeam(const ThreadTeam&) = delete;
    ThreadTeam& operator=(const ThreadTeam&) = delete;

    int threads() const { return m_threads; }
    /// Whether results since the last look may be incomplete; once true it stays so. Cheap enough
    /// for a task that lasts long to ask every millisecond or so.
    bool stopped() const { return m_stop.stop_requested(); }

    /// Calls `task(index, worker)` for each index in [0, count); `worker` in [0, threads()) names
    /// the scratch memory the call may use. Returns when all are done, or when a stop was requested
    /// and those that had begun are done. `task` must not throw. Allocates nothing.
    void run(std::int64_t count, TaskRef task);

private:
    struct Workers;
    int m_threads;
    std::stop_token m_stop;
    std::unique_ptr<Workers> m_workers;
};

}  // namespace mantissa
