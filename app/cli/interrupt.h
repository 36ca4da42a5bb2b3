// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl-C as a request to stop, so that a long command can keep what it has.
#pragma once

#include <atomic>
#include <csignal>
#include <stop_token>
#include <thread>

namespace mantissa::cli {

/// While it lives, the first SIGINT, SIGTERM or SIGHUP asks `token()` to stop; the second ends the
/// program at once. Make it before any other thread starts: threads inherit the blocked signals,
/// so that only the watcher receives them.
class InterruptGuard {
public:
    InterruptGuard();
    ~InterruptGuard();
    InterruptGuard(const InterruptGuard&) = delete;
    InterruptGuard& operator=(const InterruptGuard&) = delete;

    std::stop_token token() const { return m_stop.get_token(); }
    /// With a signal 128 plus its number, as shells report it; `otherwise` without.
    int status(int otherwise) const;

private:
    void watch();

    sigset_t m_signals{};
    sigset_t m_previous{};
    std::stop_source m_stop;
    std::atomic<int> m_signal{0};
    std::atomic<bool> m_closing{false};
    std::thread m_watcher;
};

}  // namespace mantissa::cli
