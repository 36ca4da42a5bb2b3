// SPDX-License-Identifier: GPL-3.0-or-later
// A tensor's panels on their way through kernels: what a kernel is given of each, and what becomes
// of its statistics. Internal to numerics.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include <hwy/cache_control.h>

#include "core/numerics/panels.h"
#include "core/numerics/quantise_kernels.h"

namespace mantissa::numerics {

struct TensorJob {
    const QuantiseKernels& kernels;
    Rounding rounding;
    std::optional<KernelFormat> first;  ///< what elements are rounded to before
    bool needsWords;                    ///< kernels make no random words, not even where they could
    CutTensor cut;
    const float* in;
    float* out;
    RandomKey key;
    bool stream;
    ErrorStatistics* statistics;  ///< one a task; null where they are not asked for
};

inline constexpr std::uintptr_t kLineBytes = 64;

/// What one thread needs beside the tensor. Panels of usual blocks fit the part that comes with the
/// thread: nothing is allocated for them.
template <typename T, std::size_t Usual>
class Scratch {
public:
    T* reserve(std::int64_t count) {
        const auto size = static_cast<std::size_t>(count);
        if (size <= Usual) {
            return m_usual.data();
        }
        if (m_large.size() < size) {
            m_large.resize(size);
        }
        return m_large.data();
    }

private:
    alignas(kLineBytes) std::array<T, Usual> m_usual{};
    std::vector<T> m_large;
};

/// Calls `task(index)` for each of `count` tasks over the team.
template <typename Task>
void inTasks(ThreadTeam& team, std::int64_t count, const Task& task) {
    team.run(count, [&task](std::int64_t index, int) { task(index); });
}

/// Sets the random words of a panel, or what its kernel makes them from.
void fillWords(const TensorJob& job, const PanelPlace& place, Panel& panel);

/// Copies the rows of a panel to memory of their own, where they lie evenly; and back.
void gatherRows(const TensorJob& job, const PanelPlace& place, Panel& panel);
void scatterRows(const TensorJob& job, const PanelPlace& place, const Panel& panel);

/// Rounds a panel to the format that comes first, to memory of its own.
void roundFirst(const TensorJob& job, Panel& panel);

/// Larger tensors leave no cache a chance: what is written goes to memory at once, which spares
/// reading it first. Every row of every panel must begin on a cache line.
bool shouldStream(const CutTensor& cut, const float* in, const float* out);

/// Quantises the panels of a task by `kernel(panel, place)`.
template <typename Kernel>
void quantiseTask(const TensorJob& job, std::int64_t task, const Kernel& kernel) {
    forEachPanel(job.cut, task, [&](const PanelPlace& place) {
        LaneSums sums;
        Panel panel{.in = job.in + place.start,
                    .out = job.out + place.start,
                    .rows = place.rows(),
                    .columns = place.columns,
                    .inStride = place.stride(),
                    .outStride = place.stride(),
                    .blockColumns = job.cut.blockColumns(),
                    .stream = job.stream,
                    .sums = job.statistics == nullptr ? nullptr : &sums};
        fillWords(job, place, panel);
        const bool gathered = !place.even();
        if (gathered) {
            gatherRows(job, place, panel);
        }
        if (job.first) {
            roundFirst(job, panel);
        }
        kernel(panel, place);
        if (gathered) {
            scatterRows(job, place, panel);
        }
        if (job.statistics != nullptr) {
            addPanel(job.statistics[task], sums, panel.rows * panel.columns);
        }
    });
    if (job.stream) {
        hwy::FlushStream();
    }
}

}  // namespace mantissa::numerics
