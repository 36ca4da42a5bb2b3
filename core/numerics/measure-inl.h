// SPDX-License-Identifier: GPL-3.0-or-later
// Error statistics in the loop that quantises, in the order of LaneSums. Included once for each
// instruction set.
#include <array>
#include <cmath>

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

constexpr std::size_t kSumVectors = kSumLanes / static_cast<std::size_t>(kLanes);

/// A chunk in memory: what scalar arithmetic is to look at. Vectors are only written there when it
/// does, and never passed by reference: they would not stay in registers.
struct StoredChunk {
    HWY_ALIGN std::array<float, static_cast<std::size_t>(kChunk)> x;
    HWY_ALIGN std::array<float, static_cast<std::size_t>(kChunk)> y;
    HWY_ALIGN std::array<float, static_cast<std::size_t>(kChunk)> limit;
};

/// A run that is not narrow.
inline HWY_NOINLINE void addWideChunk(LaneSums& sums, const StoredChunk& chunk,
                                      std::int64_t count) {
    const auto size = static_cast<std::size_t>(count);
    for (std::size_t i = 0; i < size; ++i) {
        const float magnitude = std::fabs(chunk.x[i]);
        sums.clipped += std::isfinite(magnitude) && magnitude > chunk.limit[i] ? 1 : 0;
    }
    addWide(sums, {chunk.x.data(), size}, {chunk.y.data(), size});
}

/// The larger of a >= 0 and |b|; anything where b is NaN.
HWY_INLINE VF largerMagnitude(VF a, VF b) {
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
    constexpr int kMagnitudeOfLarger = 0b1011;
    return VF{_mm512_range_ps(a.raw, b.raw, kMagnitudeOfLarger)};
#else
    return hn::Max(a, hn::Abs(b));
#endif
}

/// What became of a panel's elements, one chunk after the other.
class Tally {
public:
    explicit HWY_INLINE Tally(LaneSums& sums) : m_sums(sums), m_largestError(hn::Zero(kF)) {
        m_signal.fill(hn::Zero(kF));
        m_noise.fill(hn::Zero(kF));
    }

    /// Adds a chunk: x became y, and could have become `limit` at most, if some may be clipped at
    /// all. What a short chunk lacks is zero in both.
    HWY_INLINE void add(const Chunk& x, const Chunk& y, const Chunk& limit, bool mayClip,
                        std::int64_t count) {
        Sums signal, noise;
        signal.fill(hn::Zero(kF));
        noise.fill(hn::Zero(kF));
        auto error = m_largestError;
        forEachVector([&](auto v) MANTISSA_INLINE {
            constexpr std::size_t kTo = v % kSumVectors;
            const auto e = hn::Sub(y[v], x[v]);
            signal[kTo] = hn::MulAdd(x[v], x[v], signal[kTo]);
            noise[kTo] = hn::MulAdd(e, e, noise[kTo]);
            error = largerMagnitude(error, e);
        });
        if (HWY_UNLIKELY(!narrow(signal, noise)) && !allZero(x, y)) {
            StoredChunk stored;
            storeChunk(x, stored.x.data());
            storeChunk(y, stored.y.data());
            storeChunk(limit, stored.limit.data());
            save();
            addWideChunk(m_sums, stored, count);
            restore();
            return;
        }
        for (std::size_t v = 0; v < kSumVectors; ++v) {
            m_signal[v] = hn::Add(m_signal[v], signal[v]);
            m_noise[v] = hn::Add(m_noise[v], noise[v]);
        }
        m_largestError = error;
        forEachVector([&](auto v) MANTISSA_INLINE {
            const auto zero = hn::Zero(kF);
            m_flushed += countTrue(hn::And(hn::Eq(y[v], zero), hn::Ne(x[v], zero)));
        });
        if (mayClip) {
            forEachVector([&](auto v) MANTISSA_INLINE {
                m_clipped += countTrue(hn::Gt(hn::Abs(x[v]), limit[v]));
            });
        }
        if (++m_runs == kRunsAtOnce) {
            join(m_signal, m_sums.signal.data());
            join(m_noise, m_sums.noise.data());
            m_runs = 0;
        }
    }

    /// For sums that others add runs to: save() before, restore() after.
    HWY_INLINE void save() const {
        for (std::size_t v = 0; v < kSumVectors; ++v) {
            const auto at = v * static_cast<std::size_t>(kLanes);
            hn::Store(m_signal[v], kF, m_sums.narrowSignal.data() + at);
            hn::Store(m_noise[v], kF, m_sums.narrowNoise.data() + at);
        }
        m_sums.runs = m_runs;
    }
    HWY_INLINE void restore() {
        for (std::size_t v = 0; v < kSumVectors; ++v) {
            const auto at = v * static_cast<std::size_t>(kLanes);
            m_signal[v] = hn::Load(kF, m_sums.narrowSignal.data() + at);
            m_noise[v] = hn::Load(kF, m_sums.narrowNoise.data() + at);
        }
        m_runs = m_sums.runs;
    }

    HWY_INLINE void finish() {
        save();
        m_sums.clipped += m_clipped;
        m_sums.flushed += m_flushed;
        const auto error = static_cast<double>(hn::GetLane(hn::MaxOfLanes(kF, m_largestError)));
        m_sums.maxAbsError = HWY_MAX(m_sums.maxAbsError, error);
    }

private:
    template <typename Mask>
    static HWY_INLINE std::int64_t countTrue(Mask mask) {
        return static_cast<std::int64_t>(hn::CountTrue(kF, mask));
    }

    using Sums = std::array<VF, kSumVectors>;
    static HWY_INLINE bool narrow(const Sums& signal, const Sums& noise) {
        bool most = true;
        bool none = true;
        for (std::size_t v = 0; v < kSumVectors; ++v) {
            const auto sum = hn::Add(signal[v], noise[v]);  // NaN where a number is
            most = most && hn::AllTrue(kF, hn::Le(sum, hn::Set(kF, kNarrowMost)));
            none = none && hn::AllFalse(kF, hn::Ge(sum, hn::Set(kF, kNarrowLeast)));
        }
        return most && !none;
    }

    static HWY_INLINE bool allZero(const Chunk& x, const Chunk& y) {
        return hn::AllTrue(kI, hn::Eq(hn::Max(largestOf(x), largestOf(y)), hn::Zero(kI)));
    }

    static constexpr hn::ScalableTag<double> kDoubles{};
    static constexpr hn::Half<decltype(kF)> kHalf{};
    static HWY_INLINE void addHalf(hn::Vec<hn::Half<decltype(kF)>> half, double* to) {
        hn::StoreU(hn::Add(hn::LoadU(kDoubles, to), hn::PromoteTo(kDoubles, half)), kDoubles, to);
    }
    /// As joinNarrow(), without a way through memory.
    static HWY_INLINE void join(Sums& narrow, double* sums) {
        for (std::size_t v = 0; v < kSumVectors; ++v) {
            double* const to = sums + v * static_cast<std::size_t>(kLanes);
            addHalf(hn::LowerHalf(kHalf, narrow[v]), to);
            addHalf(hn::UpperHalf(kHalf, narrow[v]), to + kLanes / 2);
            narrow[v] = hn::Zero(kF);
        }
    }

    LaneSums& m_sums;
    std::array<VF, kSumVectors> m_signal, m_noise;
    VF m_largestError;
    std::int64_t m_flushed = 0;
    std::int64_t m_clipped = 0;
    int m_runs = 0;
};

#endif

}  // namespace mantissa::numerics::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
