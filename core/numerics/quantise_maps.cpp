// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/quantise_maps.h"

#include <algorithm>

#include "core/numerics/formats/block_work.h"
#include "core/numerics/map_kernels.h"
#include "core/numerics/registry.h"
#include "core/numerics/task_panels.h"

namespace mantissa::numerics {
namespace {

/// The questions on vectors, in the parts that BlockOfJob::fold makes.
class VectorNumbers final : public BlockNumbers {
public:
    explicit VectorNumbers(const BlockOfJob& block) : m_block(block) {}

    Ends ends() const override {
        return overParts<Ends>([](std::span<const float> part) {
            return mapKernels()->ends(part.data(), size(part));
        });
    }
    Magnitudes magnitudesAbove(double threshold) const override {
        return overParts<Magnitudes>([threshold](std::span<const float> part) {
            return mapKernels()->magnitudesAbove(part.data(), size(part), threshold);
        });
    }
    std::vector<float> sorted() const override { return sortedFinite(m_block); }

private:
    static std::int64_t size(std::span<const float> part) {
        return static_cast<std::int64_t>(part.size());
    }

    /// Elements [first, last) of the block, which `scratch` takes where they are scattered.
    std::span<const float> numbers(std::int64_t first, std::int64_t last,
                                   std::vector<float>& scratch) const {
        std::int64_t begin = 0;
        std::int64_t end = 0;
        const auto at = [](std::int64_t& place) { return [&place](std::int64_t i) { place = i; }; };
        forEachElement(m_block.grid, m_block.box, first, first + 1, at(begin));
        forEachElement(m_block.grid, m_block.box, last - 1, last, at(end));
        const auto count = static_cast<std::size_t>(last - first);
        if (end - begin == last - 1 - first) {
            return m_block.job.in.subspan(static_cast<std::size_t>(begin), count);
        }
        scratch.clear();
        forEachRun(m_block.grid, m_block.box, first, last,
                   [&](std::int64_t index, std::int64_t run) {
                       const float* const from = m_block.job.in.data() + index;
                       scratch.insert(scratch.end(), from, from + run);
                   });
        return scratch;
    }

    template <typename T, typename Of>
    T overParts(const Of& of) const {
        thread_local std::vector<float> scratch;
        const std::int64_t count = m_block.box.count();
        if (count <= kScalarTask) {
            return of(numbers(0, count, scratch));
        }
        std::vector<T> parts(static_cast<std::size_t>((count + kScalarTask - 1) / kScalarTask));
        inParts(m_block.job, count, [&](std::int64_t first, std::int64_t last) {
            parts[static_cast<std::size_t>(first / kScalarTask)] =
                of(numbers(first, last, scratch));
        });
        T total{};
        for (const T& part : parts) {
            total.add(part);
        }
        return total;
    }

