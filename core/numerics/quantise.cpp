// SPDX-License-Identifier: GPL-3.0-or-later
// Cuts a tensor into panels and tasks for the vector kernels.
#include "core/numerics/quantise.h"

#include <atomic>
#include <bit>
#include <cassert>
#include <cstring>
#include <vector>

#include "core/numerics/block_grid.h"
#include "core/numerics/quantise_kernels.h"
#include "core/numerics/scalar_rounding.h"

namespace mantissa::numerics {
namespace {

/// Waking the team costs some microseconds, as long as a core needs for this many elements.
constexpr std::int64_t kTaskElements = 32768;
/// A panel and its random words stay in the first-level cache.
constexpr std::int64_t kPanelElements = 4096;
constexpr std::int64_t kGroup = 64;  ///< elements that one call of the generator serves
constexpr std::uint32_t kLargestFiniteBits = 0x7F7FFFFF;

struct Job {
    const QuantiseKernels& kernels;
    KernelFormat format;
    const float* in;
    float* out;
    std::int64_t count;
    RandomKey key;
    ThreadTeam& team;
};

/// Runs `task(first, last)` over [0, count) in pieces of `piece`, over the team where it pays.
template <typename Task>
void inTasks(ThreadTeam& team, std::int64_t count, std::int64_t piece, const Task& task) {
    const std::int64_t tasks = (count + piece - 1) / piece;
    if (tasks <= 1) {
        task(0, count);
        return;
    }
    struct Context {
        std::int64_t count, piece;
        const Task& task;
    };
    const Context context{count, piece, task};
    team.run(tasks, [&context](std::int64_t index, int) {
        const std::int64_t first = index * context.piece;
        context.task(first, std::min(first + context.piece, context.count));
    });
}

/// Random words of panels, one buffer a thread.
class WordBuffer {
public:
    /// Fills the words of `rows` runs of `columns` elements, `stride` apart, the first starting at
    /// element `start`, and sets the panel's pointer to them.
    void fill(const Job& job, std::int64_t start, std::int64_t stride, Panel& panel) {
        if (job.format.rounding != Rounding::Stochastic) {
            return;
        }
        if (panel.columns == stride) {  // whole rows: one run
            auto* const words = reserve(panel.rows * panel.columns + 2 * kGroup);
            run(job, start, panel.rows * panel.columns, words + kGroup);
            panel.wordStride = panel.columns;
            panel.words = words + kGroup;
        } else {
            panel.wordStride = panel.columns + 2 * kGroup;
            auto* const words = reserve(panel.rows * panel.wordStride);
            for (std::int64_t row = 0; row < panel.rows; ++row) {
                run(job, start + row * stride, panel.columns,
                    words + row * panel.wordStride + kGroup);
            }
            panel.words = words + kGroup;
        }
    }

private:
    /// Panels of usual blocks fit the part that comes with the thread: nothing is allocated for
    /// them.
    std::uint32_t* reserve(std::int64_t words) {
        const auto size = static_cast<std::size_t>(words);
        if (size <= m_usual.size()) {
            return m_usual.data();
        }
        if (m_large.size() < size) {
            m_large.resize(size);
        }
        return m_large.data();
    }

    /// Words of elements [start, start + count) from `words` on; up to a group is written on both
    /// sides of them.
    static void run(const Job& job, std::int64_t start, std::int64_t count, std::uint32_t* words) {
        const std::int64_t first = start / kGroup;
        const std::int64_t last = (start + count + kGroup - 1) / kGroup;
        job.kernels.randomWords(job.key, first, last - first, words - start % kGroup);
    }

    std::array<std::uint32_t, 2 * kPanelElements> m_usual{};
    std::vector<std::uint32_t> m_large;
};

WordBuffer& threadWords() {
    thread_local WordBuffer buffer;
    return buffer;
}

/// Elements [first, last) as a panel of one row.
Panel rowPanel(const Job& job, std::int64_t first, std::int64_t last) {
    Panel row{.in = job.in + first,
              .out = job.out + first,
              .columns = last - first,
              .stride = last - first,
              .blockColumns = last - first};
    threadWords().fill(job, first, row.columns, row);
    return row;
}

void quantiseMinifloats(const Job& job) {
    inTasks(job.team, job.count, kTaskElements, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t i = first; i < last; i += kPanelElements) {
            job.kernels.minifloat(job.format, rowPanel(job, i, std::min(i + kPanelElements, last)));
        }
    });
}

/// Boxes of a row-major array of three dimensions.
struct Boxes {
    std::array<std::int64_t, 3> extents;
    std::array<std::int64_t, 3> box;
};

Boxes lastThree(const BlockGrid& grid) {
    return {{grid.extents[2], grid.extents[3], grid.extents[4]},
            {grid.box[2], grid.box[3], grid.box[4]}};
}

bool isPlain(const BlockGrid& grid) {
    return grid.extents[0] == 1 && grid.extents[1] == 1;
}

