// SPDX-License-Identifier: GPL-3.0-or-later
// The maps of value_map.h, a chunk at a time. Included once for each instruction set.
#include <hwy/highway.h>

#include "core/numerics/chunk-inl.h"
#include "core/numerics/value_map.h"

#if defined(MANTISSA_MAPS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef MANTISSA_MAPS_INL
#undef MANTISSA_MAPS_INL
#else
#define MANTISSA_MAPS_INL
#endif

HWY_BEFORE_NAMESPACE();
namespace mantissa::numerics::HWY_NAMESPACE {

#if MANTISSA_VECTOR_QUANTISE

/// A map under the roundings that R stands for: mapped(x, words, y) sets y, or returns false where
/// vectors are not exact for all numbers of a chunk.
template <typename Map, Rounding R>
class Mapper;

/// randomFraction() of each word: exact in binary32.
class Fractions {
public:
    explicit HWY_INLINE Fractions(int bits)
        : m_shift(hn::Set(kU, static_cast<std::uint32_t>(32 - bits))),
          m_unit(hn::Set(kF, std::ldexp(1.0F, -bits))) {}
    HWY_INLINE VF of(VU word) const {
        const auto whole = hn::ConvertTo(kF, hn::BitCast(kI, hn::Shr(word, m_shift)));
        return hn::NegMulAdd(whole, m_unit, hn::Set(kF, 1.0F));
    }

private:
    VU m_shift;
    VF m_unit;
};

HWY_INLINE bool inScale(float scale) {
    return scale >= kLeastScale && scale <= kMostScale;
}

constexpr bool roundsToNearest(Rounding rounding) {
    return rounding != Rounding::Stochastic && rounding != Rounding::TowardZero &&
           rounding != Rounding::Floor;
}

/// Rounds quotients d / scale >= 0 to whole numbers as the norm does, which divides in double
/// precision, without dividing: for the whole number n nearest to d * (1 / scale) in binary32, up
/// to 2^22, the fused d - n scale is exact, being a multiple of the unit of `scale` or d below
/// 2^24 units. Where it is further than `band` from what decides, 2^-28 scales, the norm's quotient
/// lies on the same side: it is off by 2^22 * 2^-52 at most. `Signed`: d is a magnitude, and
/// roundings go by it (roundMagnitude); else by the position (roundPosition), and d + e is the
/// exact distance, |e| <= ulp(d) / 2.
template <Rounding R, bool Signed>
class Quotients {
public:
    HWY_INLINE Quotients(float scale, double most, int randomBits)
        : m_scale(hn::Set(kF, scale)),
          m_inverse(hn::Set(kF, scale > 0 ? 1 / scale : 0.0F)),
          m_half(hn::Set(kF, scale / 2)),
          m_band(hn::Set(kF, scale * 0x1p-28F)),
          m_fractions(randomBits) {
        // Errors of d, and a margin for the norm's.
        const double share = 0.5 - 0x1p-20 - (Signed ? 0 : most * 0x1p-23);
        m_near = hn::Set(
            kI, scale > 0 ? std::bit_cast<std::int32_t>(static_cast<float>(share) * scale) : 1);
    }

    HWY_INLINE VF nearest(VF d) const { return hn::Round(hn::Mul(d, m_inverse)); }

    /// Of a chunk: whether all lie so near to whole numbers that nothing but the nearest comes into
    /// question, if `farthest` is the largest of farFrom().
    HWY_INLINE VI farFrom(VF d, VF n) const { return magnitudeBits(hn::NegMulAdd(n, m_scale, d)); }
    HWY_INLINE bool allNear(VI farthest) const { return hn::AllTrue(kI, hn::Lt(farthest, m_near)); }

