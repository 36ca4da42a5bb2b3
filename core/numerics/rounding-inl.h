// SPDX-License-Identifier: GPL-3.0-or-later
// The arithmetic of scalar_rounding.h, a vector at a time. Included once for each instruction set.
#include <hwy/highway.h>

#include "core/numerics/quantise_kernels.h"

#if defined(MANTISSA_ROUNDING_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef MANTISSA_ROUNDING_INL
#undef MANTISSA_ROUNDING_INL
#else
#define MANTISSA_ROUNDING_INL
#endif

// Partial vectors need masked loads that touch nothing beyond the mask; vectors of unknown size
// cannot be members.
#undef MANTISSA_VECTOR_QUANTISE
#if HWY_TARGET == HWY_SCALAR || HWY_MEM_OPS_MIGHT_FAULT || HWY_HAVE_SCALABLE
#define MANTISSA_VECTOR_QUANTISE 0
#else
#define MANTISSA_VECTOR_QUANTISE 1
#endif

// For lambdas of a loop, which take neither the target nor the inlining of what surrounds them.
#undef MANTISSA_INLINE
#define MANTISSA_INLINE HWY_ATTR __attribute__((always_inline))

HWY_BEFORE_NAMESPACE();
namespace mantissa::numerics::HWY_NAMESPACE {

#if MANTISSA_VECTOR_QUANTISE

namespace hn = hwy::HWY_NAMESPACE;

constexpr hn::ScalableTag<float> kF;
constexpr hn::ScalableTag<std::int32_t> kI;
constexpr hn::ScalableTag<std::uint32_t> kU;
using VF = hn::Vec<decltype(kF)>;
using VI = hn::Vec<decltype(kI)>;
using VU = hn::Vec<decltype(kU)>;
constexpr std::int64_t kLanes = hn::MaxLanes(kF);

constexpr std::int32_t kMagnitudeMask = 0x7FFFFFFF;
constexpr std::int32_t kFieldMask = 0x7F800000;
constexpr std::int32_t kOneField = 1 << 23;
constexpr std::int32_t kLargestFinite = 0x7F7FFFFF;
constexpr std::int32_t kBitsOfOne = 0x3F800000;

HWY_INLINE VI magnitudeBits(VF x) {
    return hn::And(hn::BitCast(kI, x), hn::Set(kI, kMagnitudeMask));
}

/// The largest in each group of `Group` (a power of two up to the lanes) neighbouring lanes, in all
/// lanes of the group.
template <std::int64_t Group>
HWY_INLINE VI largestInGroups(VI v) {
    static_assert(Group <= kLanes && (kLanes == 4 || kLanes == 8 || kLanes == 16));
    if constexpr (Group >= 2) {
        v = hn::Max(v, hn::Shuffle2301(v));
    }
    if constexpr (Group >= 4) {
        v = hn::Max(v, hn::Shuffle1032(v));
    }
    if constexpr (Group >= 8) {
        v = hn::Max(v, hn::SwapAdjacentBlocks(v));
    }
    if constexpr (Group >= 16) {
        v = hn::Max(v, hn::ReverseBlocks(kI, v));
    }
    return v;
}

/// The same for a group that is known only at run time; 1 and what exceeds the lanes too.
HWY_INLINE VI largestInGroups(VI v, std::int64_t group) {
    if (group >= 2) {
        v = hn::Max(v, hn::Shuffle2301(v));
    }
    if (group >= 4) {
        v = hn::Max(v, hn::Shuffle1032(v));
    }
    if constexpr (kLanes >= 8) {
        if (group >= 8) {
            v = hn::Max(v, hn::SwapAdjacentBlocks(v));
        }
    }
    if constexpr (kLanes >= 16) {
        if (group >= 16) {
            v = hn::Max(v, hn::ReverseBlocks(kI, v));
        }
    }
    return v;
}

/// The block step: from the largest magnitude that elements share, in each lane, to their grid (see
/// KernelFormat) and limit.
struct BlockStep {
    VI carry, lowest, highest, offset, tinyBelow, hugeAbove, one;
    VF epsilon, limitPerGrid;
    bool anyTiny;

