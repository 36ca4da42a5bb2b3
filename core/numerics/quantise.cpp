// SPDX-License-Identifier: GPL-3.0-or-later
// Hands a tensor's panels to the vector kernels.
#include "core/numerics/quantise.h"

#include <atomic>
#include <bit>
#include <cassert>
#include <cstring>
#include <vector>

#include <hwy/cache_control.h>

#include "core/numerics/panels.h"
#include "core/numerics/quantise_kernels.h"

namespace mantissa::numerics {
namespace {

constexpr std::uint32_t kLargestFiniteBits = 0x7F7FFFFF;
constexpr std::uintptr_t kLineBytes = 64;
constexpr std::int64_t kLineElements = 16;

struct Job {
    const QuantiseKernels& kernels;
    KernelFormat format;
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
    thread_local Scratch<std::uint32_t, 2 * kPanelElements> scratch;
    if (job.format.rounding != Rounding::Stochastic) {
        return;
    }
    panel.key = job.key;
    panel.index = place.start;
    const bool aligned =
        place.start % kChunk == 0 && (place.rows == 1 || place.stride % kChunk == 0);
    if (aligned && inChunks(panel)) {
        return;  // the kernel makes them
    }
    // The kernels read up to a chunk beyond a row, and an odd last group brings another.
    if (place.columns == place.stride) {  // whole rows: one run
        const std::int64_t count = place.rows * place.columns;
        std::uint32_t* const words = scratch.reserve(count + 4 * kChunk) + kChunk;
        fillRun(job, place.start, count, words);
        panel.words = words;
        panel.wordStride = place.columns;
        return;
    }
    panel.wordStride = place.columns + 3 * kChunk;
    std::uint32_t* const words = scratch.reserve(place.rows * panel.wordStride + kChunk) + kChunk;
    for (std::int64_t row = 0; row < place.rows; ++row) {
        fillRun(job, place.start + row * place.stride, place.columns,
                words + row * panel.wordStride);
    }
    panel.words = words;
}

/// Adds what became of a panel that was quantised into `panel.out` and copies it to its place.
void measurePanel(const Job& job, const PanelPlace& place, const Panel& panel, std::int64_t clipped,
                  ErrorStatistics& statistics) {
    LaneSums sums;
    for (std::int64_t row = 0; row < place.rows; ++row) {
        const std::int64_t at = place.start + row * place.stride;
        job.kernels.measureRow({.original = job.in + at,
                                .quantised = panel.out + row * panel.outStride,
                                .out = job.out + at,
                                .count = place.columns,
                                .stream = job.stream},
                               sums);
    }
    addPanel(statistics, sums, place.rows * place.columns, clipped);
}

/// Quantises the panels of a task by `kernel(panel, place)`.
template <typename Kernel>
void quantiseTask(const Job& job, std::int64_t task, const Kernel& kernel) {
    thread_local Scratch<float, kPanelElements> scratch;
    forEachPanel(job.cut, task, [&](const PanelPlace& place) {
        Panel panel{.in = job.in + place.start,
                    .out = job.out + place.start,
                    .rows = place.rows,
                    .columns = place.columns,
                    .inStride = place.stride,
                    .outStride = place.stride,
                    .blockColumns = job.cut.blockColumns(),
                    .stream = job.stream};
        fillWords(job, place, panel);
        if (job.statistics == nullptr) {
            kernel(panel, place);
            return;
        }
        std::int64_t clipped = 0;
        panel.out = scratch.reserve(place.rows * place.columns);
        panel.outStride = place.columns;
        panel.stream = false;
        panel.clipped = &clipped;
        kernel(panel, place);
        measurePanel(job, place, panel, clipped, job.statistics[task]);
    });
    if (job.stream) {
        hwy::FlushStream();
    }
}

std::uint32_t largestFiniteBits(const QuantiseKernels& kernels, const float* in,
                                std::int64_t count) {
    std::uint32_t largest = kernels.largestBits(in, count);
    if (largest > kLargestFiniteBits) {
        largest = 0;
        for (std::int64_t i = 0; i < count; ++i) {
            const float magnitude = std::fabs(in[i]);
            if (std::isfinite(magnitude)) {
                largest = std::max(largest, std::bit_cast<std::uint32_t>(magnitude));
            }
        }
    }
    return largest;
}

/// Blocks that take up much of the tensor. One pass finds the maxima, another quantises.
void quantiseLargeBlocks(const Job& job, ThreadTeam& team) {
    thread_local std::vector<std::uint32_t> scratch;
    scratch.assign(static_cast<std::size_t>(job.cut.blocks), 0);
    const std::span<std::uint32_t> maxima(scratch);
    inTasks(team, job.cut.tasks, [&](std::int64_t task) {
        forEachPanel(job.cut, task, [&](const PanelPlace& place) {
            const auto largest =
                largestFiniteBits(job.kernels, job.in + place.start, place.columns);
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
            const int step = stepExponent(
                job.format.block, sharedExponent(job.format.block, std::bit_cast<float>(largest)));
            (inBlockIsExact(job.format, step) ? job.kernels.inBlock : quantiseInBlockScalar)(
                job.format, step, row);
        });
    });
}

void copyPanel(const Panel& panel) {
    for (std::int64_t row = 0; row < panel.rows; ++row) {
        std::memmove(panel.out + row * panel.outStride, panel.in + row * panel.inStride,
                     static_cast<std::size_t>(panel.columns) * sizeof(float));
    }
}

void quantiseAll(const Job& job, const Format& format, ThreadTeam& team) {
    if (job.cut.runs) {
        quantiseLargeBlocks(job, team);
        return;
    }
    inTasks(team, job.cut.tasks, [&](std::int64_t task) {
        if (std::holds_alternative<Fp32>(format)) {
            quantiseTask(job, task, [](const Panel& p, const PanelPlace&) { copyPanel(p); });
            return;
        }
        auto* const kernel =
            std::holds_alternative<BlockFloat>(format) ? job.kernels.blocks : job.kernels.minifloat;
        quantiseTask(job, task, [&](const Panel& p, const PanelPlace&) { kernel(job.format, p); });
    });
}

KernelFormat kernelFormat(const TensorFormat& format) {
    if (const auto* block = std::get_if<BlockFloat>(&format.format)) {
        return kernelFormat(*block, format.rounding, format.randomBits);
    }
    const auto* minifloat = std::get_if<Minifloat>(&format.format);
    return minifloat != nullptr ? kernelFormat(*minifloat, format.rounding, format.randomBits)
                                : KernelFormat{};
}

/// Whether the vector kernels know the format; the scalar norm does the others.
bool hasKernel(const Format& format, const Shape& shape, int axis) {
    if (const auto* block = std::get_if<BlockFloat>(&format)) {
        const auto grid = collapsed(blockGrid(block->block, shape, axis));
        const auto rule = block->rule;
        return (rule == SharedExponentRule::Floor || rule == SharedExponentRule::Ceil) &&
               block->clamp && block->firstExponentBits == 0 && grid.extents[0] == 1 &&
               grid.extents[1] == 1;
    }
    return std::holds_alternative<Minifloat>(format) || std::holds_alternative<Fp32>(format);
}

/// Larger tensors leave no cache a chance: what is written goes to memory at once, which spares
/// reading it first. Every row of every panel must begin on a cache line.
bool shouldStream(const CutTensor& cut, const float* in, const float* out) {
    constexpr std::int64_t kStreamed = std::int64_t{4} << 20U;
    return cut.count >= kStreamed && in != out &&
           reinterpret_cast<std::uintptr_t>(out) % kLineBytes == 0 &&
           cut.rowsBeginAt(kLineElements);
}

void quantiseFast(const QuantiseKernels& kernels, std::span<const float> in, std::span<float> out,
                  CutTensor cut, const TensorFormat& format, const RandomKey& key, ThreadTeam& team,
                  ErrorStatistics* statistics) {
    const bool stream = shouldStream(cut, in.data(), out.data());
    quantiseAll(
        {kernels, kernelFormat(format), cut, in.data(), out.data(), key, stream, statistics},
        format.format, team);
}

}  // namespace

void quantise(std::span<const float> in, std::span<float> out, const Shape& shape, int axis,
              const TensorFormat& format, const RandomKey& key, ThreadTeam& team) {
    assert(in.size() == static_cast<std::size_t>(elementCount(shape)) && out.size() == in.size());
    const auto* kernels = fastKernels();
    if (kernels == nullptr || !hasKernel(format.format, shape, axis)) {
        quantiseRef(in, out, shape, axis, format, key);
    } else if (!in.empty()) {
        quantiseFast(*kernels, in, out, cutTensor(format.format, shape, axis), format, key, team,
                     nullptr);
    }
}

ErrorStatistics quantiseWithStatistics(std::span<const float> in, std::span<float> out,
                                       const Shape& shape, int axis, const TensorFormat& format,
                                       const RandomKey& key, ThreadTeam& team) {
    assert(in.size() == static_cast<std::size_t>(elementCount(shape)) && out.size() == in.size());
    const auto* kernels = fastKernels();
    if (kernels == nullptr || !hasKernel(format.format, shape, axis)) {
        const std::vector<float> original(in.begin(), in.end());
        quantiseRef(in, out, shape, axis, format, key);
        return errorStatistics(original, out, shape, axis, format.format);
    }
    ErrorStatistics total;
    if (!in.empty()) {
        const CutTensor cut = cutTensor(format.format, shape, axis);
        thread_local std::vector<ErrorStatistics> tasks;
        tasks.assign(static_cast<std::size_t>(cut.tasks), {});
        quantiseFast(*kernels, in, out, cut, format, key, team, tasks.data());
        for (const auto& task : tasks) {
            total.add(task);
        }
    }
    return total;
}

std::string_view activePath() {
    const auto* kernels = fastKernels();
    return kernels == nullptr ? "scalar" : kernels->name;
}

}  // namespace mantissa::numerics