/// Blocks inside one outer index: bands of rows, cut into strips of whole blocks.
void quantisePanels(const Job& job, const Boxes& grid) {
    const auto& [n, b] = grid;
    const std::int64_t width = std::min(n[2], std::max(b[2], kPanelElements / b[1] / b[2] * b[2]));
    const std::int64_t strips = (n[2] + width - 1) / width;
    const std::int64_t bands = (n[1] + b[1] - 1) / b[1];
    const std::int64_t perTask = std::max<std::int64_t>(1, kTaskElements / (b[1] * width));
    inTasks(job.team, n[0] * bands * strips, perTask, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t i = first; i < last; ++i) {
            const std::int64_t row = i / strips % bands * b[1];
            const std::int64_t column = i % strips * width;
            const std::int64_t start = (i / (strips * bands) * n[1] + row) * n[2] + column;
            Panel panel{.in = job.in + start,
                        .out = job.out + start,
                        .rows = std::min(b[1], n[1] - row),
                        .columns = std::min(width, n[2] - column),
                        .stride = n[2],
                        .blockColumns = b[2]};
            threadWords().fill(job, start, n[2], panel);
            job.kernels.blocks(job.format, panel);
        }
    });
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

void quantiseInBlockRow(const Job& job, int step, const Panel& row) {
    constexpr int kReciprocalIsNormal = 126;
    if (std::abs(step) <= kReciprocalIsNormal) {
        job.kernels.inBlock(job.format, step, row);
        return;
    }
    for (std::int64_t i = 0; i < row.columns; ++i) {
        row.out[i] = quantiseInBlock(row.in[i], step, static_cast<double>(job.format.largestCode),
                                     job.format.rounding, row.words == nullptr ? 0 : row.words[i]);
    }
}

/// Blocks that take up much of the tensor: element e lies in block e / run % blocks. One pass finds
/// the maxima, another quantises.
void quantiseLargeBlocks(const Job& job, std::int64_t run, std::int64_t blocks) {
    thread_local std::vector<std::uint32_t> scratch;
    scratch.assign(static_cast<std::size_t>(blocks), 0);
    const std::span<std::uint32_t> maxima(scratch);
    const auto forEachRun = [&](const auto& visit) {
        inTasks(job.team, job.count, kTaskElements, [&](std::int64_t first, std::int64_t last) {
            while (first < last) {
                const std::int64_t end =
                    std::min({last, (first / run + 1) * run, first + kPanelElements});
                visit(static_cast<std::size_t>(first / run % blocks), first, end);
                first = end;
            }
        });
    };
    forEachRun([&](std::size_t block, std::int64_t first, std::int64_t last) {
        const auto largest = largestFiniteBits(job.kernels, job.in + first, last - first);
        const std::atomic_ref<std::uint32_t> shared(maxima[block]);
        auto seen = shared.load(std::memory_order_relaxed);
        while (seen < largest && !shared.compare_exchange_weak(seen, largest)) {
        }
    });
    forEachRun([&](std::size_t block, std::int64_t first, std::int64_t last) {
        const int shared = sharedExponent(job.format.block, std::bit_cast<float>(maxima[block]));
        quantiseInBlockRow(job, stepExponent(job.format.block, shared), rowPanel(job, first, last));
    });
}

void quantiseBlocks(const Job& job, const BlockGrid& full) {
    constexpr std::int64_t kLongestRun = 32768;
    const auto grid = lastThree(collapsed(full));
    const auto& [n, b] = grid;
    const auto kind = job.format.block.block.kind;
    const bool wholeSlices = kind == BlockShape::Kind::Slice || kind == BlockShape::Kind::Tensor;
    if (wholeSlices && (b[0] > 1 || b[1] * b[2] > kLongestRun)) {
        const auto view = lastThree(full);
        quantiseLargeBlocks(job, view.extents[2], view.extents[1]);
    } else {
        quantisePanels(job, grid);
    }
}

/// Whether the vector kernels know the format; the scalar norm does the others.
bool hasKernel(const TensorFormat& format, const Shape& shape, int axis) {
    if (format.rounding == Rounding::Floor || format.rounding == Rounding::NearestDown ||
        format.randomBits != kFullRandomBits) {
        return false;
    }
    if (const auto* b = std::get_if<BlockFloat>(&format.format)) {
        return (b->rule == SharedExponentRule::Floor || b->rule == SharedExponentRule::Ceil) &&
               b->clamp && b->firstExponentBits == 0 &&
               isPlain(collapsed(blockGrid(b->block, shape, axis)));
    }
    return std::holds_alternative<Minifloat>(format.format);
}

}  // namespace

void quantise(std::span<const float> in, std::span<float> out, const Shape& shape, int axis,
              const TensorFormat& format, const RandomKey& key, ThreadTeam& team) {
    assert(in.size() == static_cast<std::size_t>(elementCount(shape)) && out.size() == in.size());
    if (in.empty()) {
        return;
    }
    const auto count = static_cast<std::int64_t>(in.size());
    if (std::holds_alternative<Fp32>(format.format)) {
        inTasks(team, count, kTaskElements, [&](std::int64_t first, std::int64_t last) {
            std::memmove(out.data() + first, in.data() + first,
                         static_cast<std::size_t>(last - first) * sizeof(float));
        });
        return;
    }
    const auto* kernels = fastKernels();
    if (kernels == nullptr || !hasKernel(format, shape, axis)) {
        quantiseRef(in, out, shape, axis, format, key);
    } else if (const auto* block = std::get_if<BlockFloat>(&format.format)) {
        quantiseBlocks({*kernels, kernelFormat(*block, format.rounding), in.data(), out.data(),
                        count, key, team},
                       blockGrid(block->block, shape, axis));
    } else {
        quantiseMinifloats({*kernels,
                            kernelFormat(std::get<Minifloat>(format.format), format.rounding),
                            in.data(), out.data(), count, key, team});
    }
}

std::string_view activePath() {
    const auto* kernels = fastKernels();
    return kernels == nullptr ? "scalar" : kernels->name;
}

}  // namespace mantissa::numerics
