// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/task_panels.h"

#include <algorithm>

namespace mantissa::numerics {
namespace {

/// Words of elements [start, start + count) from `words` on; up to a group is written before and
/// after them.
void fillRun(const TensorJob& job, std::int64_t start, std::int64_t count, std::uint32_t* words) {
    const std::int64_t first = start / kChunk;
    const std::int64_t last = (start + count + kChunk - 1) / kChunk;
    job.kernels.randomWords(job.key, first, last - first, words - start % kChunk);
}

/// Asks for the stretch behind one that is copied, that of the next panel: no processor guesses
/// rows so far apart.
void askForNext(const float* next, std::int64_t count) {
    constexpr std::int64_t kLineFloats = kLineBytes / sizeof(float);
    for (std::int64_t i = 0; i < count; i += kLineFloats) {
        __builtin_prefetch(next + i);
    }
}

}  // namespace

void fillWords(const TensorJob& job, const PanelPlace& place, Panel& panel) {
    thread_local Scratch<std::uint32_t, 3 * kPanelElements> scratch;
    if (job.rounding != Rounding::Stochastic) {
        return;
    }
    panel.key = job.key;
    panel.index = place.start;
    const bool even = place.even();
    if (even && !job.needsWords && place.start % kChunk == 0 &&
        (panel.rows == 1 || place.stride() % kChunk == 0)) {
        return;  // the kernel makes them
    }
    // The kernels read up to a chunk beyond a row.
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

void gatherRows(const TensorJob& job, const PanelPlace& place, Panel& panel) {
    thread_local Scratch<float, 2 * kPanelElements> scratch;
    float* const to = scratch.reserve(panel.rows * panel.columns);
    float* next = to;
    place.forEachStretch([&](std::int64_t index, std::int64_t count) {
        askForNext(job.in + index + count, count);
        next = std::copy_n(job.in + index, count, next);
    });
    panel.in = panel.out = to;
    panel.inStride = panel.outStride = panel.columns;
    panel.stream = false;
}

void scatterRows(const TensorJob& job, const PanelPlace& place, const Panel& panel) {
    const float* from = panel.out;
    place.forEachStretch([&](std::int64_t index, std::int64_t count) {
        if (job.stream) {
            job.kernels.copyPast(from, count, job.out + index);
        } else {
            std::copy_n(from, count, job.out + index);
        }
        from += count;
    });
}

void roundFirst(const TensorJob& job, Panel& panel) {
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

bool shouldStream(const CutTensor& cut, const float* in, const float* out) {
    constexpr std::int64_t kStreamed = std::int64_t{4} << 20U;
    constexpr std::int64_t kLineElements = 16;
    return cut.count >= kStreamed && in != out &&
           reinterpret_cast<std::uintptr_t>(out) % kLineBytes == 0 &&
           cut.rowsBeginAt(kLineElements);
}

}  // namespace mantissa::numerics
