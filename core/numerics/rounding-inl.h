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
constexpr std::int32_t kStepsBelowGrid = 23;  // a grid's exponent above its step's

/// A number that compilers do not know: vectors of those that they know g++ makes anew in every
/// round of a loop, on the port that shuffles need.
HWY_INLINE std::int32_t unknown(std::int32_t number) {
    const volatile std::int32_t hidden = number;
    return hidden;
}

/// a + b >= 0 without what lies below the bits of the sum; a <= b.
HWY_INLINE VF addedTowardZero(VF a, VF b) {
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
    return VF{_mm512_add_round_ps(a.raw, b.raw, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC)};
#else
    const auto sum = hn::Add(a, b);
    const auto above = hn::VecFromMask(kF, hn::Gt(hn::Sub(sum, b), a));  // -1 as integers
    return hn::BitCast(kF, hn::Add(hn::BitCast(kI, sum), hn::BitCast(kI, above)));
#endif
}

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
    VI carry, lowest, highest, offset, tinyBelow, hugeAbove, one, fieldMask;
    VF epsilon;
    bool anyTiny, anySubnormal;

    explicit HWY_INLINE BlockStep(const KernelFormat& format)
        : carry(hn::Set(kI, format.carry)),
          lowest(hn::Set(kI, format.lowestField * kOneField)),
          highest(hn::Set(kI, format.highestField * kOneField)),
          offset(hn::Set(kI, format.gridOffset * kOneField)),
          tinyBelow(hn::Set(kI, format.tinyBelow)),
          hugeAbove(hn::Set(kI, format.hugeAbove)),
          one(hn::Set(kI, unknown(kBitsOfOne))),
          fieldMask(hn::Set(kI, unknown(kFieldMask))),
          epsilon(hn::Set(kF, format.epsilon)),
          anyTiny(format.tinyBelow > 0),
          anySubnormal(format.lowestField + format.gridOffset <= kStepsBelowGrid) {}

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
        const auto any =
            anySubnormal ? hn::IfThenElse(hn::Eq(largest, hn::Zero(kI)), one, largest) : largest;
        const auto shifted = hn::BitCast(kI, hn::Add(hn::BitCast(kF, any), epsilon));
        const auto field = hn::And(hn::Add(shifted, carry), fieldMask);
        return hn::BitCast(kF, hn::Add(hn::Min(hn::Max(field, lowest), highest), offset));
    }

    /// The lowest grid of sub-blocks of a block with this one.
    HWY_INLINE VF leastOf(VF grid, VI largestShift) const {
        return hn::BitCast(
            kF, hn::Max(hn::Sub(hn::BitCast(kI, grid), largestShift), hn::Add(lowest, offset)));
    }
    /// The grid of a sub-block, which has neither epsilon nor carry. That of zeros does not matter.
    HWY_INLINE VF gridOfSub(VI largest, VF least) const {
        const auto field = hn::Min(hn::And(largest, fieldMask), highest);
        return hn::BitCast(kF, hn::Max(hn::Add(field, offset), hn::BitCast(kI, least)));
    }
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
        const auto step = hn::Mul(grid, hn::Set(kF, 0x1p-23F));
        return hn::Ge(rest, hn::NegMulAdd(whole, unit, step));
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
    VI offset, logCarry, below, drawnMask, signs, fieldMask, untouchedMask;
    VU drawnShift;
    VF flushBelow, largest, limitPerGrid, negativePerGrid, coarsePerGrid;
    bool flushes, saturates, wide, logMiddle, twoSided, oneZero, draws, drawsApart, drawsFew;

    explicit HWY_INLINE ElementStep(const KernelFormat& format)
        : offset(hn::Set(kI, (24 - format.magnitudeBits) * kOneField)),
          logCarry(hn::Set(kI, kOneField - kAboveRootTwo)),
          below(hn::Set(kI, ones(format.drawnBits))),
          drawnMask(hn::Set(
              kI, ones(format.drawnBits) - ones(HWY_MAX(0, format.drawnBits - format.randomBits)))),
          signs(hn::ShiftLeft<31>(hn::Set(kI, unknown(1)))),
          fieldMask(hn::Set(kI, unknown(kFieldMask))),
          untouchedMask(hn::Set(kI, format.untouchedMask)),
          drawnShift(hn::Set(kU, static_cast<std::uint32_t>(32 - format.drawnBits) % 32)),
          flushBelow(hn::Set(kF, format.flushBelow)),
          largest(hn::Set(kF, format.largest)),
          limitPerGrid(hn::Set(kF, format.limitPerGrid)),
          negativePerGrid(hn::Set(kF, format.negativePerGrid)),
          coarsePerGrid(hn::Set(kF, std::ldexp(1.0F, format.drawnBits))),
          // Hidden too: g++ would compare the vectors' lanes again for every vector.
          flushes(unknown(format.flushBelow > 0 ? 1 : 0) != 0),
          saturates(format.saturate),
          wide(format.wide),
          logMiddle(format.logMiddle),
          twoSided(unknown(format.negativePerGrid > 0 ? 1 : 0) != 0),
          oneZero(format.oneZero),
          draws(format.drawnBits > 0),
          drawsApart(format.drawnApart),
          drawsFew(format.randomBits < format.drawnBits) {}

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

    /// Stochastic rounding (`draws`) by one addition of integers. Let f be what of a number lies
    /// below its step, 2^k units, k = drawnBits. With u the r random bits it goes up iff
    /// f 2^-k + u 2^-r >= 1. Of f only the whole units F are at hand: where a number has no
    /// exponent of its own it is brought to that of `grid`, a power of two, by adding it, and cut.
    /// - k >= r (`Few` are k > r): iff F + u 2^(k-r) carries into the step, f's rest being less
    ///   than what is missing.
    /// - k < r: with U the k highest bits of u it does if F + U carries, and does not if even
    ///   F + U + 1 fails to; where F + U is all ones, once in 2^k times, the rest decides. `doubt`
    ///   becomes 0 where that is so for one of the lanes.
    /// A carry out of the significand raises the exponent as it should.
    template <bool Floating, bool Plain, bool Few>
    HWY_INLINE VF drawn(VF x, VF grid, VU word, VI& doubt) const {
        const VF magnitude = magnitudeOf<Floating, Plain>(x, grid);
        const auto tiny = hn::Lt(magnitude, grid);
        VF based = addedTowardZero(magnitude, grid);
        if constexpr (Floating) {
            based = hn::IfThenElse(tiny, based, magnitude);
        }
        VF value = carried<Few>(based, word, doubt);
        if constexpr (Floating) {
            value = hn::IfThenElse(tiny, hn::Sub(value, grid), value);
        } else {
            value = hn::Sub(value, grid);
        }
        return signedResult<Floating, Plain>(value, x);
    }

    /// The same where a number has so many bits that few remain below its step (`drawsApart`): what
    /// lies above the multiple of the step is rounded on its own. `grid` is the smallest step.
    template <bool Floating, bool Plain, bool Few>
    HWY_INLINE VF drawnApart(VF x, VF grid, VU word, VI& doubt) const {
        const VF magnitude = magnitudeOf<Floating, Plain>(x, grid);
        VF coarse = hn::Mul(grid, coarsePerGrid);
        if constexpr (Floating) {
            coarse = ownGrid(magnitude, coarse);
            grid = hn::Mul(coarse, hn::Set(kF, 0x1p-23F));
        }
        const auto whole = hn::Sub(addedTowardZero(magnitude, coarse), coarse);
        const auto based = addedTowardZero(hn::Sub(magnitude, whole), grid);
        const auto step = hn::Sub(carried<Few>(based, word, doubt), grid);
        return signedResult<Floating, Plain>(hn::Add(whole, step), x);
    }

    HWY_INLINE VI noDoubt() const { return below; }
    static HWY_INLINE bool anyDoubt(VI doubt) {
        return !hn::AllFalse(kI, hn::Eq(doubt, hn::Zero(kI)));
    }

    template <Rounding R, bool Floating, bool Plain>
    HWY_INLINE VF quantised(VF x, VF grid, VU word, const KernelFormat& format) const {
        VF magnitude = magnitudeOf<Floating, Plain>(x, grid);
        if constexpr (R == Rounding::Stochastic) {
            grid = hn::Mul(grid, coarsePerGrid);
        }
        if constexpr (Floating) {
            if (!Plain && logMiddle) {
                magnitude = nearerPower(magnitude, grid);
            }
            grid = ownGrid(magnitude, grid);
        }
        VF value = roundedToStep<R>(magnitude, grid, x, word, format);
        if (!Plain && wide) {  // from the grid upwards binary32 itself has no finer steps
            value = hn::IfThenElse(hn::Lt(magnitude, grid), value, magnitude);
        }
        return signedResult<Floating, Plain>(value, x);
    }

