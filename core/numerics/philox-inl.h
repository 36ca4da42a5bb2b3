// SPDX-License-Identifier: GPL-3.0-or-later
// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011), a vector
// of counters at a time; the layout is randomWord()'s. Included once for each instruction set.
#include <array>

#include <hwy/highway.h>

#include "core/numerics/rounding-inl.h"

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

constexpr int kPhiloxRounds = 10;

/// Each 64-bit lane holds one word of one counter in its lower half; what is above it is left over
/// and never read, since MulEven reads lower halves alone.
struct PhiloxState {
    VU64 c0, c1, c2, c3;
};

HWY_INLINE VU64 product(VU64 word, VU64 multiplier) {
    return hn::MulEven(hn::BitCast(kU, word), hn::BitCast(kU, multiplier));
}

HWY_INLINE PhiloxState philoxRound(const PhiloxState& s, VU64 key0, VU64 key1) {
    const auto product0 = product(s.c0, hn::Set(kU64, 0xD2511F53U));
    const auto product1 = product(s.c2, hn::Set(kU64, 0xCD9E8D57U));
    return {hn::Xor(hn::ShiftRight<32>(product1), hn::Xor(s.c1, key0)), product1,
            hn::Xor(hn::ShiftRight<32>(product0), hn::Xor(s.c3, key1)), product0};
}

/// Lower halves of two vectors, alternating.
HWY_INLINE VU zipped(VU64 even, VU64 odd) {
    return hn::OddEven(hn::BitCast(kU, hn::ShiftLeft<32>(odd)), hn::BitCast(kU, even));
}

void randomWords(const RandomKey& key, std::int64_t firstGroup, std::int64_t groups,
                 std::uint32_t* words) {
    constexpr std::uint32_t kCounters = 16;
    std::array<VU64, kPhiloxRounds> key0;
    std::array<VU64, kPhiloxRounds> key1;
    auto low = static_cast<std::uint32_t>(key.seed);
    auto high = static_cast<std::uint32_t>(key.seed >> 32U);
    for (std::size_t round = 0; round < kPhiloxRounds; ++round) {
        key0[round] = hn::Set(kU64, low);
        key1[round] = hn::Set(kU64, high);
        low += 0x9E3779B9U;
        high += 0xBB67AE85U;
    }
    const auto tensor = hn::Set(kU64, key.tensor);
    const auto stepLow = hn::Set(kU64, key.step & 0xFFFFFFFFU);
    const auto stepHigh = hn::Set(kU64, key.step >> 32U);
    const auto twice = hn::Add(hn::Iota(kU64, 0), hn::Iota(kU64, 0));
    for (std::int64_t group = 0; group < groups; ++group, words += 4 * kCounters) {
        const auto first = kCounters * static_cast<std::uint64_t>(firstGroup + group);
        for (std::uint32_t part = 0; part < kCounters; part += kLanes) {
            const auto counters = hn::Add(hn::Set(kU64, first + part), twice);
            PhiloxState even{counters, tensor, stepLow, stepHigh};
            PhiloxState odd{hn::Add(counters, hn::Set(kU64, 1)), tensor, stepLow, stepHigh};
            for (std::size_t round = 0; round < kPhiloxRounds; ++round) {
                even = philoxRound(even, key0[round], key1[round]);
                odd = philoxRound(odd, key0[round], key1[round]);
            }
            hn::StoreU(zipped(even.c0, odd.c0), kU, words + part);
            hn::StoreU(zipped(even.c1, odd.c1), kU, words + part + kCounters);
            hn::StoreU(zipped(even.c2, odd.c2), kU, words + part + 2 * kCounters);
            hn::StoreU(zipped(even.c3, odd.c3), kU, words + part + 3 * kCounters);
        }
    }
}

#endif

}  // namespace mantissa::numerics::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