    explicit HWY_INLINE BlockStep(const KernelFormat& format)
        : carry(hn::Set(kI, format.carry)),
          lowest(hn::Set(kI, format.lowestField * kOneField)),
          highest(hn::Set(kI, format.highestField * kOneField)),
          offset(hn::Set(kI, format.gridOffset * kOneField)),
          tinyBelow(hn::Set(kI, format.tinyBelow)),
          hugeAbove(hn::Set(kI, format.hugeAbove)),
          one(hn::Set(kI, kBitsOfOne)),
          epsilon(hn::Set(kF, format.epsilon)),
          limitPerGrid(hn::Set(kF, format.limitPerGrid)),
          anyTiny(format.tinyBelow > 0) {}

    /// Whether the arithmetic below is exact in every lane: all numbers finite and fields inside
    /// the ends, or nothing but zeros.
    HWY_INLINE bool ordinary(VI largest) const {
        auto other = hn::Gt(largest, hugeAbove);
        if (anyTiny) {
            other =
                hn::Or(other, hn::And(hn::Lt(largest, tinyBelow), hn::Gt(largest, hn::Zero(kI))));
        }
        return hn::AllFalse(kI, other);
    }

    HWY_INLINE VF gridOf(VI largest) const {
        // Zeros round to zeros on every grid, but on one whose steps are subnormal processors take
        // a hundred times as long.
        const auto any = hn::IfThenElse(hn::Eq(largest, hn::Zero(kI)), one, largest);
        const auto shifted = hn::BitCast(kI, hn::Add(hn::BitCast(kF, any), epsilon));
        const auto field = hn::And(hn::Add(shifted, carry), hn::Set(kI, kFieldMask));
        return hn::BitCast(kF, hn::Add(hn::Min(hn::Max(field, lowest), highest), offset));
    }

    HWY_INLINE VF limitOf(VF grid) const { return hn::Mul(grid, limitPerGrid); }
};

/// Whether a magnitude goes up from the multiple of the step below it, which `rest` lies above.
/// One branch a rounding; nearest-even and toward-zero need none.
template <Rounding R>
HWY_INLINE auto goesUp(VF rest, VF grid, VF x, VU word, const KernelFormat& format) {
    if constexpr (R == Rounding::Stochastic) {
        const int bits = format.randomBits;
        const auto uniform = hn::Shr(word, hn::Set(kU, static_cast<std::uint32_t>(32 - bits)));
        // 2^-bits steps, from 2^23 steps.
        const auto unit =
            hn::BitCast(kF, hn::Sub(hn::BitCast(kI, grid), hn::Set(kI, (23 + bits) * kOneField)));
        const auto whole = hn::ConvertTo(kF, hn::BitCast(kI, uniform));
        return hn::Ge(rest, hn::MulAdd(whole, unit, unit));
    } else if constexpr (R == Rounding::Floor) {
        const auto zero = hn::Zero(kF);
        return hn::And(hn::Gt(rest, zero), hn::Lt(x, zero));
    } else {
        const auto half = hn::Mul(grid, hn::Set(kF, 0x1p-24F));
        const auto negative = hn::ShiftRight<31>(hn::BitCast(kU, x));
        // A tie that goes down compares with the next number above one half.
        const auto above = [half](VU ulps) MANTISSA_INLINE {
            return hn::BitCast(kF, hn::Add(hn::BitCast(kU, half), ulps));
        };
        if constexpr (R == Rounding::NearestUp) {
            return hn::Ge(rest, above(negative));
        } else if constexpr (R == Rounding::NearestDown) {
            return hn::Ge(rest, above(hn::Xor(negative, hn::Set(kU, 1))));
        } else {
            static_assert(R == Rounding::NearestAway);
            return hn::Ge(rest, half);
        }
    }
}

/// The element step: `magnitude` rounded to a multiple of its step, where it has any bits below.
template <Rounding R>
HWY_INLINE VF roundedToStep(VF magnitude, VF grid, VF x, VU word, const KernelFormat& format) {
    const auto nearest = hn::Sub(hn::Add(magnitude, grid), grid);
    VF result = nearest;
    if constexpr (R != Rounding::NearestEven) {
        const auto step = hn::Mul(grid, hn::Set(kF, 0x1p-23F));
        result = hn::IfThenElse(hn::Gt(nearest, magnitude), hn::Sub(nearest, step), nearest);
        if constexpr (R != Rounding::TowardZero) {
            const auto up = goesUp<R>(hn::Sub(magnitude, result), grid, x, word, format);
            result = hn::IfThenElse(up, hn::Add(result, step), result);
        }
    }
    return result;
}

/// The element step: one finite number whose smallest grid and limit are given. Clamping comes
/// first: the limit is one of the format's numbers, or where overflow becomes Inf twice the highest
/// power of two.
///
/// `Plain` formats (KernelFormat::plain) only clamp: what they do without costs no test.
struct ElementStep {
    VI offset, logCarry, below, drawnMask, doubtful, one, signs, untouchedMask;
    VU drawnShift;
    VF flushBelow, largest, limitPerGrid, negativePerGrid, basePerGrid;
    bool flushes, saturates, wide, logMiddle, twoSided, oneZero, draws;

