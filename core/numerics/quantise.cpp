// SPDX-License-Identifier: GPL-3.0-or-later
// Hands a tensor's panels to the vector kernels.
#include "core/numerics/quantise.h"

#include <atomic>
#include <bit>
#include <cassert>
#include <vector>

#include "core/numerics/formats/family_parts.h"
#include "core/numerics/quantise_maps.h"
#include "core/numerics/registry.h"
#include "core/numerics/task_panels.h"

namespace mantissa::numerics {
namespace {

constexpr std::uint32_t kLargestFiniteBits = 0x7F7FFFFF;
constexpr std::uint32_t kInfinityBits = 0x7F800000;

/// A tensor under a format whose steps are powers of two.
struct Job : TensorJob {
    KernelFormat format;
};

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
                const bool whole = job.format.subBlock == 0 && !job.format.exempts;
                job.kernels.blocks(job.format, whole ? panel.folding() : panel);
            } else {
                job.kernels.given(job.format, *gridField(job.format, 0), panel);
            }
        });
    });
}

/// Whether the vector kernels can go through a tensor cut like this.
bool kernelsFit(const PowerSteps& steps, const CutTensor& cut) {
    if (cut.runs && steps.shared) {
        return !steps.first && steps.subBlock == 0 && steps.untouchedBits == 0;
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
    std::optional<KernelFormat> first;
    if (steps.first) {
        first =
            kernelFormat({*steps.first, format.rounding, format.randomBits}, stepsOf(*steps.first));
    }
    const KernelFormat kernel = kernelFormat(format, steps);
    const Job job{{.kernels = *fastKernels(),
                   .rounding = kernel.rounding,
                   .first = first,
                   .needsWords = first.has_value(),
                   .cut = cut,
                   .in = in.data(),
                   .out = out.data(),
                   .key = key,
                   .stream = shouldStream(cut, in.data(), out.data()),
                   .statistics = statistics},
                  kernel};
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

/// Quantises on vectors, with each task's statistics if they are asked for; false where only the
/// norm does it.
bool quantisedFast(const TensorFormat& format, const CutTensor& cut, const ScalarJob& job,
                   ThreadTeam& team, ErrorStatistics* statistics) {
    if (const auto steps = vectorSteps(format.format, cut)) {
        quantiseFast(*steps, job.in, job.out, cut, format, job.key, team, statistics);
        return true;
    }
    if (fastKernels() != nullptr && familyOf(format.format).map != nullptr) {
        quantiseMaps(format, cut, job, statistics);
        return true;
    }
    return false;
}

}  // namespace

void quantise(std::span<const float> in, std::span<float> out, const Shape& shape, int axis,
              const TensorFormat& format, const RandomKey& key, ThreadTeam& team) {
    assert(in.size() == static_cast<std::size_t>(elementCount(shape)) && out.size() == in.size());
    if (in.empty()) {
        return;
    }
    const CutTensor cut = cutTensor(format.format, shape, axis);
    const auto job = scalarJob(in, out, shape, axis, format, key, team);
    if (!quantisedFast(format, cut, job, team, nullptr)) {
        familyOf(format.format).quantise(format.format, job);
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
    auto job = scalarJob(in, out, shape, axis, format, key, team);
    thread_local std::vector<ErrorStatistics> scratch;
    scratch.assign(static_cast<std::size_t>(cut.tasks), {});
    const std::span<ErrorStatistics> tasks(scratch);
    if (quantisedFast(format, cut, job, team, tasks.data())) {
        ErrorStatistics total;
        for (const auto& task : tasks) {
            total.add(task);
        }
        return total;
    }
    std::vector<float> original;  // `out` may be `in`
    if (in.data() == out.data()) {
        original.assign(in.begin(), in.end());
        job.in = original;
    }
    std::vector<float> limits(in.size());
    job.limits = limits;
    familyOf(format.format).quantise(format.format, job);
    return statisticsOf(job.in, out, limits, cut, team);
}

std::string_view activePath() {
    const auto* kernels = fastKernels();
    return kernels == nullptr ? "scalar" : kernels->name;
}

}  // namespace mantissa::numerics
