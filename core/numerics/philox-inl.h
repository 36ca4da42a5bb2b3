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

HWY_INLINE VU withHalvesExchanged(VU words) {
    return hn::RotateRight<16>(words);
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

    /// The words of 64 elements from 64 `group` on.
    HWY_INLINE ChunkWords words(std::int64_t group) const {
        ChunkWords result;
        visitEach(
            [&](auto part) MANTISSA_INLINE {
                const std::int64_t first =
                    kCounters * group + static_cast<std::int64_t>(part) * (kLanes / 2);
                setWords(hn::Set(kU64, static_cast<std::uint64_t>(first)), result[part],
                         result[part + kParts], result[part + 2 * kParts],
                         result[part + 3 * kParts]);
            },
            std::make_index_sequence<kParts>{});
        return result;
    }

private:
    static constexpr std::int64_t kCounters = 8;
    static constexpr std::size_t kParts = static_cast<std::size_t>(2 * kCounters / kLanes);

    HWY_INLINE void twoRounds(VU64 counters, VU64& c0, VU64& c1, VU64& c2, VU64& c3) const {
        const auto product0 = product(counters, hn::Set(kU64, kMultiplier0));
        const auto product1 = product(hn::Xor(upper(product0), m_c2), hn::Set(kU64, kMultiplier1));
        c0 = hn::Xor(upper(product1), m_c0);
        c1 = product1;
        c2 = hn::Xor(product0, m_second2);
        c3 = m_second3;
    }

    HWY_INLINE void setWords(VU64 first, VU& w0, VU& w1, VU& w2, VU& w3) const {
        VU64 c0, c1, c2, c3;
        twoRounds(hn::Add(first, hn::Iota(kU64, 0)), c0, c1, c2, c3);
        constexpr std::size_t kLast = kPhiloxRounds - 1;
        for (std::size_t round = 2; round < kLast; ++round) {
            philoxRound(c0, c1, c2, c3, m_key0[round], m_key1[round]);
        }
        w0 = lastWords(product(c2, hn::Set(kU64, kMultiplier1)), c1, m_key0[kLast]);
        w1 = withHalvesExchanged(w0);
        w2 = lastWords(product(c0, hn::Set(kU64, kMultiplier0)), c3, m_key1[kLast]);
        w3 = withHalvesExchanged(w2);
    }

    std::array<VU64, kPhiloxRounds> m_key0, m_key1;
    VU64 m_c0, m_c2, m_second2, m_second3;
};

/// The words of a panel's chunks: read where they stand ready, else made in the same loop that uses
/// them, so that multiplications and memory accesses overlap.
template <Rounding R>
class WordsOfChunks {
public:
    explicit HWY_INLINE WordsOfChunks(const Panel& panel) : m_keys(panel.key) {}

    HWY_INLINE ChunkWords at(const Panel& panel, std::int64_t row, std::int64_t column) const {
        return panel.words != nullptr ? loadWords(panel.wordsFrom(row, column))
                                      : m_keys.words(panel.indexOf(row, column) / kChunk);
    }

private:
    PhiloxKeys m_keys;
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
