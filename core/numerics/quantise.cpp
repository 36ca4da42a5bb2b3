// SPDX-License-Identifier: GPL-3.0-or-later
// Hands a tensor's panels to the vector kernels.
#include "core/numerics/quantise.h"

#include <atomic>
#include <bit>
#include <cassert>
#include <cstring>
#include <vector>

#include <hwy/cache_control.h>

#include "core/numerics/formats/family_parts.h"
#include "core/numerics/panels.h"
#include "core/numerics/quantise_kernels.h"
#include "core/numerics/registry.h"

namespace mantissa::numerics {
namespace {

constexpr std::uint32_t kLargestFiniteBits = 0x7F7FFFFF;
constexpr std::uint32_t kInfinityBits = 0x7F800000;
constexpr std::uintptr_t kLineBytes = 64;
constexpr std::int64_t kLineElements = 16;

struct Job {
    const QuantiseKernels& kernels;
    KernelFormat format;
    std::optional<KernelFormat> first;  ///< what elements are rounded to before
    CutTensor cut;
    const float* in;
    float* out;
    RandomKey key;
    bool stream;
    ErrorStatistics* statistics;  ///< one a task; null where they are not asked for
};

/// Calls `task(index)` for each of `count` tasks over the team.
template <typename Task>
void inTasks(ThreadTeam& team, std::int64_t count, const Task& task) {
    team.run(count, [&task](std::int64_t index, int) { task(index); });
}

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

/// Words of elements [start, start + count) from `words` on; up to a group is written before and
/// two after them.
void fillRun(const Job& job, std::int64_t start, std::int64_t count, std::uint32_t* words) {
    const std::int64_t first = start / kChunk;
    const std::int64_t last = (start + count + kChunk - 1) / kChunk;
    job.kernels.randomWords(job.key, first, last - first, words - start % kChunk);
}

/// Sets the random words of a panel, or what its kernel makes them from.
void fillWords(const Job& job, const PanelPlace& place, Panel& panel) {
    thread_local Scratch<std::uint32_t, 3 * kPanelElements> scratch;
    if (job.format.rounding != Rounding::Stochastic) {
        return;
    }
    panel.key = job.key;
    panel.index = place.start;
    const bool even = place.even();
    if (even && !job.first && place.start % kChunk == 0 &&
        (panel.rows == 1 || place.stride() % kChunk == 0)) {
        return;  // the kernel makes them
    }
    // The kernels read up to a chunk beyond a row, and an odd last group brings another.
    if (even && place.columns == place.stride()) {  // whole rows: one run
        const std::int64_t count = panel.rows * place.columns;
        std::uint32_t* const words = scratch.reserve(count + 4 * kChunk) + kChunk;
        fillRun(job, place.start, count, words);
        panel.words = words;
        panel.wordStride = place.columns;
        return;
    }
    panel.wordStride = place.columns + 3 * kChunk;
    std::uint32_t* const words = scratch.reserve(panel.rows * panel.wordStride + kChunk) + kChunk;
    for (std::int64_t row = 0; row < panel.rows; ++row) {
        fillRun(job, place.rowStart(row), place.columns, words + row * panel.wordStride);
    }
    panel.words = words;
}

/// Copies the rows of a panel to memory of their own, where they lie evenly.
void gatherRows(const Job& job, const PanelPlace& place, Panel& panel) {
    thread_local Scratch<float, 2 * kPanelElements> scratch;
    float* const to = scratch.reserve(panel.rows * panel.columns);
    for (std::int64_t row = 0; row < panel.rows; ++row) {
        std::copy_n(job.in + place.rowStart(row), panel.columns, to + row * panel.columns);
    }
    panel.in = panel.out = to;
    panel.inStride = panel.outStride = panel.columns;
    panel.stream = false;
}

void scatterRows(const Job& job, const PanelPlace& place, const Panel& panel) {
    for (std::int64_t row = 0; row < panel.rows; ++row) {
        std::copy_n(panel.out + row * panel.columns, panel.columns, job.out + place.rowStart(row));
    }
}

/// Rounds a panel to the format that comes first, to memory of its own.
void roundFirst(const Job& job, Panel& panel) {
    thread_local Scratch<float, 2 * kPanelElements> scratch;
    Panel first = panel;
    first.out = scratch.reserve(panel.rows * panel.columns);
    first.outStride = panel.columns;
    first.stream = false;
    first.sums = nullptr;
    job.kernels.given(*job.first, *gridField(*job.first, 0), first);
    panel.original = panel.in;
    panel.originalStride = panel.inStride;
    panel.in = first.out;
    panel.inStride = panel.columns;
}

/// Quantises the panels of a task by `kernel(panel, place)`.
template <typename Kernel>
void quantiseTask(const Job& job, std::int64_t task, const Kernel& kernel) {
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

/// The largest magnitude of a part of a block; Inf where the block is to become NaN.
std::uint32_t largestBits(const Job& job, const PanelPlace& place) {
    const float* const in = job.in + place.start;
    const std::uint32_t largest = job.kernels.largestBits(in, place.columns);
    if (largest <= kLargestFiniteBits) {
        return largest;
    }
    if (job.format.infects) {
        return kInfinityBits;
    }
    std::uint32_t finite = 0;
    for (std::int64_t i = 0; i < place.columns; ++i) {
        const float magnitude = std::fabs(in[i]);
        if (std::isfinite(magnitude)) {
            finite = std::max(finite, std::bit_cast<std::uint32_t>(magnitude));
        }
    }
    return finite;
}

/// Blocks that take up much of the tensor. One pass finds the maxima, another quantises.
void quantiseLargeBlocks(const Job& job, ThreadTeam& team) {
    thread_local std::vector<std::uint32_t> scratch;
    scratch.assign(static_cast<std::size_t>(job.cut.blocks), 0);
    const std::span<std::uint32_t> maxima(scratch);
    inTasks(team, job.cut.tasks, [&](std::int64_t task) {
        forEachPanel(job.cut, task, [&](const PanelPlace& place) {
            const auto largest = largestBits(job, place);
            const std::atomic_ref<std::uint32_t> shared(
                maxima[static_cast<std::size_t>(place.block)]);
            auto seen = shared.load(std::memory_order_relaxed);
            while (seen < largest && !shared.compare_exchange_weak(seen, largest)) {
            }
        });
    });
    inTasks(team, job.cut.tasks, [&](std::int64_t task) {
        quantiseTask(job, task, [&](const Panel& row, const PanelPlace& place) {
            const auto largest = maxima[static_cast<std::size_t>(place.block)];
            Panel part = row;
            part.largest = std::bit_cast<float>(largest);
            part.blockColumns = row.columns;
            if (const auto field = gridField(job.format, largest)) {
                job.kernels.given(job.format, *field, part);
            } else {
                quantisePanelByNorm(job.format, part);
            }
        });
    });
}

void quantiseAll(const Job& job, ThreadTeam& team) {
    if (job.cut.runs && job.format.shared) {
        quantiseLargeBlocks(job, team);
        return;
    }
    inTasks(team, job.cut.tasks, [&](std::int64_t task) {
        quantiseTask(job, task, [&](const Panel& panel, const PanelPlace&) {
            if (job.format.shared) {
                job.kernels.blocks(job.format, panel);
            } else {
                job.kernels.given(job.format, *gridField(job.format, 0), panel);
            }
        });
    });
}

/// Larger tensors leave no cache a chance: what is written goes to memory at once, which spares
/// reading it first. Every row of every panel must begin on a cache line.
bool shouldStream(const CutTensor& cut, const float* in, const float* out) {
    constexpr std::int64_t kStreamed = std::int64_t{4} << 20U;
    return cut.count >= kStreamed && in != out &&
           reinterpret_cast<std::uintptr_t>(out) % kLineBytes == 0 &&
           cut.rowsBeginAt(kLineElements);
}

/// Whether the vector kernels can go through a tensor cut like this.
bool kernelsFit(const PowerSteps& steps, const CutTensor& cut) {
    if (cut.runs && steps.shared) {
        return !steps.first && steps.subBlock == 0;
    }
    if (steps.subBlock == 0) {
        return true;
    }
    const Panel block{.rows = cut.blockRows(), .blockColumns = cut.blockColumns()};
    if (block.rows == 1) {
        constexpr std::int64_t kLargest = 4;  // lanes of any vector
        return inChunks(block) && kLargest % steps.subBlock == 0;
    }
    const std::int64_t subBlocks = (block.rows + steps.subBlock - 1) / steps.subBlock;
    return subBlocks * (cut.width + kChunk) <= kPanelElements;
}

/// The format's way to vectors on this machine for tensors that are cut like this, if there is one.
std::optional<PowerSteps> vectorSteps(const Format& format, const CutTensor& cut) {
    const auto& family = familyOf(format);
    if (fastKernels() == nullptr || family.steps == nullptr) {
        return std::nullopt;
    }
    auto steps = family.steps(format);
    return steps && kernelsFit(*steps, cut) ? steps : std::nullopt;
}

void quantiseFast(const PowerSteps& steps, std::span<const float> in, std::span<float> out,
                  const CutTensor& cut, const TensorFormat& format, const RandomKey& key,
                  ThreadTeam& team, ErrorStatistics* statistics) {
    Job job{.kernels = *fastKernels(),
            .format = kernelFormat(format, steps),
            .first = std::nullopt,
            .cut = cut,
            .in = in.data(),
            .out = out.data(),
            .key = key,
            .stream = shouldStream(cut, in.data(), out.data()),
            .statistics = statistics};
    if (steps.first) {
        job.first =
            kernelFormat({*steps.first, format.rounding, format.randomBits}, stepsOf(*steps.first));
    }
    quantiseAll(job, team);
}

ScalarJob scalarJob(std::span<const float> in, std::span<float> out, const Shape& shape, int axis,
                    const TensorFormat& format, const RandomKey& key, ThreadTeam& team) {
    return {.in = in,
            .out = out,
            .shape = shape,
            .axis = axis,
            .rounding = format.rounding,
            .randomBits = format.randomBits,
            .key = key,
            .team = &team};
}

}  // namespace

void quantise(std::span<const float> in, std::span<float> out, const Shape& shape, int axis,
              const TensorFormat& format, const RandomKey& key, ThreadTeam& team) {
    assert(in.size() == static_cast<std::size_t>(elementCount(shape)) && out.size() == in.size());
    if (in.empty()) {
        return;
    }
    const CutTensor cut = cutTensor(format.format, shape, axis);
    if (const auto steps = vectorSteps(format.format, cut)) {
        quantiseFast(*steps, in, out, cut, format, key, team, nullptr);
    } else {
        familyOf(format.format)
            .quantise(format.format, scalarJob(in, out, shape, axis, format, key, team));
    }
}

ErrorStatistics quantiseWithStatistics(std::span<const float> in, std::span<float> out,
                                       const Shape& shape, int axis, const TensorFormat& format,
                                       const RandomKey& key, ThreadTeam& team) {
    assert(in.size() == static_cast<std::size_t>(elementCount(shape)) && out.size() == in.size());
    if (in.empty()) {
        return {};
    }
    const CutTensor cut = cutTensor(format.format, shape, axis);
    if (const auto steps = vectorSteps(format.format, cut)) {
        thread_local std::vector<ErrorStatistics> tasks;
        tasks.assign(static_cast<std::size_t>(cut.tasks), {});
        quantiseFast(*steps, in, out, cut, format, key, team, tasks.data());
        ErrorStatistics total;
        for (const auto& task : tasks) {
            total.add(task);
        }
        return total;
    }
    std::vector<float> original;  // `out` may be `in`
    if (in.data() == out.data()) {
        original.assign(in.begin(), in.end());
        in = original;
    }
    std::vector<float> limits(in.size());
    auto job = scalarJob(in, out, shape, axis, format, key, team);
    job.limits = limits;
    familyOf(format.format).quantise(format.format, job);
    return statisticsOf(in, out, limits, cut, team);
}

std::string_view activePath() {
    const auto* kernels = fastKernels();
    return kernels == nullptr ? "scalar" : kernels->name;
}

}  // namespace mantissa::numerics
