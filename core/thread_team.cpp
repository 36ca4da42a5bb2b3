// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/thread_team.h"

#include <atomic>
#include <cassert>
#include <thread>
#include <utility>
#include <vector>

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace mantissa {
namespace {

/// About 50 microseconds: longer than the serial gaps inside a training step, shorter than anything
/// a person or another process would notice.
constexpr int kSpins = 1000;

void pauseBriefly() {
#if defined(__x86_64__) || defined(__i386__)
    _mm_pause();
#endif
}

/// Waits until `value` differs from `old`: busily at first, then in the kernel.
template <typename T>
T waitForChange(const std::atomic<T>& value, T old) {
    for (int spin = 0; spin < kSpins; ++spin) {
        const T now = value.load(std::memory_order_acquire);
        if (now != old) {
            return now;
        }
        pauseBriefly();
    }
    value.wait(old, std::memory_order_acquire);
    return value.load(std::memory_order_acquire);
}

}  // namespace

// `count` and `task` are published by the release of `generation`; the release of `busy` publishes
// what the tasks wrote. Each counter has a cache line of its own.
struct ThreadTeam::Workers {
    alignas(64) std::atomic<int> generation{0};
    alignas(64) std::atomic<int> busy{0};
    alignas(64) std::atomic<std::int64_t> next{0};
    std::int64_t count = 0;
    const TaskRef* task = nullptr;
    const std::stop_token* stop = nullptr;
    bool quit = false;
    std::vector<std::thread> threads;

    void drain(int worker) {
        for (std::int64_t i = next.fetch_add(1, std::memory_order_relaxed);
             i < count && !stop->stop_requested();
             i = next.fetch_add(1, std::memory_order_relaxed)) {
            (*task)(i, worker);
        }
    }

    void loop(int worker) {
        int seen = 0;
        while (true) {
            seen = waitForChange(generation, seen);
            if (quit) {
                return;
            }
            drain(worker);
            if (busy.fetch_sub(1, std::memory_order_acq_rel) == 1) {
                busy.notify_one();
            }
        }
    }

    void start() {
        generation.fetch_add(1, std::memory_order_release);
        generation.notify_all();
    }
};

ThreadTeam::ThreadTeam(int threads, std::stop_token stop)
    : m_threads(threads), m_stop(std::move(stop)) {
    assert(threads >= 1);
    if (threads == 1) {
        return;
    }
    m_workers = std::make_unique<Workers>();
    m_workers->stop = &m_stop;
    for (int worker = 1; worker < threads; ++worker) {
        m_workers->threads.emplace_back([w = m_workers.get(), worker] { w->loop(worker); });
    }
}

ThreadTeam::~ThreadTeam() {
    if (m_workers) {
        m_workers->quit = true;
        m_workers->start();
        for (auto& thread : m_workers->threads) {
            thread.join();
        }
    }
}

void ThreadTeam::run(std::int64_t count, TaskRef task) {
    if (!m_workers || count <= 1) {
        for (std::int64_t i = 0; i < count && !stopped(); ++i) {
            task(i, 0);
        }
        return;
    }
    m_workers->count = count;
    m_workers->task = &task;
    m_workers->next.store(0, std::memory_order_relaxed);
    m_workers->busy.store(m_threads - 1, std::memory_order_relaxed);
    m_workers->start();
    m_workers->drain(0);
    for (int busy = m_workers->busy.load(std::memory_order_acquire); busy != 0;) {
        busy = waitForChange(m_workers->busy, busy);
    }
}

}  // namespace mantissa
