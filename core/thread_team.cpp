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

// A call is waited for by nobody but those who take part: on a machine that has other work too, a
// worker may get its turn milliseconds after the others have done all tasks, and a training step
// has hundreds of calls. Workers enter a call by its gate, which the caller opens with the tasks
// and shuts when none is left; one that comes too late finds it shut, or that of the next call.
// The gate's release publishes `count` and `task`, and back again what the tasks wrote. Each
// counter has a cache line of its own.
struct ThreadTeam::Workers {
    static constexpr int kOpen = 1 << 30;

    alignas(64) std::atomic<int> generation{0};
    alignas(64) std::atomic<int> gate{0};  ///< kOpen, and how many workers are inside
    alignas(64) std::atomic<std::int64_t> next{0};
    std::int64_t count = 0;
    const TaskRef* task = nullptr;
    const std::stop_token* stop = nullptr;
    std::atomic<bool> quit{false};
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
            if (quit.load(std::memory_order_relaxed)) {
                return;
            }
            if (enter()) {
                drain(worker);
                if (gate.fetch_sub(1, std::memory_order_acq_rel) == 1) {
                    gate.notify_one();  // shut, and the last is out
                }
            }
        }
    }

    bool enter() {
        int inside = gate.load(std::memory_order_relaxed);
        while ((inside & kOpen) != 0) {
            if (gate.compare_exchange_weak(inside, inside + 1, std::memory_order_acq_rel,
                                           std::memory_order_relaxed)) {
                return true;
            }
        }
        return false;
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
        m_workers->quit.store(true, std::memory_order_relaxed);
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
    m_workers->gate.store(Workers::kOpen, std::memory_order_release);
    m_workers->start();
    m_workers->drain(0);
    int inside =
        m_workers->gate.fetch_and(~Workers::kOpen, std::memory_order_acq_rel) & ~Workers::kOpen;
    while (inside != 0) {
        inside = waitForChange(m_workers->gate, inside);
    }
}

}  // namespace mantissa