    /// The rounded quotient of d, or of d + e, that belongs to x; adds to `unsure` the lanes that
    /// this cannot decide, NaN among them.
    template <typename Mask>
    HWY_INLINE VF rounded(VF d, VF e, VF x, VU word, Mask& unsure) const {
        const auto zero = hn::Zero(kF);
        const auto one = hn::Set(kF, 1.0F);
        auto n = nearest(d);
        const auto rest = hn::NegMulAdd(n, m_scale, d);
        const auto sum = Signed ? rest : hn::Add(rest, e);
        const auto under = hn::Lt(sum, zero);
        n = hn::IfThenElse(under, hn::Sub(n, one), n);
        const auto negative = hn::Lt(x, zero);
        auto over = zero;  // how far the fraction is above what decides, in numbers
        if constexpr (R == Rounding::Floor || R == Rounding::TowardZero) {
            over = sum;
        } else if constexpr (R == Rounding::Stochastic) {
            const auto u = m_fractions.of(word);
            over = hn::NegMulAdd(hn::IfThenElse(under, hn::Sub(u, one), u), m_scale, rest);
        } else {
            over = hn::IfThenElse(under, hn::Add(rest, m_half), hn::Sub(rest, m_half));
        }
        if constexpr (!Signed && R != Rounding::Floor && R != Rounding::TowardZero) {
            over = hn::Add(over, e);
        }
        auto exact = hn::Eq(over, zero);
        if constexpr (!Signed && R == Rounding::Stochastic) {
            exact = hn::And(exact, hn::Eq(e, zero));  // two roundings may have made it zero
        }
        const auto sure = hn::Or(hn::Ge(hn::Abs(over), m_band), exact);
        unsure = hn::Or(unsure, hn::Not(sure));
        return hn::IfThenElse(goesUp(over, sum, n, negative), hn::Add(n, one), n);
    }

private:
    template <typename Mask>
    HWY_INLINE Mask goesUp(VF over, VF sum, VF below, Mask negative) const {
        const auto zero = hn::Zero(kF);
        const auto above = hn::Gt(over, zero);
        const auto tie = hn::Eq(over, zero);
        if constexpr (R == Rounding::Stochastic) {
            return hn::Or(above, tie);
        } else if constexpr (R == Rounding::NearestEven) {
            const auto half = hn::Mul(below, hn::Set(kF, 0.5F));
            return hn::Or(above, hn::And(tie, hn::Not(hn::Eq(half, hn::Floor(half)))));
        } else if constexpr (R == (Signed ? Rounding::Floor : Rounding::TowardZero)) {
            return hn::And(negative, hn::Not(hn::Eq(sum, zero)));
        } else if constexpr (R == Rounding::NearestAway) {
            return Signed ? hn::Or(above, tie) : hn::Or(above, hn::And(tie, hn::Not(negative)));
        } else if constexpr (R == Rounding::NearestUp) {
            return Signed ? hn::Or(above, hn::And(tie, hn::Not(negative))) : hn::Or(above, tie);
        } else if constexpr (R == Rounding::NearestDown) {
            return Signed ? hn::Or(above, hn::And(tie, negative)) : above;
        } else {
            return hn::Lt(zero, zero);
        }
    }

    VF m_scale, m_inverse, m_half, m_band;
    VI m_near;
    Fractions m_fractions;
};

template <Rounding R>
class Mapper<AffineMap, R> {
public:
    HWY_INLINE Mapper(const AffineMap& map, int randomBits)
        : m_quotients(map.scale, map.codes, randomBits),
          m_scale(hn::Set(kF, map.scale)),
          m_lowest(hn::Set(kF, map.lowest)),
          m_codes(hn::Set(kF, static_cast<float>(map.codes))),
          m_fits(fits(map)) {}

    HWY_INLINE bool mapped(const Chunk& x, const ChunkWords& words, Chunk& y) const {
        if (!m_fits) {
            return false;
        }
        if constexpr (roundsToNearest(R)) {
            auto farthest = hn::Zero(kI);
            forEachVector([&](auto v) MANTISSA_INLINE {
                const auto d = hn::Sub(x[v], m_lowest);
                const auto code = m_quotients.nearest(d);
                farthest = hn::Max(farthest, m_quotients.farFrom(d, code));
                y[v] = hn::MulAdd(code, m_scale, m_lowest);
            });
            if (HWY_LIKELY(m_quotients.allNear(farthest))) {
                return true;
            }
        }
        auto unsure = hn::Lt(x[0], x[0]);
        forEachVector([&](auto v) MANTISSA_INLINE {
            // d + e = x - lowest (Knuth's sum).
            const auto d = hn::Sub(x[v], m_lowest);
            const auto back = hn::Sub(d, x[v]);
            const auto e = hn::Sub(hn::Sub(x[v], hn::Sub(d, back)), hn::Add(m_lowest, back));
            const auto code = m_quotients.rounded(d, e, x[v], words[v], unsure);
            y[v] = hn::MulAdd(hn::Min(code, m_codes), m_scale, m_lowest);
        });
        return hn::AllFalse(kF, unsure);
    }

private:
    /// Quotients are as Quotients wants them, and code * scale + lowest is exact in the norm's
    /// double precision, so that it is rounded once as in a fused multiply-add.
    static bool fits(const AffineMap& map) {
        const float most = static_cast<float>(map.limit());
        if (map.scale == 0) {
            return true;
        }
        if (!inScale(map.scale) || !(most <= kMostScale)) {
            return false;
        }
        constexpr int kBitsOfDouble = 53;
        const int top = std::ilogb(most) + 2;
        const int bottom = map.lowest == 0
                               ? std::ilogb(map.scale)
                               : std::min(std::ilogb(map.scale), std::ilogb(map.lowest));
        return top - (bottom - 23) <= kBitsOfDouble;
    }

