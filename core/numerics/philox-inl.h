// SPDX-License-Identifier: GPL-3.0-or-later
// Philox4x32-7 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011), a vector of
// counters at a time; the layout is randomWord()'s. Included once for each instruction set.
#include <array>

#include <hwy/highway.h>

#include "core/numerics/chunk-inl.h"

#if defined(MANTISSA_PHILOX_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef MANTISSA_PHILOX_INL
#undef MANTISSA_PHILOX_INL
#else
#define MANTISSA_PHILOX_INL
#endif

HWY_BEFORE_NAMESPACE();
namespace mantissa::numerics::HWY_NAMESPACE {

#if MANTISSA_VECTOR_QUANTISE

constexpr hn::ScalableTag<std::uint64_t> kU64;
using VU64 = hn::Vec<decltype(kU64)>;

constexpr std::size_t kPhiloxRounds = kRandomKeyRounds;

/// Each 64-bit lane holds one word of one counter in its lower half; what is above it is left over
/// and never read, since MulEven reads lower halves alone.
struct PhiloxState {
    VU64 c0, c1, c2, c3;
};

HWY_INLINE VU64 product(VU64 word, VU64 multiplier) {
    return hn::MulEven(hn::BitCast(kU, word), hn::BitCast(kU, multiplier));
}

/// Upper halves brought down. A shuffle, not a shift: that runs beside multiplications.
HWY_INLINE VU64 upper(VU64 v) {
    return hn::BitCast(kU64, hn::Shuffle2301(hn::BitCast(kU, v)));
}

constexpr std::uint64_t kMultiplier0 = 0xD2511F53U;
constexpr std::uint64_t kMultiplier1 = 0xCD9E8D57U;

HWY_INLINE PhiloxState philoxRound(const PhiloxState& s, VU64 key0, VU64 key1) {
    const auto product0 = product(s.c0, hn::Set(kU64, kMultiplier0));
    const auto product1 = product(s.c2, hn::Set(kU64, kMultiplier1));
    return {hn::Xor3(upper(product1), s.c1, key0), product1, hn::Xor3(upper(product0), s.c3, key1),
            product0};
}

/// Lower halves of two vectors, alternating.
HWY_INLINE VU zipped(VU64 even, VU64 odd) {
    return hn::OddEven(hn::Shuffle2301(hn::BitCast(kU, odd)), hn::BitCast(kU, even));
}

/// What the words of a tensor have in common. Three of a counter's four words are, so that parts of
/// the first two rounds are the same for all: what is left of them is in afterTwoRounds().
class PhiloxKeys {
public:
    explicit HWY_INLINE PhiloxKeys(const RandomKey& key) {
        auto low = static_cast<std::uint32_t>(key.seed);
        auto high = static_cast<std::uint32_t>(key.seed >> 32U);
        for (std::size_t round = 0; round < kPhiloxRounds; ++round) {
            m_key0[round] = hn::Set(kU64, low);
            m_key1[round] = hn::Set(kU64, high);
            low += 0x9E3779B9U;
            high += 0xBB67AE85U;
        }
        const auto zero = hn::Zero(kU64);
        const PhiloxState common{zero, hn::Set(kU64, key.tensor),
                                 hn::Set(kU64, key.step & 0xFFFFFFFFU),
                                 hn::Set(kU64, key.step >> 32U)};
        const auto first = philoxRound(common, m_key0[0], m_key1[0]);
        m_c2 = first.c2;  // but for the counter's product, whose upper half is 0 for counter 0
        const auto second = philoxRound({first.c0, first.c1, zero, zero}, m_key0[1], m_key1[1]);
        m_c0 = second.c0;  // the same for the second round, all parts being exclusive ors
        m_second2 = second.c2;
        m_second3 = second.c3;
    }

    HWY_INLINE VU64 key0(std::size_t round) const { return m_key0[round]; }
    HWY_INLINE VU64 key1(std::size_t round) const { return m_key1[round]; }

