// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/prefetcher.h"

#include <system_error>
#include <utility>

namespace mantissa::data {

Prefetcher::Prefetcher(Fill fill) : m_fill(std::move(fill)) {
    try {
        m_thread = std::thread([this] { work(); });
    } catch (const std::system_error&) {
        return;  // batches are then made when they are asked for
    }
}

Prefetcher::~Prefetcher() {
    if (!m_thread.joinable()) {
        return;
    }
    m_abandoned = true;
    {
        const std::lock_guard lock(m_mutex);
        m_ends = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

void Prefetcher::begin(std::int64_t index) {
    if (!m_thread.joinable()) {
        return;
    }
    m_abandoned = false;
    {
        const std::lock_guard lock(m_mutex);
        m_begun = index;
        m_running = true;
    }
    m_changed.notify_all();
}

bool Prefetcher::take(std::int64_t index) {
    std::unique_lock lock(m_mutex);
    if (m_begun != index) {
        m_abandoned = true;
    }
    m_changed.wait(lock, [this] { return !m_running; });
    return std::exchange(m_begun, kNone) == index && index != kNone;
}

void Prefetcher::work() {
    std::unique_lock lock(m_mutex);
    while (true) {
        m_changed.wait(lock, [this] { return m_running || m_ends; });
        if (m_ends) {
            return;
        }
        const std::int64_t index = m_begun;
        lock.unlock();
        m_fill(index, m_abandoned);
        lock.lock();
        m_running = false;
        m_changed.notify_all();
    }
}

}  // namespace mantissa::data