    explicit HWY_INLINE ElementStep(const KernelFormat& format)
        : offset(hn::Set(kI, (24 - format.magnitudeBits) * kOneField)),
          logCarry(hn::Set(kI, kOneField - kAboveRootTwo)),
          below(hn::Set(kI, ones(format.drawnBits))),
          drawnMask(hn::Set(
              kI, ones(format.drawnBits) - ones(HWY_MAX(0, format.drawnBits - format.randomBits)))),
          doubtful(hn::Set(kI, ones(format.drawnBits) - 1)),
          // Constants that g++ would make anew for each chunk, did it know them.
          one(hn::Sub(below, doubtful)),
          signs(hn::ShiftLeft<31>(one)),
          untouchedMask(hn::Set(kI, format.untouchedMask)),
          drawnShift(hn::Set(kU, static_cast<std::uint32_t>(32 - format.drawnBits) % 32)),
          flushBelow(hn::Set(kF, format.flushBelow)),
          largest(hn::Set(kF, format.largest)),
          limitPerGrid(hn::Set(kF, format.limitPerGrid)),
          negativePerGrid(hn::Set(kF, format.negativePerGrid)),
          basePerGrid(hn::Set(kF, format.basePerGrid)),
          flushes(format.flushBelow > 0),
          saturates(format.saturate),
          wide(format.wide),
          logMiddle(format.logMiddle),
          twoSided(format.negativePerGrid > 0),
          oneZero(format.oneZero),
          draws(format.drawnBits > 0) {}

    /// What a number may become at most.
    template <bool Plain>
    HWY_INLINE VF limitOf(VF x, VF grid) const {
        const auto limit = hn::Mul(grid, limitPerGrid);
        return !Plain && twoSided
                   ? hn::IfThenElse(hn::Lt(x, hn::Zero(kF)), hn::Mul(grid, negativePerGrid), limit)
                   : limit;
    }

    /// The limit beyond which a number counts as clipped.
    template <bool Plain>
    HWY_INLINE VF clipLimitOf(VF x, VF grid) const {
        return Plain || saturates ? limitOf<Plain>(x, grid) : largest;
    }

    /// LightNorm's rule: the largest number that an element may be whose exponent is `top`'s.
    HWY_INLINE VF untouchedMost(VF top) const {
        return hn::BitCast(kF, hn::Or(hn::BitCast(kI, top), untouchedMask));
    }
    /// y, but x itself where its exponent is `top`'s or higher.
    HWY_INLINE VF untouchedFrom(VF top, VF x, VF y) const {
        const auto kept = hn::CopySignToAbs(hn::Min(hn::Abs(x), untouchedMost(top)), x);
        return hn::IfThenElse(hn::Ge(hn::Abs(x), top), kept, y);
    }

