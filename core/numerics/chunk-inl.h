// SPDX-License-Identifier: GPL-3.0-or-later
// Loads, stores and maxima of chunks: as many elements as one call of the generator serves, in
// several vectors. Included once for each instruction set.
#include <array>
#include <type_traits>
#include <utility>

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include "core/numerics/rounding-inl.h"

#if defined(MANTISSA_CHUNK_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef MANTISSA_CHUNK_INL
#undef MANTISSA_CHUNK_INL
#else
#define MANTISSA_CHUNK_INL
#endif

HWY_BEFORE_NAMESPACE();
namespace mantissa::numerics::HWY_NAMESPACE {

#if MANTISSA_VECTOR_QUANTISE

constexpr std::size_t kVectors = static_cast<std::size_t>(kChunk / kLanes);
using Chunk = std::array<VF, kVectors>;
using ChunkBits = std::array<VI, kVectors>;
using ChunkWords = std::array<VU, kVectors>;

template <typename Visit, std::size_t... Index>
HWY_INLINE void visitEach(const Visit& visit, std::index_sequence<Index...>) {
    (visit(std::integral_constant<std::size_t, Index>{}), ...);
}

/// Calls `visit(index)` for each vector of a chunk, unrolled: the index is a constant.
template <typename Visit>
HWY_INLINE void forEachVector(const Visit& visit) {
    visitEach(visit, std::make_index_sequence<kVectors>{});
}

constexpr std::size_t kLineFloats = 16;  ///< of a cache's line
constexpr std::size_t kChunkLines = static_cast<std::size_t>(kChunk) / kLineFloats;

/// Asks for what a few chunks later is read, a page ahead at most: further on the processor's own
/// prefetching has to start anew.
HWY_INLINE void prefetchChunk(const float* from) {
    constexpr std::size_t kAhead = 1024;
    visitEach([&](auto line) MANTISSA_INLINE { hwy::Prefetch(from + kAhead + line * kLineFloats); },
              std::make_index_sequence<kChunkLines>{});
}

/// Asks for a chunk of the strip behind that of a panel, whose rows no processor guesses: memory
/// then answers while this panel is rounded. For the second-level cache, since rows that are
/// multiples of 4 KiB apart push each other out of the first.
HWY_INLINE void prefetchStrip(const float* next) {
    constexpr int kSecondLevel = 2;
    visitEach(
        [&](auto line)
            MANTISSA_INLINE { __builtin_prefetch(next + line * kLineFloats, 0, kSecondLevel); },
        std::make_index_sequence<kChunkLines>{});
}

/// Which lanes of a chunk's vector `v` hold one of its `count` elements.
HWY_INLINE auto lanesWithin(std::size_t v, std::int64_t count) {
    const std::int64_t left = count - static_cast<std::int64_t>(v) * kLanes;
    return hn::FirstN(kF, static_cast<std::size_t>(HWY_MAX(0, HWY_MIN(left, kLanes))));
}

/// Calls `visit(column, count)` for each chunk of a row, the last perhaps short.
template <typename Visit>
HWY_INLINE void forEachChunk(std::int64_t columns, const Visit& visit) {
    for (std::int64_t column = 0; column < columns; column += kChunk) {
        visit(column, HWY_MIN(kChunk, columns - column));
    }
}

HWY_INLINE Chunk loadChunk(const float* from) {
    Chunk chunk;
    forEachVector([&](auto v) MANTISSA_INLINE {
        chunk[v] = hn::LoadU(kF, from + static_cast<std::int64_t>(v) * kLanes);
    });
    return chunk;
}

/// The first `count` elements from `from` on; zeros where a chunk has more.
HWY_INLINE Chunk loadChunk(const float* from, std::int64_t count) {
    HWY_ALIGN std::array<float, static_cast<std::size_t>(kChunk)> padded;
    if (HWY_UNLIKELY(count < kChunk)) {
        forEachVector([&](auto v) MANTISSA_INLINE {
            constexpr std::int64_t kFirst = static_cast<std::int64_t>(v) * kLanes;
            hn::Store(hn::MaskedLoad(lanesWithin(v, count), kF, from + kFirst), kF,
                      padded.data() + kFirst);
        });
        from = padded.data();
    }
    return loadChunk(from);
}

HWY_INLINE void storeChunk(const Chunk& chunk, float* to) {
    forEachVector([&](auto v) MANTISSA_INLINE {
        hn::StoreU(chunk[v], kF, to + static_cast<std::int64_t>(v) * kLanes);
    });
}

HWY_INLINE void storeChunk(const Chunk& chunk, float* to, std::int64_t count, bool stream) {
    if (HWY_UNLIKELY(count < kChunk)) {
        forEachVector([&](auto v) MANTISSA_INLINE {
            hn::BlendedStore(chunk[v], lanesWithin(v, count), kF,
                             to + static_cast<std::int64_t>(v) * kLanes);
        });
    } else if (stream) {
        forEachVector([&](auto v) MANTISSA_INLINE {
            hn::Stream(chunk[v], kF, to + static_cast<std::int64_t>(v) * kLanes);
        });
    } else {
        storeChunk(chunk, to);
    }
}

HWY_INLINE ChunkWords loadWords(const std::uint32_t* words) {
    ChunkWords result;
    forEachVector([&](auto v) MANTISSA_INLINE {
        result[v] = hn::LoadU(kU, words + static_cast<std::int64_t>(v) * kLanes);
    });
    return result;
}

HWY_INLINE void storeWords(const ChunkWords& words, std::uint32_t* to) {
    forEachVector([&](auto v) MANTISSA_INLINE {
        hn::StoreU(words[v], kU, to + static_cast<std::int64_t>(v) * kLanes);
    });
}

/// Calls `visit(column, count)` for each vector of a row, the last possibly short: `count` is a
/// constant in the others.
template <typename Visit>
HWY_INLINE void forEachVectorOfRow(std::int64_t columns, const Visit& visit) {
    std::int64_t column = 0;
    for (; column + kLanes <= columns; column += kLanes) {
        visit(column, kLanes);
    }
    if (column < columns) {
        visit(column, columns - column);
    }
}

HWY_INLINE VF load(const float* from, std::int64_t count) {
    return count == kLanes
               ? hn::LoadU(kF, from)
               : hn::MaskedLoad(hn::FirstN(kF, static_cast<std::size_t>(count)), kF, from);
}

HWY_INLINE VI largestOfRow(const float* in, std::int64_t count) {
    auto largest = hn::Zero(kI);
    forEachVectorOfRow(count, [&](std::int64_t i, std::int64_t lanes) MANTISSA_INLINE {
        largest = hn::Max(largest, magnitudeBits(load(in + i, lanes)));
    });
    return largest;
}

/// The largest magnitude among the vectors, lane by lane.
HWY_INLINE VI largestOf(const Chunk& x) {
    auto largest = magnitudeBits(x[0]);
    forEachVector([&](auto v) MANTISSA_INLINE { largest = hn::Max(largest, magnitudeBits(x[v])); });
    return largest;
}

#endif

}  // namespace mantissa::numerics::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
