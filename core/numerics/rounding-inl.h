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
constexpr std::int32_t kLargestFinite = 0x7F7FFFFF;

HWY_INLINE VI magnitudeBits(VF x) {
    return hn::And(hn::BitCast(kI, x), hn::Set(kI, kMagnitudeMask));
}

HWY_INLINE auto isFinite(VF x) {
    return hn::RebindMask(kF, hn::Lt(magnitudeBits(x), hn::Set(kI, kLargestFinite + 1)));
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

/// Exponent fields of steps, from the largest magnitudes that share them.
struct Fields {
    VI lowest, highest, tinyBelow, hugeAbove;
    VF epsilon;
    bool ceil;

    explicit HWY_INLINE Fields(const KernelFormat& format)
        : lowest(hn::Set(kI, format.lowestField)),
          highest(hn::Set(kI, format.highestField)),
          tinyBelow(hn::Set(kI, format.tinyBelow)),
          hugeAbove(hn::Set(kI, format.hugeAbove)),
          epsilon(hn::Set(kF, format.epsilon)),
          ceil(format.ceil) {}

    /// Whether vector arithmetic is exact in every lane: all numbers finite, steps and their
    /// reciprocals normal numbers, or nothing but zeros.
    HWY_INLINE bool ordinary(VI largest) const {
        const auto tiny = hn::And(hn::Lt(largest, tinyBelow), hn::Gt(largest, hn::Zero(kI)));
        return hn::AllFalse(kI, hn::Or(tiny, hn::Gt(largest, hugeAbove)));
    }

    HWY_INLINE VI of(VI largest) const {
        VI field = hn::ShiftRight<23>(largest);
        if (ceil) {
            const auto shifted = hn::BitCast(kI, hn::Add(hn::BitCast(kF, largest), epsilon));
            field = hn::Sub(hn::ShiftRight<23>(hn::Add(shifted, hn::Set(kI, 0x7FFFFF))),
                            hn::Set(kI, 1));
        }
        return hn::Min(hn::Max(field, lowest), highest);
    }
};

/// The step and its reciprocal, in each lane.
struct Steps {
    VF step, perStep;

    /// step = 2^(F - 126 - p)
    HWY_INLINE Steps(const KernelFormat& format, VI field)
        : step(hn::BitCast(
              kF, hn::ShiftLeft<23>(hn::Sub(field, hn::Set(kI, format.magnitudeBits - 1))))),
          perStep(hn::BitCast(
              kF, hn::ShiftLeft<23>(hn::Sub(hn::Set(kI, 253 + format.magnitudeBits), field)))) {}

    explicit HWY_INLINE Steps(int exponent)
        : step(hn::BitCast(kF, hn::Set(kI, (127 + exponent) * (1 << 23)))),
          perStep(hn::BitCast(kF, hn::Set(kI, (127 - exponent) * (1 << 23)))) {}
};

/// roundMagnitude(); `words` is read for stochastic rounding alone, `count` of them.
template <Rounding R>
HWY_INLINE VF rounded(VF steps, VF x, const std::uint32_t* words, std::int64_t count) {
    if constexpr (R == Rounding::NearestEven) {
        return hn::Round(steps);
    } else if constexpr (R == Rounding::TowardZero) {
        return hn::Floor(steps);
    } else {
        const auto whole = hn::Floor(steps);
        const auto fraction = hn::Sub(steps, whole);
        VF threshold = hn::Set(kF, 0.5F);
        if constexpr (R == Rounding::NearestUp) {
            // Below zero a tie goes to the smaller magnitude: the next number above one half.
            const auto negative = hn::ShiftRight<31>(hn::BitCast(kU, x));
            threshold = hn::BitCast(kF, hn::Add(hn::BitCast(kU, threshold), negative));
        } else if constexpr (R == Rounding::Stochastic) {
            const auto word =
                count == kLanes
                    ? hn::LoadU(kU, words)
                    : hn::MaskedLoad(hn::FirstN(kU, static_cast<std::size_t>(count)), kU, words);
            const auto uniform = hn::Add(hn::ShiftRight<8>(word), hn::Set(kU, 1));
            threshold = hn::Mul(hn::ConvertTo(kF, hn::BitCast(kI, uniform)), hn::Set(kF, 0x1p-24F));
        }
        return hn::Add(whole, hn::IfThenElseZero(hn::Ge(fraction, threshold), hn::Set(kF, 1.0F)));
    }
}

/// quantiseInBlock() for ordinary steps and finite numbers.
template <Rounding R>
HWY_INLINE VF codesInBlock(VF x, const Steps& steps, VF largestCode, const std::uint32_t* words,
                           std::int64_t count) {
    const auto code = rounded<R>(hn::Mul(hn::Abs(x), steps.perStep), x, words, count);
    return hn::CopySignToAbs(hn::Mul(hn::Min(code, largestCode), steps.step), x);
}

/// quantiseMinifloat() for ordinary steps and finite numbers.
struct MinifloatLanes {
    Fields fields;
    VF flushBelow, largest, beyondLargest;

    explicit HWY_INLINE MinifloatLanes(const KernelFormat& format)
        : fields(format),
          flushBelow(hn::Set(kF, format.flushBelow)),
          largest(hn::Set(kF, format.largest)),
          beyondLargest(hn::Set(kF, format.beyondLargest)) {}

    template <Rounding R>
    HWY_INLINE VF quantised(VF x, const Steps& steps, const std::uint32_t* words,
                            std::int64_t count) const {
        VF magnitude = hn::Abs(x);
        magnitude = hn::IfThenZeroElse(hn::Lt(magnitude, flushBelow), magnitude);
        const auto value =
            hn::Mul(rounded<R>(hn::Mul(magnitude, steps.perStep), x, words, count), steps.step);
        return hn::CopySignToAbs(hn::IfThenElse(hn::Gt(value, largest), beyondLargest, value), x);
    }
};

#endif

}  // namespace mantissa::numerics::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
