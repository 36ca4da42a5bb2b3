// SPDX-License-Identifier: GPL-3.0-or-later
// A thread that makes the next batch ready while this one is trained on.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

namespace mantissa::data {

/// One batch ahead at most. All functions are called from one thread.
class Prefetcher {
public:
    /// Makes a batch on the prefetcher's thread; returns early, with nothing of worth, once
    /// `abandoned` is set.
    using Fill = std::function<void(std::int64_t index, const std::atomic<bool>& abandoned)>;

    /// Where the system has no thread to give, nothing is ever ready.
    explicit Prefetcher(Fill fill);
    ~Prefetcher();
    Prefetcher(const Prefetcher&) = delete;
    Prefetcher& operator=(const Prefetcher&) = delete;

    /// Begins a batch; the one before must have been taken or abandoned.
    void begin(std::int64_t index);
    /// Waits until what was begun is done; whether that is batch `index`, whole. Any other is
    /// abandoned. Afterwards nothing is running.
    bool take(std::int64_t index);
    /// Nothing is running afterwards.
    void abandon() { take(kNone); }

private:
    static constexpr std::int64_t kNone = -1;

    void work();

    Fill m_fill;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::int64_t m_begun = kNone;  ///< the last batch begun, until it is taken
    bool m_running = false;
    bool m_ends = false;
    std::atomic<bool> m_abandoned = false;
    std::thread m_thread;  ///< last: it uses all of the above
};

}  // namespace mantissa::data
