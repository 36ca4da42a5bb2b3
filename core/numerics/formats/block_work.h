// SPDX-License-Identifier: GPL-3.0-or-later
// How the scalar norms go through a tensor: block by block or element by element, cut into tasks
// for a team by the problem alone. Internal to numerics.
#pragma once

#include <vector>

#include "core/numerics/block_grid.h"
#include "core/numerics/scalar_job.h"

namespace mantissa::numerics {

/// Scalar arithmetic takes some milliseconds for so many elements: what a stop waits for.
inline constexpr std::int64_t kScalarTask = 32768;

/// Blocks of more elements are always shared out, so that a stop need not wait for one.
inline constexpr std::int64_t kLargeBlock = 16 * kScalarTask;

/// Calls `task(index)` for each of `count` tasks, over the job's team if it has one.
template <typename Task>
void inTasks(const ScalarJob& job, std::int64_t count, const Task& task) {
    if (job.team == nullptr) {
        for (std::int64_t i = 0; i < count; ++i) {
            task(i);
        }
        return;
    }
    job.team->run(count, [&task](std::int64_t index, int) { task(index); });
}

/// Calls `visit(first, last)` for each part of [0, count) that makes a task.
template <typename Visit>
void inParts(const ScalarJob& job, std::int64_t count, const Visit& visit) {
    inTasks(job, (count + kScalarTask - 1) / kScalarTask, [&](std::int64_t task) {
        visit(task * kScalarTask, std::min((task + 1) * kScalarTask, count));
    });
}

/// Calls `visit(index)` for each element: formats whose numbers stand alone.
template <typename Visit>
void forEachAlone(const ScalarJob& job, const Visit& visit) {
    inParts(job, static_cast<std::int64_t>(job.in.size()),
            [&](std::int64_t first, std::int64_t last) {
                for (std::int64_t i = first; i < last; ++i) {
                    visit(i);
                }
            });
}

/// A block of a tensor, and the job that those who work on it may share out: without a team where
/// other threads work on other blocks.
struct BlockOfJob {
    const ScalarJob& job;
    const BlockGrid& grid;
    Box box;

    /// Calls `visit(index)` for each element, perhaps by several threads.
    template <typename Visit>
    void forEach(const Visit& visit) const {
        inParts(job, box.count(), [&](std::int64_t first, std::int64_t last) {
            forEachElement(grid, box, first, last, visit);
        });
    }

    /// Calls `add(sum, index)` for each element with the sum of its part, T{} at first, and
    /// `merge(total, sum)` for the parts in order. Parts are as long as a task, so that the result
    /// depends on nothing else.
    template <typename T, typename Add, typename Merge>
    T fold(const Add& add, const Merge& merge) const {
        const std::int64_t count = box.count();
        if (count <= kScalarTask) {
            T sum{};
            forEachElement(grid, box, 0, count, [&](std::int64_t i) { add(sum, i); });
            return sum;
        }
        std::vector<T> sums(static_cast<std::size_t>((count + kScalarTask - 1) / kScalarTask));
        inParts(job, count, [&](std::int64_t first, std::int64_t last) {
            T& sum = sums[static_cast<std::size_t>(first / kScalarTask)];
            forEachElement(grid, box, first, last, [&](std::int64_t i) { add(sum, i); });
        });
        T total{};
        for (const T& sum : sums) {
            merge(total, sum);
        }
        return total;
    }
};

/// Calls `visit(const BlockOfJob&)` for each block: many at a time, or one at a time with all
/// threads where blocks are large and few.
template <typename Visit>
void forEachBlockOf(const ScalarJob& job, const BlockShape& shape, const Visit& visit) {
    const auto grid = blockGrid(shape, job.shape, job.axis);
    const auto blocks = job.in.empty() ? 0 : blockCount(grid);
    const auto perBlock = Box{{}, grid.box}.count();
    const int threads = job.team == nullptr ? 1 : job.team->threads();
    if (perBlock > kLargeBlock || (perBlock > kScalarTask && blocks < std::int64_t{4} * threads)) {
        for (std::int64_t i = 0; i < blocks; ++i) {
            visit(BlockOfJob{job, grid, boxAt(grid, i)});
        }
        return;
    }
    ScalarJob alone = job;
    alone.team = nullptr;
    const std::int64_t perTask = std::max<std::int64_t>(1, kScalarTask / perBlock);
    inTasks(job, (blocks + perTask - 1) / perTask, [&](std::int64_t task) {
        for (std::int64_t i = task * perTask; i < std::min((task + 1) * perTask, blocks); ++i) {
            visit(BlockOfJob{alone, grid, boxAt(grid, i)});
        }
    });
}

/// The largest finite magnitude of a block; 0 where there is none.
inline float largestFinite(const BlockOfJob& block) {
    return block.fold<float>(
        [&](float& largest, std::int64_t i) {
            const float magnitude = std::fabs(block.job.at(i));
            largest = std::isfinite(magnitude) ? std::max(largest, magnitude) : largest;
        },
        [](float& largest, float other) { largest = std::max(largest, other); });
}

}  // namespace mantissa::numerics
