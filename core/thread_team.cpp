// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/thread_team.h"

#include <atomic>
#include <cassert>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace mantissa {

// Workers sleep on a condition variable between calls: a spinning team would steal the core that
// the window needs on a two-core machine.
struct ThreadTeam::Workers {
    std::mutex mutex;
    std::condition_variable wake;
    std::condition_variable idle;
    std::uint64_t generation = 0;
    int busy = 0;
    bool quit = false;
    std::int64_t count = 0;
    const std::function<void(std::int64_t, int)>* task = nullptr;
    std::atomic<std::int64_t> next{0};
    std::vector<std::jthread> threads;

    void drain(int worker) {
        for (std::int64_t i = next.fetch_add(1, std::memory_order_relaxed); i < count;
             i = next.fetch_add(1, std::memory_order_relaxed)) {
            (*task)(i, worker);
        }
    }

    void loop(int worker) {
        std::uint64_t seen = 0;
        std::unique_lock lock(mutex);
        while (true) {
            wake.wait(lock, [&] { return quit || generation != seen; });
            if (quit) {
                return;
            }
            seen = generation;
            lock.unlock();
            drain(worker);
            lock.lock();
            if (--busy == 0) {
                idle.notify_one();
            }
        }
    }
};

ThreadTeam::ThreadTeam(int threads) : m_threads(threads) {
    assert(threads >= 1);
    if (threads == 1) {
        return;
    }
    m_workers = std::make_unique<Workers>();
    for (int worker = 1; worker < threads; ++worker) {
        m_workers->threads.emplace_back([w = m_workers.get(), worker] { w->loop(worker); });
    }
}

ThreadTeam::~ThreadTeam() {
    if (m_workers) {
        {
            const std::lock_guard lock(m_workers->mutex);
            m_workers->quit = true;
        }
        m_workers->wake.notify_all();
        m_workers->threads.clear();
    }
}

void ThreadTeam::run(std::int64_t count, const std::function<void(std::int64_t, int)>& task) {
    if (!m_workers || count <= 1) {
        for (std::int64_t i = 0; i < count; ++i) {
            task(i, 0);
        }
        return;
    }
    {
        const std::lock_guard lock(m_workers->mutex);
        m_workers->count = count;
        m_workers->task = &task;
        m_workers->next.store(0, std::memory_order_relaxed);
        m_workers->busy = m_threads - 1;
        ++m_workers->generation;
    }
    m_workers->wake.notify_all();
    m_workers->drain(0);
    std::unique_lock lock(m_workers->mutex);
    m_workers->idle.wait(lock, [&] { return m_workers->busy == 0; });
}

}  // namespace mantissa