private:
    static constexpr std::int32_t ones(int bits) { return (1 << bits) - 1; }

    /// The random bits added below the step, and what is then below it cut.
    template <bool Few>
    HWY_INLINE VF carried(VF based, VU word, VI& doubt) const {
        auto addend = hn::BitCast(kI, hn::Shr(word, drawnShift));
        if constexpr (Few) {
            addend = hn::And(addend, drawnMask);
        }
        const auto sum = hn::Add(hn::BitCast(kI, based), addend);
        if constexpr (!Few) {
            doubt = hn::Min(doubt, hn::AndNot(sum, below));
        }
        return hn::BitCast(kF, hn::AndNot(below, sum));
    }

    /// The grid of a number with an exponent of its own.
    HWY_INLINE VF ownGrid(VF magnitude, VF grid) const {
        const auto field = hn::And(hn::BitCast(kI, magnitude), fieldMask);
        return hn::BitCast(kF, hn::Max(hn::Add(field, offset), hn::BitCast(kI, grid)));
    }

    /// Clamped, and flushed.
    template <bool Floating, bool Plain>
    HWY_INLINE VF magnitudeOf(VF x, VF grid) const {
        const auto limit = hn::Mul(grid, limitPerGrid);
        if (!Plain && twoSided) {
            const auto lowest = hn::Neg(hn::Mul(grid, negativePerGrid));
            return hn::Abs(hn::Max(hn::Min(x, limit), lowest));
        }
        const auto magnitude = hn::Min(hn::Abs(x), limit);
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
        const auto power =
            hn::BitCast(kF, hn::And(hn::Add(hn::BitCast(kI, magnitude), logCarry), fieldMask));
        const auto smallest = hn::Mul(grid, hn::Set(kF, 0x1p-23F));
        return hn::IfThenElse(hn::Ge(magnitude, smallest), power, magnitude);
    }
};

#endif

}  // namespace mantissa::numerics::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
