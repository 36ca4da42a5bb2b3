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

HWY_INLINE VU64 product(VU64 word, VU64 multiplier) {
    return hn::MulEven(hn::BitCast(kU, word), hn::BitCast(kU, multiplier));
}

/// Upper halves brought down. A shuffle, not a shift: that runs beside multiplications.
HWY_INLINE VU64 upper(VU64 v) {
    return hn::BitCast(kU64, hn::Shuffle2301(hn::BitCast(kU, v)));
}

constexpr std::uint64_t kMultiplier0 = 0xD2511F53U;
constexpr std::uint64_t kMultiplier1 = 0xCD9E8D57U;

/// A round on counters whose four words are the lower halves of 64-bit lanes; what is above is left
/// over and never read, since MulEven reads lower halves alone. Words are single variables
/// throughout: g++ 12 writes arrays and structures of vectors to memory after every round, though
/// nobody reads them there.
HWY_INLINE void philoxRound(VU64& c0, VU64& c1, VU64& c2, VU64& c3, VU64 key0, VU64 key1) {
    const auto product0 = product(c0, hn::Set(kU64, kMultiplier0));
    const auto product1 = product(c2, hn::Set(kU64, kMultiplier1));
    c0 = hn::Xor3(upper(product1), c1, key0);
    c1 = product1;
    c2 = hn::Xor3(upper(product0), c3, key1);
    c3 = product0;
}

/// The last round's first two words of each counter, alternating: what is brought down from a
/// product leaves its lower half above. The same of the others, with the other product and key.
HWY_INLINE VU lastWords(VU64 product, VU64 c, VU64 key) {
    const auto lower = hn::And(c, hn::Set(kU64, 0xFFFFFFFFU));
    return hn::BitCast(kU, hn::Xor3(upper(product), lower, key));
}

constexpr std::int64_t kCounters = 8;  // that serve a chunk
constexpr std::size_t kParts = static_cast<std::size_t>(2 * kCounters / kLanes);

/// What a chunk's counters give: the first two words of each, and the last two.
struct DrawnWords {
    std::array<VU, kParts> first, last;

    /// A word for each element.
    HWY_INLINE ChunkWords spread() const {
        ChunkWords result;
        visitEach(
            [&](auto part) MANTISSA_INLINE {
                result[part] = first[part];
                result[part + kParts] = hn::RotateRight<16>(first[part]);
                result[part + 2 * kParts] = last[part];
                result[part + 3 * kParts] = hn::RotateRight<16>(last[part]);
            },
            std::make_index_sequence<kParts>{});
        return result;
    }
};

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
        auto c0 = hn::Zero(kU64);
        auto c1 = hn::Set(kU64, key.tensor);
        auto c2 = hn::Set(kU64, key.step & 0xFFFFFFFFU);
        auto c3 = hn::Set(kU64, key.step >> 32U);
        philoxRound(c0, c1, c2, c3, m_key0[0], m_key1[0]);
        m_c2 = c2;  // but for the counter's product, whose upper half is 0 for counter 0
        c2 = c3 = hn::Zero(kU64);
        philoxRound(c0, c1, c2, c3, m_key0[1], m_key1[1]);
        m_c0 = c0;  // the same for the second round, all parts being exclusive ors
        m_second2 = c2;
        m_second3 = c3;
    }

    /// What the words of the 64 elements from 64 `group` on are spread from, and of those from 64
    /// `other` on. Two vectors of counters take turns: each waits for its products most of the
    /// time.
    HWY_INLINE void draw(std::int64_t group, std::int64_t other, DrawnWords& words,
                         DrawnWords& otherWords) const {
        visitEach(
            [&](auto pair) MANTISSA_INLINE {
                constexpr std::size_t kOne = 2 * pair;
                constexpr std::size_t kTwo = kOne + 1;
                DrawnWords& one = kOne < kParts ? words : otherWords;
                DrawnWords& two = kTwo < kParts ? words : otherWords;
                drawTwo(countersOf(kOne < kParts ? group : other, kOne % kParts),
                        countersOf(kTwo < kParts ? group : other, kTwo % kParts),
                        one.first[kOne % kParts], one.last[kOne % kParts], two.first[kTwo % kParts],
                        two.last[kTwo % kParts]);
            },
            std::make_index_sequence<kParts>{});
    }

