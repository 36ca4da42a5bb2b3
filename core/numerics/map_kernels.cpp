// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled once for each instruction set, as quantise_kernels.cpp.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/numerics/map_kernels.cpp"
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)
#include "core/numerics/map_kernels.h"

#include <algorithm>
#include <numeric>

#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "core/numerics/chunk-inl.h"
#include "core/numerics/maps-inl.h"
#include "core/numerics/measure-inl.h"
#include "core/numerics/philox-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mantissa::numerics::HWY_NAMESPACE {

#if MANTISSA_VECTOR_QUANTISE

HWY_INLINE auto isFinite(VF x) {
    return hn::RebindMask(kF, hn::Lt(magnitudeBits(x), hn::Set(kI, kLargestFinite + 1)));
}

Ends endsOf(const float* in, std::int64_t count) {
    const auto infinity = hn::Inf(kF);
    auto lowest = infinity;
    auto highest = hn::Neg(infinity);
    forEachVectorOfRow(count, [&](std::int64_t i, std::int64_t lanes) MANTISSA_INLINE {
        const auto x = load(in + i, lanes);
        auto counts = isFinite(x);
        if (lanes < kLanes) {
            counts = hn::And(counts, hn::FirstN(kF, static_cast<std::size_t>(lanes)));
        }
        lowest = hn::Min(lowest, hn::IfThenElse(counts, x, infinity));
        highest = hn::Max(highest, hn::IfThenElse(counts, x, hn::Neg(infinity)));
    });
    return {hn::GetLane(hn::MinOfLanes(kF, lowest)), hn::GetLane(hn::MaxOfLanes(kF, highest))};
}

constexpr hn::ScalableTag<double> kD;
constexpr hn::Half<decltype(kF)> kHalfF;
using VD = hn::Vec<decltype(kD)>;
constexpr std::size_t kDoubleLanes = static_cast<std::size_t>(kLanes) / 2;

Magnitudes magnitudesAbove(const float* in, std::int64_t count, double threshold) {
    constexpr std::size_t kSums = kSumLanes / kDoubleLanes;
    std::array<VD, kSums> sums;
    sums.fill(hn::Zero(kD));
    auto largest = hn::Zero(kF);
    std::int64_t above = 0;
    const auto least = hn::Set(kF, roundedDown(threshold));
    forEachChunk(count, [&](std::int64_t column, std::int64_t columns) MANTISSA_INLINE {
        const Chunk chunk = loadChunk(in + column, columns);
        forEachVector([&](auto v) MANTISSA_INLINE {
            const auto magnitude = hn::Abs(chunk[v]);
            auto counts = hn::And(hn::Gt(magnitude, least), isFinite(chunk[v]));
            if (columns < kChunk) {
                counts = hn::And(counts, lanesWithin(v, columns));
            }
            const auto added = hn::IfThenElseZero(counts, magnitude);
            largest = hn::Max(largest, added);
            above += static_cast<std::int64_t>(hn::CountTrue(kF, counts));
            constexpr std::size_t kTo = 2 * v % kSums;
            sums[kTo] = hn::Add(sums[kTo], hn::PromoteTo(kD, hn::LowerHalf(kHalfF, added)));
            sums[kTo + 1] = hn::Add(sums[kTo + 1], hn::PromoteTo(kD, hn::UpperHalf(kHalfF, added)));
        });
    });
    std::array<double, kSumLanes> lanes{};
    for (std::size_t i = 0; i < kSums; ++i) {
        hn::StoreU(sums[i], kD, lanes.data() + i * kDoubleLanes);
    }
    return {hn::GetLane(hn::MaxOfLanes(kF, largest)),
            std::accumulate(lanes.begin(), lanes.end(), 0.0), above};
}

/// What is no element is zero, whatever it was mapped to.
HWY_INLINE Chunk firstOf(Chunk y, std::int64_t count) {
    if (HWY_UNLIKELY(count < kChunk)) {
        forEachVector([&](auto v) MANTISSA_INLINE {
            y[v] = hn::IfThenElseZero(lanesWithin(v, count), y[v]);
        });
    }
    return y;
}

/// What a mapper cannot do: numbers of one chunk in scalar arithmetic.
template <typename Map>
HWY_NOINLINE void mapByNorm(const Map& map, float* numbers, const std::uint32_t* words,
                            Rounding rounding, int randomBits) {
    for (std::int64_t i = 0; i < kChunk; ++i) {
        numbers[i] = map(numbers[i], {rounding, words[i], randomBits});
    }
}