    Quotients<R, false> m_quotients;
    VF m_scale, m_lowest, m_codes;
    bool m_fits;
};

template <Rounding R>
class Mapper<BoundedMap, R> {
public:
    HWY_INLINE Mapper(const BoundedMap& map, int randomBits)
        : m_quotients(map.step, map.codes, randomBits),
          m_step(hn::Set(kF, map.step)),
          m_codes(hn::Set(kF, static_cast<float>(map.codes))),
          m_most(
              hn::Set(kF, static_cast<float>((map.codes + 0.25) * static_cast<double>(map.step)))),
          m_fits(inScale(map.step) && map.codes <= kMostCodes && map.limit() < kMostScale) {}

    HWY_INLINE bool mapped(const Chunk& x, const ChunkWords& words, Chunk& y) const {
        if (!m_fits) {
            return false;
        }
        if constexpr (roundsToNearest(R)) {
            auto farthest = hn::Zero(kI);
            forEachVector([&](auto v) MANTISSA_INLINE {
                const auto d = clamped(x[v]);
                const auto code = m_quotients.nearest(d);
                farthest = hn::Max(farthest, m_quotients.farFrom(d, code));
                y[v] = valueOf(code, x[v]);
            });
            if (HWY_LIKELY(m_quotients.allNear(farthest))) {
                return true;
            }
        }
        auto unsure = hn::Lt(x[0], x[0]);
        forEachVector([&](auto v) MANTISSA_INLINE {
            const auto d = clamped(x[v]);
            y[v] = valueOf(m_quotients.rounded(d, d, x[v], words[v], unsure), x[v]);
        });
        return hn::AllFalse(kF, unsure);
    }

private:
    static constexpr double kMostCodes = 0x1p21;

    /// Up to a quarter of a step above the largest code; NaN stays NaN.
    HWY_INLINE VF clamped(VF x) const {
        const auto magnitude = hn::Abs(x);
        return hn::IfThenElse(hn::Gt(magnitude, m_most), m_most, magnitude);
    }
    HWY_INLINE VF valueOf(VF code, VF x) const {
        return hn::CopySignToAbs(hn::Mul(hn::Min(code, m_codes), m_step), x);
    }

    Quotients<R, true> m_quotients;
    VF m_step, m_codes, m_most;
    bool m_fits;
};

/// Binary32 errors of a probability from 0 to 1, in total, and a margin.
constexpr float kUnsureProbability = 0x1p-21F;

template <Rounding R>
class Mapper<BinaryMap, R> {
public:
    HWY_INLINE Mapper(const BinaryMap& map, int randomBits)
        : m_scale(hn::Set(kF, map.scale)),
          m_halfInverse(hn::Set(kF, 0.5F / map.scale)),
          m_fractions(randomBits),
          m_fits(R != Rounding::Stochastic || inScale(map.scale)) {}