    /// Stochastic rounding (`draws`) by one addition of integers. With k = drawnBits, a number of
    /// p = 24 - k significant bits has the k lowest of its bits, f, below its step, 2^k units. It
    /// goes up iff f 2^-k >= (w + 1) 2^-r, w the r random bits. Both sides as whole units:
    /// - k <= r: iff f >= W + 1, W the k highest bits of w, since (w + 1) 2^(k-r) lies in (W, W +
    /// 1]
    ///   and f is whole; that is iff f + (2^k - 1 - W) carries into the step;
    /// - k > r: iff f >= (w + 1) 2^(k-r); that is iff f + (2^r - 1 - w) 2^(k-r) carries.
    /// The addend is in both cases the complement of the word's k highest bits, without what r
    /// leaves out, and a carry out of the significand raises the exponent as it should.
    ///
    /// A number without an exponent of its own is brought to that of `base`, a power of two, by
    /// adding it: then f is rounded, by half a unit at most. The comparison is the same unless f
    /// is W or W + 1 (k > r: unless the sides are equal), that is unless the k lowest bits of the
    /// sum are all ones or all zeros. `doubt` becomes 0 where that may be so for one of the lanes.
    template <bool Floating, bool Plain>
    HWY_INLINE VF drawn(VF x, VF grid, VU word, VI& doubt) const {
        const VF magnitude = magnitudeOf<Floating, Plain>(x, grid);
        const auto base = hn::Mul(grid, basePerGrid);
        const auto tiny = hn::Lt(magnitude, base);
        VF based = hn::Add(magnitude, base);
        if constexpr (Floating) {
            based = hn::IfThenElse(tiny, based, magnitude);
        }
        const auto addend = hn::AndNot(hn::BitCast(kI, hn::Shr(word, drawnShift)), drawnMask);
        const auto sum = hn::Add(hn::BitCast(kI, based), addend);
        doubt = hn::Min(doubt, hn::And(hn::Add(sum, one), doubtful));
        VF value = hn::BitCast(kF, hn::AndNot(below, sum));
        if constexpr (Floating) {
            value = hn::IfThenElse(tiny, hn::Sub(value, base), value);
        } else {
            value = hn::Sub(value, base);
        }
        return signedResult<Floating, Plain>(value, x);
    }
    HWY_INLINE VI noDoubt() const { return doubtful; }
    static HWY_INLINE bool anyDoubt(VI doubt) {
        return !hn::AllFalse(kI, hn::Eq(doubt, hn::Zero(kI)));
    }

    template <Rounding R, bool Floating, bool Plain>
    HWY_INLINE VF quantised(VF x, VF grid, VU word, const KernelFormat& format) const {
        VF magnitude = magnitudeOf<Floating, Plain>(x, grid);
        if constexpr (Floating) {
            if (!Plain && logMiddle) {
                magnitude = nearerPower(magnitude, grid);
            }
            const auto field = hn::And(hn::BitCast(kI, magnitude), hn::Set(kI, kFieldMask));
            grid = hn::BitCast(kF, hn::Max(hn::Add(field, offset), hn::BitCast(kI, grid)));
        }
        VF value = roundedToStep<R>(magnitude, grid, x, word, format);
        if (!Plain && wide) {  // from the grid upwards binary32 itself has no finer steps
            value = hn::IfThenElse(hn::Lt(magnitude, grid), value, magnitude);
        }
        return signedResult<Floating, Plain>(value, x);
    }

private:
    static constexpr std::int32_t ones(int bits) { return (1 << bits) - 1; }

    /// Clamped, and flushed.
    template <bool Floating, bool Plain>
    HWY_INLINE VF magnitudeOf(VF x, VF grid) const {
        const auto magnitude = hn::Min(hn::Abs(x), limitOf<Plain>(x, grid));
        return Floating && !Plain && flushes
                   ? hn::IfThenZeroElse(hn::Lt(magnitude, flushBelow), magnitude)
                   : magnitude;
    }

    template <bool Floating, bool Plain>
    HWY_INLINE VF signedResult(VF value, VF x) const {
        if (Floating && !Plain && !saturates) {
            value = hn::IfThenElse(hn::Gt(value, largest), hn::Inf(kF), value);
        }
        const auto result =
            hn::BitCast(kF, hn::OrAnd(hn::BitCast(kI, value), signs, hn::BitCast(kI, x)));
        return !Plain && oneZero ? hn::Add(result, hn::Zero(kF)) : result;  // -0 + 0 = 0
    }

    /// The power of two on the same side of sqrt(2), from the smallest step upwards.
    HWY_INLINE VF nearerPower(VF magnitude, VF grid) const {
        const auto power = hn::BitCast(
            kF, hn::And(hn::Add(hn::BitCast(kI, magnitude), logCarry), hn::Set(kI, kFieldMask)));
        const auto smallest = hn::Mul(grid, hn::Set(kF, 0x1p-23F));
        return hn::IfThenElse(hn::Ge(magnitude, smallest), power, magnitude);
    }
};

#endif

}  // namespace mantissa::numerics::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