/// The loop of every map.
template <Rounding R, bool Measured, typename Mapper, typename Map>
void mapPanel(const Map& map, Rounding rounding, int randomBits, const Panel& panel) {
    const Mapper mapper(map, randomBits);
    WordsOfChunks<R> random(panel);
    LaneSums unused;
    Tally tally(Measured ? *panel.sums : unused);
    Chunk limit;
    limit.fill(hn::Set(kF, static_cast<float>(map.limit())));
    forEachChunk(panel.columns, [&](std::int64_t column, std::int64_t count) MANTISSA_INLINE {
        prefetchChunk(panel.in + column);
        const Chunk x = loadChunk(panel.in + column, count);
        const ChunkWords words = random.at(panel, 0, column);
        Chunk y;
        if (HWY_UNLIKELY(!mapper.mapped(x, words, y))) {
            HWY_ALIGN std::array<float, static_cast<std::size_t>(kChunk)> numbers;
            HWY_ALIGN std::array<std::uint32_t, static_cast<std::size_t>(kChunk)> drawn;
            storeChunk(x, numbers.data());
            storeWords(words, drawn.data());
            mapByNorm(map, numbers.data(), drawn.data(), rounding, randomBits);
            y = loadChunk(numbers.data());
        }
        if constexpr (Measured) {
            tally.add(x, firstOf(y, count), limit, true, count);
        }
        storeChunk(y, panel.out + column, count, panel.stream);
    });
    if constexpr (Measured) {
        tally.finish();
    }
}

template <typename Map>
void mapBy(const Map& map, Rounding rounding, int randomBits, const Panel& panel) {
    const auto by = [&](auto r) {
        if (panel.sums != nullptr) {
            mapPanel<r, true, Mapper<Map, r>>(map, rounding, randomBits, panel);
        } else {
            mapPanel<r, false, Mapper<Map, r>>(map, rounding, randomBits, panel);
        }
    };
    if (rounding == Rounding::Stochastic) {
        return by(std::integral_constant<Rounding, Rounding::Stochastic>{});
    }
    if constexpr (std::is_same_v<Map, AffineMap> || std::is_same_v<Map, BoundedMap>) {
        switch (rounding) {
            case Rounding::NearestAway:
                return by(std::integral_constant<Rounding, Rounding::NearestAway>{});
            case Rounding::NearestUp:
                return by(std::integral_constant<Rounding, Rounding::NearestUp>{});
            case Rounding::NearestDown:
                return by(std::integral_constant<Rounding, Rounding::NearestDown>{});
            case Rounding::TowardZero:
                return by(std::integral_constant<Rounding, Rounding::TowardZero>{});
            case Rounding::Floor:
                return by(std::integral_constant<Rounding, Rounding::Floor>{});
            default:
                break;
        }
    }
    by(std::integral_constant<Rounding, Rounding::NearestEven>{});
}

void map(const ValueMap& anyMap, Rounding rounding, int randomBits, const Panel& panel) {
    std::visit([&](const auto& one) { mapBy(one, rounding, randomBits, panel); }, anyMap);
}

void measure(const Panel& panel) {
    Tally tally(*panel.sums);
    Chunk limit;
    limit.fill(hn::Inf(kF));
    forEachChunk(panel.columns, [&](std::int64_t column, std::int64_t count) MANTISSA_INLINE {
        for (std::int64_t row = 0; row < panel.rows; ++row) {
            tally.add(loadChunk(panel.in + row * panel.inStride + column, count),
                      loadChunk(panel.out + row * panel.outStride + column, count), limit, false,
                      count);
        }
    });
    tally.finish();
}

const MapKernels* kernelsOfMaps() {
    static constexpr MapKernels table{endsOf, magnitudesAbove, map, measure};
    return &table;
}

#else

const MapKernels* kernelsOfMaps() {
    return nullptr;
}

#endif

}  // namespace mantissa::numerics::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mantissa::numerics {

HWY_EXPORT(kernelsOfMaps);

const MapKernels* mapKernels() {
    return HWY_DYNAMIC_DISPATCH(kernelsOfMaps)();
}

}  // namespace mantissa::numerics
#endif