private:
    static HWY_INLINE VU64 countersOf(std::int64_t group, std::size_t part) {
        const std::int64_t first =
            kCounters * group + static_cast<std::int64_t>(part) * (kLanes / 2);
        return hn::Add(hn::Set(kU64, static_cast<std::uint64_t>(first)), hn::Iota(kU64, 0));
    }

    HWY_INLINE void twoRounds(VU64 counters, VU64& c0, VU64& c1, VU64& c2, VU64& c3) const {
        const auto product0 = product(counters, hn::Set(kU64, kMultiplier0));
        const auto product1 = product(hn::Xor(upper(product0), m_c2), hn::Set(kU64, kMultiplier1));
        c0 = hn::Xor(upper(product1), m_c0);
        c1 = product1;
        c2 = hn::Xor(product0, m_second2);
        c3 = m_second3;
    }

    HWY_INLINE void drawTwo(VU64 a, VU64 b, VU& firstOfA, VU& lastOfA, VU& firstOfB,
                            VU& lastOfB) const {
        const auto multiplier0 = hn::Set(kU64, kMultiplier0);
        const auto multiplier1 = hn::Set(kU64, kMultiplier1);
        VU64 a0, a1, a2, a3, b0, b1, b2, b3;
        twoRounds(a, a0, a1, a2, a3);
        twoRounds(b, b0, b1, b2, b3);
        constexpr std::size_t kLast = kPhiloxRounds - 1;
        for (std::size_t round = 2; round < kLast; ++round) {
            philoxRound(a0, a1, a2, a3, m_key0[round], m_key1[round]);
            philoxRound(b0, b1, b2, b3, m_key0[round], m_key1[round]);
        }
        firstOfA = lastWords(product(a2, multiplier1), a1, m_key0[kLast]);
        firstOfB = lastWords(product(b2, multiplier1), b1, m_key0[kLast]);
        lastOfA = lastWords(product(a0, multiplier0), a3, m_key1[kLast]);
        lastOfB = lastWords(product(b0, multiplier0), b3, m_key1[kLast]);
    }

    std::array<VU64, kPhiloxRounds> m_key0, m_key1;
    VU64 m_c0, m_c2, m_second2, m_second3;
};

/// The words of a panel's chunks: read where they stand ready, else made in the same loop that uses
/// them, so that multiplications and memory accesses overlap. Those of the chunk that comes next,
/// to the right in a single row, else below, are made together with a chunk's own.
template <Rounding R>
class WordsOfChunks {
public:
    explicit HWY_INLINE WordsOfChunks(const Panel& panel)
        : m_keys(panel.key), m_ahead(panel.rows == 1 ? 1 : panel.inStride / kChunk) {}

    HWY_INLINE ChunkWords at(const Panel& panel, std::int64_t row, std::int64_t column) {
        if (panel.words != nullptr) {
            return loadWords(panel.wordsFrom(row, column));
        }
        const std::int64_t group = panel.indexOf(row, column) / kChunk;
        if (group == m_next) {
            return m_nextWords.spread();
        }
        m_next = group + m_ahead;
        DrawnWords words;
        m_keys.draw(group, m_next, words, m_nextWords);
        return words.spread();
    }

private:
    PhiloxKeys m_keys;
    std::int64_t m_ahead;
    std::int64_t m_next = -1;
    DrawnWords m_nextWords;
};

/// Other roundings need none.
template <Rounding R>
requires(R != Rounding::Stochastic) class WordsOfChunks<R> {
public:
    explicit HWY_INLINE WordsOfChunks(const Panel&) {}
    HWY_INLINE ChunkWords at(const Panel&, std::int64_t, std::int64_t) const {
        ChunkWords none;
        forEachVector([&](auto v) MANTISSA_INLINE { none[v] = hn::Zero(kU); });
        return none;
    }
};

#endif

}  // namespace mantissa::numerics::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