    HWY_INLINE PhiloxState afterTwoRounds(VU64 counters) const {
        const auto product0 = product(counters, hn::Set(kU64, kMultiplier0));
        const auto product1 = product(hn::Xor(upper(product0), m_c2), hn::Set(kU64, kMultiplier1));
        return {hn::Xor(upper(product1), m_c0), product1, hn::Xor(product0, m_second2), m_second3};
    }

private:
    std::array<VU64, kPhiloxRounds> m_key0, m_key1;
    VU64 m_c0, m_c2, m_second2, m_second3;
};

/// A group's words come from the lanes of these vectors of even and of odd counters.
constexpr std::int64_t kCounters = 16;
constexpr std::size_t kPairs = static_cast<std::size_t>(kCounters / kLanes);
/// Groups whose chains of multiplications run side by side.
constexpr std::size_t kGroupsAtOnce = kPairs == 1 ? 2 : 1;
using GroupIndices = std::array<std::int64_t, kGroupsAtOnce>;

/// The words of some groups, one after the other: element 64 g + i has word i of group g.
HWY_INLINE void groupWords(const PhiloxKeys& keys, const GroupIndices& groups,
                           std::uint32_t* words) {
    constexpr auto kEach = std::make_index_sequence<kGroupsAtOnce * kPairs>{};
    std::array<PhiloxState, kGroupsAtOnce * kPairs> even;
    std::array<PhiloxState, kGroupsAtOnce * kPairs> odd;
    visitEach(
        [&](auto i) MANTISSA_INLINE {
            const auto first =
                kCounters * groups[i / kPairs] + static_cast<std::int64_t>(i % kPairs) * kLanes;
            const auto counters = hn::Add(hn::Set(kU64, static_cast<std::uint64_t>(first)),
                                          hn::Add(hn::Iota(kU64, 0), hn::Iota(kU64, 0)));
            even[i] = keys.afterTwoRounds(counters);
            odd[i] = keys.afterTwoRounds(hn::Add(counters, hn::Set(kU64, 1)));
        },
        kEach);
    visitEach(
        [&](auto round) MANTISSA_INLINE {
            visitEach(
                [&](auto i) MANTISSA_INLINE {
                    even[i] = philoxRound(even[i], keys.key0(round + 2), keys.key1(round + 2));
                    odd[i] = philoxRound(odd[i], keys.key0(round + 2), keys.key1(round + 2));
                },
                kEach);
        },
        std::make_index_sequence<kPhiloxRounds - 2>{});
    visitEach(
        [&](auto i) MANTISSA_INLINE {
            auto* const to = words + static_cast<std::int64_t>(i / kPairs) * kChunk +
                             static_cast<std::int64_t>(i % kPairs) * kLanes;
            hn::StoreU(zipped(even[i].c0, odd[i].c0), kU, to);
            hn::StoreU(zipped(even[i].c1, odd[i].c1), kU, to + kCounters);
            hn::StoreU(zipped(even[i].c2, odd[i].c2), kU, to + 2 * kCounters);
            hn::StoreU(zipped(even[i].c3, odd[i].c3), kU, to + 3 * kCounters);
        },
        kEach);
}

constexpr std::int64_t kAtOnce = static_cast<std::int64_t>(kGroupsAtOnce);

/// The words of a panel's chunks, one after the other: read where they stand ready, else made in
/// the same loop that uses them, so that multiplications and memory accesses overlap.
template <Rounding R>
class WordsOfChunks {
public:
    explicit HWY_INLINE WordsOfChunks(const Panel& panel) : m_keys(panel.key) {}

    /// What comes next does not follow what came before.
    HWY_INLINE void restart() { m_left = 0; }

    /// For the chunk at `column` of `row`. The next call is for the one `ahead` elements further
    /// on.
    HWY_INLINE ChunkWords next(const Panel& panel, std::int64_t row, std::int64_t column,
                               std::int64_t ahead) {
        if (panel.words != nullptr) {
            return loadWords(panel.wordsFrom(row, column));
        }
        if (m_left == 0) {
            const std::int64_t group = panel.indexOf(row, column) / kChunk;
            GroupIndices groups;
            for (std::size_t i = 0; i < kGroupsAtOnce; ++i) {
                groups[i] = group + static_cast<std::int64_t>(i) * (ahead / kChunk);
            }
            groupWords(m_keys, groups, m_words.data());
            m_left = kAtOnce;
        }
        return loadWords(m_words.data() + (kAtOnce - m_left--) * kChunk);
    }

private:
    PhiloxKeys m_keys;
    std::int64_t m_left = 0;
    HWY_ALIGN std::array<std::uint32_t, static_cast<std::size_t>(kAtOnce* kChunk)> m_words{};
};

/// Other roundings need none.
template <Rounding R>
requires(R != Rounding::Stochastic) class WordsOfChunks<R> {
public:
    explicit HWY_INLINE WordsOfChunks(const Panel&) {}
    HWY_INLINE void restart() {}
    HWY_INLINE ChunkWords next(const Panel&, std::int64_t, std::int64_t, std::int64_t) {
        ChunkWords none;
        forEachVector([&](auto v) MANTISSA_INLINE { none[v] = hn::Zero(kU); });
        return none;
    }
};

#endif

}  // namespace mantissa::numerics::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
