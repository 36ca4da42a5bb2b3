// SPDX-License-Identifier: GPL-3.0-or-later
// Error statistics of rows, a vector at a time, in the order of LaneSums. Included once for each
// instruction set.
#include <hwy/highway.h>

#include "core/numerics/chunk-inl.h"

#if defined(MANTISSA_MEASURE_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef MANTISSA_MEASURE_INL
#undef MANTISSA_MEASURE_INL
#else
#define MANTISSA_MEASURE_INL
#endif

HWY_BEFORE_NAMESPACE();
namespace mantissa::numerics::HWY_NAMESPACE {

#if MANTISSA_VECTOR_QUANTISE

constexpr hn::ScalableTag<double> kD;
using VD = hn::Vec<decltype(kD)>;
constexpr hn::Rebind<float, decltype(kD)> kHalfF;
constexpr std::size_t kDoubles = hn::MaxLanes(kD);
constexpr auto kDoubleParts = std::make_index_sequence<kSumLanes / kDoubles>{};
constexpr std::size_t kSumVectors = kSumLanes / static_cast<std::size_t>(kLanes);
using Buffer = std::array<float, static_cast<std::size_t>(kSumRun)>;

HWY_INLINE std::int64_t countZeros(VF x) {
    return static_cast<std::int64_t>(hn::CountTrue(kF, hn::Eq(x, hn::Zero(kF))));
}

/// A run in binary32; `count` is a multiple of a chunk.
HWY_INLINE void addNarrow(LaneSums& lanes, const float* original, const float* quantised,
                          std::int64_t count) {
    std::array<VF, kSumVectors> signal, noise;
    signal.fill(hn::Zero(kF));
    noise.fill(hn::Zero(kF));
    auto largest = hn::Zero(kF);
    for (std::int64_t i = 0; i < count; i += kChunk) {
        forEachVector([&](auto v) MANTISSA_INLINE {
            const auto at = i + static_cast<std::int64_t>(v) * kLanes;
            const auto x = hn::LoadU(kF, original + at);
            const auto error = hn::Sub(hn::LoadU(kF, quantised + at), x);
            signal[v % kSumVectors] = hn::MulAdd(x, x, signal[v % kSumVectors]);
            noise[v % kSumVectors] = hn::MulAdd(error, error, noise[v % kSumVectors]);
            largest = hn::Max(largest, hn::Abs(error));
        });
    }
    HWY_ALIGN std::array<float, kSumLanes> narrow;
    const auto add = [&](const auto& sums, std::array<double, kSumLanes>& to) MANTISSA_INLINE {
        for (std::size_t v = 0; v < kSumVectors; ++v) {
            hn::Store(sums[v], kF, narrow.data() + v * static_cast<std::size_t>(kLanes));
        }
        visitEach(
            [&](auto part) MANTISSA_INLINE {
                const auto wide =
                    hn::PromoteTo(kD, hn::Load(kHalfF, narrow.data() + part * kDoubles));
                auto* const lane = to.data() + part * kDoubles;
                hn::Store(hn::Add(hn::Load(kD, lane), wide), kD, lane);
            },
            kDoubleParts);
    };
    add(signal, lanes.signal);
    add(noise, lanes.noise);
    const auto error = static_cast<double>(hn::GetLane(hn::MaxOfLanes(kF, largest)));
    lanes.maxAbsError = HWY_MAX(lanes.maxAbsError, error);
}

/// A run in double; `count` is a multiple of a chunk.
HWY_INLINE void addWide(LaneSums& lanes, const float* original, const float* quantised,
                        std::int64_t count) {
    auto largest = hn::Set(kD, lanes.maxAbsError);
    for (std::int64_t i = 0; i < count; i += static_cast<std::int64_t>(kSumLanes)) {
        visitEach(
            [&](auto part) MANTISSA_INLINE {
                const auto at = part * kDoubles;
                const auto x = hn::PromoteTo(kD, hn::LoadU(kHalfF, original + i + at));
                const auto q = hn::PromoteTo(kD, hn::LoadU(kHalfF, quantised + i + at));
                const auto error = hn::Sub(q, x);
                auto* const signal = lanes.signal.data() + at;
                auto* const noise = lanes.noise.data() + at;
                hn::Store(hn::MulAdd(x, x, hn::Load(kD, signal)), kD, signal);
                hn::Store(hn::MulAdd(error, error, hn::Load(kD, noise)), kD, noise);
                largest = hn::Max(largest, hn::Abs(error));
            },
            kDoubleParts);
    }
    lanes.maxAbsError = hn::GetLane(hn::MaxOfLanes(kD, largest));
}

/// Copies a run to `to`, `count` being no multiple of a chunk or some originals not finite: what
/// does not count becomes zero, and so does the rest of the last chunk.
void copyCounted(const float* values, const float* original, std::int64_t count, Buffer& to) {
    forEachChunk(count, [&](std::int64_t i, auto elements) MANTISSA_INLINE {
        const Chunk value = loadChunk(values + i, elements);
        const Chunk x = loadChunk(original + i, elements);
        forEachVector([&](auto v) MANTISSA_INLINE {
            const auto finite = hn::Lt(magnitudeBits(x[v]), hn::Set(kI, kLargestFinite + 1));
            hn::Store(hn::IfThenElseZero(hn::RebindMask(kF, finite), value[v]), kF,
                      to.data() + i + static_cast<std::int64_t>(v) * kLanes);
        });
    });
}

HWY_INLINE void measureRun(const float* original, const float* quantised, std::int64_t count,
                           LaneSums& lanes) {
    HWY_ALIGN Buffer countedOriginal;
    HWY_ALIGN Buffer countedQuantised;
    const auto largestMagnitude = [&]() MANTISSA_INLINE {
        return hn::GetLane(largestInGroups<kLanes>(largestOfRow(original, count)));
    };
    std::int32_t largest = largestMagnitude();
    if (largest > kLargestFinite || count % kChunk != 0) {
        copyCounted(quantised, original, count, countedQuantised);
        copyCounted(original, original, count, countedOriginal);
        original = countedOriginal.data();
        quantised = countedQuantised.data();
        count = (count + kChunk - 1) / kChunk * kChunk;
        largest = largestMagnitude();
    }
    if (sumsNarrow(largest)) {
        addNarrow(lanes, original, quantised, count);
    } else {
        addWide(lanes, original, quantised, count);
    }
}

void measureRow(const MeasuredRow& row, LaneSums& lanes) {
    std::int64_t flushed = 0;
    for (std::int64_t first = 0; first < row.count; first += kSumRun) {
        const std::int64_t count = HWY_MIN(kSumRun, row.count - first);
        const float* const original = row.original + first;
        const float* const quantised = row.quantised + first;
        measureRun(original, quantised, count, lanes);
        forEachChunk(count, [&](std::int64_t i, auto elements) MANTISSA_INLINE {
            const Chunk x = loadChunk(original + i, elements);
            const Chunk q = loadChunk(quantised + i, elements);
            forEachVector([&](auto v) MANTISSA_INLINE {  // zeros stay zeros
                flushed += countZeros(q[v]) - countZeros(x[v]);
            });
            storeChunk(q, row.out + first + i, elements, row.stream);
        });
    }
    lanes.flushed += flushed;
}

#endif

}  // namespace mantissa::numerics::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