    const BlockOfJob& m_block;
};

/// Tables are only worth their bounds where many numbers are looked up.
void prepare(ValueMap& map, std::int64_t count, Rounding rounding) {
    constexpr std::int64_t kMany = 4096;
    if (auto* const table = std::get_if<TableMap>(&map); table != nullptr && count >= kMany) {
        table->prepare(rounding);
    }
}

struct MapJob : TensorJob {
    const Format& format;
    int randomBits;
};

/// Large or scattered blocks: a panel is part of one.
void quantiseLargeMaps(const MapJob& job, const ScalarJob& whole) {
    const auto& family = familyOf(job.format);
    const auto grid = blockGrid(family.block(job.format), whole.shape, whole.axis);
    std::vector<ValueMap> maps(static_cast<std::size_t>(job.cut.blocks));
    forEachBlockOf(whole, family.block(job.format), [&](const BlockOfJob& block) {
        std::size_t number = 0;
        for (std::size_t d = 0; d < kViewRank; ++d) {
            const auto blocks = (grid.extents[d] + grid.box[d] - 1) / grid.box[d];
            number = number * static_cast<std::size_t>(blocks) +
                     static_cast<std::size_t>(block.box.origin[d] / grid.box[d]);
        }
        maps[number] = family.map(job.format, VectorNumbers(block));
        prepare(maps[number], block.box.count(), job.rounding);
    });
    inTasks(*whole.team, job.cut.tasks, [&](std::int64_t task) {
        quantiseTask(job, task, [&](const Panel& panel, const PanelPlace& place) {
            mapKernels()->map(maps[static_cast<std::size_t>(place.block)], job.rounding,
                              job.randomBits, panel);
        });
    });
}

/// A block's rows one after the other.
struct Row {
    std::vector<float> in, out;
    std::vector<std::uint32_t> words;
};

/// The block of `count` columns from `column` on, all rows of a panel, as a panel of one row.
Panel rowOf(const Panel& panel, std::int64_t column, std::int64_t count, Row& row) {
    Panel one = panel.part(0, column, count);
    if (panel.rows == 1) {
        return one;
    }
    row.in.clear();
    row.words.clear();
    for (std::int64_t r = 0; r < panel.rows; ++r) {
        const Panel from = panel.part(r, column, count);
        row.in.insert(row.in.end(), from.in, from.in + count);
        if (from.words != nullptr) {
            row.words.insert(row.words.end(), from.words, from.words + count);
        }
    }
    row.out.resize(row.in.size());
    row.words.resize(row.in.size() + kChunk);  // a chunk may be read past the end
    one.in = row.in.data();
    one.out = row.out.data();
    one.words = panel.words == nullptr ? nullptr : row.words.data();
    one.columns = static_cast<std::int64_t>(row.in.size());
    one.stream = false;
    return one;
}

void mapBlock(const MapJob& job, const Panel& panel, std::int64_t column, std::int64_t count) {
    thread_local Row scratch;
    Row& row = scratch;
    LaneSums sums;
    Panel one = rowOf(panel, column, count, row);
    one.sums = panel.sums == nullptr ? nullptr : &sums;
    const Shape shape{one.columns};
    const ScalarJob numbers{
        .in = {one.in, static_cast<std::size_t>(one.columns)}, .out = {}, .shape = shape};
    const BlockGrid grid{{1, 1, 1, 1, one.columns}, {1, 1, 1, 1, one.columns}};
    const BlockOfJob block{numbers, grid, Box{{}, grid.extents}};
    ValueMap map = familyOf(job.format).map(job.format, VectorNumbers(block));
    prepare(map, one.columns, job.rounding);
    mapKernels()->map(map, job.rounding, job.randomBits, one);
    for (std::int64_t r = 0; panel.rows > 1 && r < panel.rows; ++r) {
        std::copy_n(one.out + r * count, count, panel.out + r * panel.outStride + column);
    }
    if (panel.sums != nullptr) {
        panel.sums->clipped += sums.clipped;
    }
}

/// Whole blocks. Their squares are summed in the order of the panel, when all are done.
void mapBlocks(const MapJob& job, const Panel& panel) {
    thread_local std::vector<float> original;  // `out` may be `in`
    Panel measured = panel;
    if (panel.sums != nullptr) {
        original.clear();
        for (std::int64_t row = 0; row < panel.rows; ++row) {
            const float* const from = panel.in + row * panel.inStride;
            original.insert(original.end(), from, from + panel.columns);
        }
        measured.in = original.data();
        measured.inStride = panel.columns;
    }
    for (std::int64_t column = 0; column < panel.columns; column += panel.blockColumns) {
        mapBlock(job, panel, column, std::min(panel.blockColumns, panel.columns - column));
    }
    if (panel.sums != nullptr) {
        mapKernels()->measure(measured);
    }
}

}  // namespace

void quantiseMaps(const TensorFormat& format, const CutTensor& cut, const ScalarJob& job,
                  ErrorStatistics* statistics) {
    const MapJob tensor{{.kernels = *fastKernels(),
                         .rounding = job.rounding,
                         .first = std::nullopt,
                         .needsWords = !cut.runs,
                         .cut = cut,
                         .in = job.in.data(),
                         .out = job.out.data(),
                         .key = job.key,
                         .stream = cut.runs && shouldStream(cut, job.in.data(), job.out.data()),
                         .statistics = statistics},
                        format.format,
                        job.randomBits};
    if (cut.runs) {
        return quantiseLargeMaps(tensor, job);
    }
    inTasks(*job.team, cut.tasks, [&](std::int64_t task) {
        quantiseTask(tensor, task,
                     [&](const Panel& panel, const PanelPlace&) { mapBlocks(tensor, panel); });
    });
}

}  // namespace mantissa::numerics