    HWY_INLINE bool mapped(const Chunk& x, const ChunkWords& words, Chunk& y) const {
        if (!m_fits) {
            return false;
        }
        auto unsure = hn::Lt(x[0], x[0]);
        forEachVector([&](auto v) MANTISSA_INLINE {
            auto positive = hn::Ge(x[v], hn::Zero(kF));
            if constexpr (R == Rounding::Stochastic) {
                const auto probability = hn::MulAdd(x[v], m_halfInverse, hn::Set(kF, 0.5F));
                const auto over = hn::Sub(probability, m_fractions.of(words[v]));
                positive = hn::Gt(over, hn::Zero(kF));
                unsure = hn::Or(unsure, hn::Lt(hn::Abs(over), hn::Set(kF, kUnsureProbability)));
            }
            const auto value = hn::IfThenElse(positive, m_scale, hn::Neg(m_scale));
            y[v] = hn::IfThenElse(hn::IsNaN(x[v]), x[v], value);
        });
        return hn::AllFalse(kF, unsure);
    }

private:
    VF m_scale, m_halfInverse;
    Fractions m_fractions;
    bool m_fits;
};

template <Rounding R>
class Mapper<TernaryMap, R> {
public:
    HWY_INLINE Mapper(const TernaryMap& map, int randomBits)
        : m_scale(hn::Set(kF, map.scale)),
          m_inverse(hn::Set(kF, 1 / map.scale)),
          m_threshold(hn::Set(kF, roundedDown(map.threshold))),
          m_fractions(randomBits),
          m_fits(R == Rounding::Stochastic ? inScale(map.scale) : map.scale != 0) {}

    HWY_INLINE bool mapped(const Chunk& x, const ChunkWords& words, Chunk& y) const {
        if (!m_fits) {
            return false;
        }
        auto unsure = hn::Lt(x[0], x[0]);
        forEachVector([&](auto v) MANTISSA_INLINE {
            const auto magnitude = hn::Abs(x[v]);
            auto some = hn::Gt(magnitude, m_threshold);
            if constexpr (R == Rounding::Stochastic) {
                const auto over = hn::Sub(hn::Mul(magnitude, m_inverse), m_fractions.of(words[v]));
                some = hn::Gt(over, hn::Zero(kF));
                unsure = hn::Or(unsure, hn::Lt(hn::Abs(over), hn::Set(kF, kUnsureProbability)));
            }
            const auto value = hn::IfThenElseZero(some, hn::CopySignToAbs(m_scale, x[v]));
            y[v] = hn::IfThenElse(hn::IsNaN(x[v]), x[v], value);
        });
        return hn::AllFalse(kF, unsure);
    }

private:
    VF m_scale, m_inverse, m_threshold;
    Fractions m_fractions;
    bool m_fits;
};

template <Rounding R>
class Mapper<TableMap, R> {
public:
    HWY_INLINE Mapper(const TableMap& map, int randomBits) : m_map(map), m_fractions(randomBits) {}

    HWY_INLINE bool mapped(const Chunk& x, const ChunkWords& words, Chunk& y) const {
        if (m_map.bounds.empty()) {
            return false;
        }
        auto unsure = hn::Lt(x[0], x[0]);
        forEachVector([&](auto v) MANTISSA_INLINE {
            auto index = hn::Zero(kI);
            for (auto half = static_cast<std::int32_t>(m_map.values.size() / 2); half > 0;
                 half /= 2) {
                const auto step = hn::Set(kI, half);
                const auto middle = hn::Add(index, hn::Set(kI, half - 1));
                const auto bound = hn::GatherIndex(kF, m_map.bounds.data(), middle);
                const auto past = hn::RebindMask(kI, hn::Ge(x[v], bound));
                index = hn::Add(index, hn::IfThenElseZero(past, step));
            }
            if constexpr (R == Rounding::Stochastic) {
                const auto below = hn::GatherIndex(kF, m_map.values.data(), index);
                const auto inverse = hn::GatherIndex(kF, m_map.inverseWidths.data(), index);
                const auto rest = hn::Sub(x[v], below);
                // Beyond the ends nothing is drawn.
                const auto position = hn::IfThenElseZero(
                    hn::And(hn::Gt(rest, hn::Zero(kF)), hn::Gt(inverse, hn::Zero(kF))),
                    hn::Mul(rest, inverse));
                const auto over = hn::Sub(position, m_fractions.of(words[v]));
                unsure = hn::Or(unsure, hn::Lt(hn::Abs(over), hn::Set(kF, kUnsureProbability)));
                const auto up = hn::RebindMask(kI, hn::Gt(over, hn::Zero(kF)));
                index = hn::Add(index, hn::IfThenElseZero(up, hn::Set(kI, 1)));
            }
            y[v] = hn::IfThenElse(hn::IsNaN(x[v]), x[v],
                                  hn::GatherIndex(kF, m_map.values.data(), index));
        });
        return hn::AllFalse(kF, unsure);
    }

private:
    const TableMap& m_map;
    Fractions m_fractions;
};

#endif

}  // namespace mantissa::numerics::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
