// SPDX-License-Identifier: GPL-3.0-or-later
// Packing for bit-true products: compiled once for each instruction set.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <hwy/highway.h>

#include "core/nn/block_tile-inl.h"
#include "core/nn/transpose-inl.h"
#include "core/numerics/rounding-inl.h"

#if defined(MANTISSA_NN_BLOCK_PACK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MANTISSA_NN_BLOCK_PACK_INL_H_
#undef MANTISSA_NN_BLOCK_PACK_INL_H_
#else
#define MANTISSA_NN_BLOCK_PACK_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

#if MANTISSA_VECTOR_FMA

/// Added to a small number it rounds it to an integer, to nearest even: the integer is what the
/// bits then are above this number's own.
constexpr float kRounder = 0x1.8p23F;

/// How numbers that are integers times a power of two become these integers, in each lane:
/// x * before * inverse. Two factors, since the smallest numbers' inverse is beyond binary32.
template <BlockCodes Kind>
struct ExactCodes {
    static constexpr BlockCodes kCodes = Kind;
    static constexpr std::int32_t kTop =
        magnitudeBitsOf(Kind) - 1;  ///< the largest is from 2^kTop on

    VFloat before, inverse, scale;
    VInt zero = hn::BitCast(IntTag(), hn::Set(FloatTag(), kRounder));  ///< bits of the code 0

    explicit HWY_INLINE ExactCodes(const numerics::KernelFormat*) {}

    /// False where lanes have to be treated one by one.
    HWY_INLINE bool set(VInt largest) {
        const FloatTag d;
        const IntTag i32;
        const auto field = [i32](std::int32_t exponent)
                               HWY_ATTR { return hn::Set(i32, (127 + exponent) * (1 << 23)); };
        const auto zero = hn::Eq(largest, hn::Zero(i32));
        // Processors take a hundred times as long for subnormal numbers: zeros stay away from them.
        const auto some = hn::IfThenElse(zero, field(0), largest);
        const auto small = hn::RebindMask(d, hn::Lt(some, field(-60)));
        before = hn::IfThenElse(small, hn::Set(d, 0x1p64F), hn::Set(d, 1.0F));
        const auto raised = hn::BitCast(i32, hn::Mul(hn::BitCast(d, some), before));
        // The step is 2^-149, raised by 64, at least; only a small line comes near it.
        const auto exponent =
            hn::Max(hn::And(raised, hn::Set(i32, 0x7F800000)), field(kTop - 149 + 64));
        const auto step = hn::BitCast(d, hn::Sub(exponent, hn::Set(i32, kTop * (1 << 23))));
        const auto lowered = hn::IfThenElse(small, hn::Set(d, 0x1p-64F), hn::Set(d, 1.0F));
        inverse = hn::BitCast(d, hn::Sub(hn::Set(i32, (2 * 127 + kTop) * (1 << 23)), exponent));
        scale = hn::IfThenZeroElse(hn::RebindMask(d, zero), hn::Mul(step, lowered));
        const auto finite = hn::Lt(largest, hn::Set(i32, 0x7F800000));
        scale = hn::IfThenElse(hn::RebindMask(d, finite), scale, hn::NaN(d));
        return true;
    }

    /// The code is the low byte, or word; of no meaning where the scale is NaN.
    HWY_INLINE VInt bits(VFloat x) const {
        return hn::BitCast(IntTag(),
                           hn::MulAdd(hn::Mul(x, before), inverse, hn::Set(FloatTag(), kRounder)));
    }
};

#if MANTISSA_VECTOR_QUANTISE

/// The same for numbers that are still to be rounded, to nearest even, to a block format with up to
/// seven magnitude bits. Codes are those that ExactCodes finds in the rounded numbers.
struct RoundedCodes {
    static constexpr BlockCodes kCodes = BlockCodes::Bytes;
    numerics::HWY_NAMESPACE::BlockStep step;
    VFloat inverse, scale, top, bottom;
    VInt shift, zero;
    bool shifted = false;  ///< some lane's shift is not 0

    explicit HWY_INLINE RoundedCodes(const numerics::KernelFormat* format)
        : step(*format),
          top(hn::Set(FloatTag(), kRounder + format->limitPerGrid * 0x1p23F)),
          bottom(hn::Set(FloatTag(), kRounder - format->limitPerGrid * 0x1p23F)) {}

    HWY_INLINE bool set(VInt largest) {
        const FloatTag d;
        const IntTag i32;
        // Fields of grids whose steps are normal, shifted ones too, and have an inverse.
        constexpr std::int32_t kLowestGrid = 31 * (1 << 23);
        const auto grid = hn::BitCast(i32, step.gridOf(largest));
        if (!step.ordinary(largest) ||
            !hn::AllFalse(i32, hn::Lt(grid, hn::Set(i32, kLowestGrid)))) {
            return false;
        }
        inverse = hn::BitCast(d, hn::Sub(hn::Set(i32, (2 * 127 + 23) * (1 << 23)), grid));
        // Where the largest rounds to less than 64, all are shifted until it is above.
        const auto code =
            hn::Sub(rounded(hn::BitCast(d, largest)), hn::BitCast(i32, hn::Set(d, kRounder)));
        const auto none = hn::Eq(code, hn::Zero(i32));
        const auto exponent = hn::Sub(hn::ShiftRight<23>(hn::BitCast(i32, hn::ConvertTo(d, code))),
                                      hn::Set(i32, 127));
        shift = hn::IfThenZeroElse(none, hn::Sub(hn::Set(i32, 6), exponent));
        shifted = !hn::AllTrue(i32, hn::Eq(shift, hn::Zero(i32)));
        const auto field = hn::Sub(grid, hn::ShiftLeft<23>(hn::Add(shift, hn::Set(i32, 23))));
        scale = hn::IfThenZeroElse(hn::RebindMask(d, none), hn::BitCast(d, field));
        zero = hn::Shl(hn::BitCast(i32, hn::Set(d, kRounder)), shift);
        return true;
    }

    HWY_INLINE VInt bits(VFloat x) const {
        const auto code = rounded(x);
        return shifted ? hn::Shl(code, shift) : code;
    }

private:
    HWY_INLINE VInt rounded(VFloat x) const {
        const auto sum = hn::MulAdd(x, inverse, hn::Set(FloatTag(), kRounder));
        return hn::BitCast(IntTag(), hn::Max(hn::Min(sum, top), bottom));
    }
};

#endif

HWY_INLINE VInt absoluteBits(VFloat x) {
    return hn::BitCast(IntTag(), hn::Abs(x));
}

HWY_INLINE VFloat loadPart(const float* from, std::int64_t count) {
    const FloatTag d;
    return count >= kLanes
               ? hn::LoadU(d, from)
               : hn::MaskedLoad(hn::FirstN(d, static_cast<std::size_t>(count)), d, from);
}

constexpr std::int32_t kColumnBias = static_cast<std::int32_t>(0x80808080);

/// Writes the first `lines` lanes, `stride` apart.
template <typename T, typename V>
HWY_INLINE void storeLines(V v, std::int64_t lines, std::int64_t stride, T* to) {
    const hn::DFromV<V> d;
    if (stride == 1) {
        if (lines >= kLanes) {
            hn::StoreU(v, d, to);
        } else {
            hn::BlendedStore(v, hn::FirstN(d, static_cast<std::size_t>(lines)), d, to);
        }
        return;
    }
    HWY_ALIGN std::array<T, static_cast<std::size_t>(kLanes)> lanes;
    hn::Store(v, d, lanes.data());
    for (std::int64_t line = 0; line < lines; ++line) {
        to[line * stride] = lanes[static_cast<std::size_t>(line)];
    }
}

/// Where `mask` has a one bit of `yes`, else of `no`.
HWY_INLINE VInt select(std::int32_t mask, VInt yes, VInt no) {
    return hn::IfVecThenElse(hn::Set(IntTag(), mask), yes, no);
}

/// Quads of words; codes(k) has code k in each lane's low word.
template <BlockSide Side, BlockCodes Kind, typename CodesOf>
HWY_INLINE void storeWords(const CodesOf& codes, std::int64_t quads, std::int64_t lines,
                           const PackTarget& to) {
    constexpr bool kSplit = Side == BlockSide::Rows && Kind == BlockCodes::SplitWords;
    const hn::Repartition<std::int16_t, IntTag> i16;
    for (std::int64_t q = 0; q < quads; q += kSplit ? 2 : 1) {
        const std::int64_t k = kSplit ? q : 2 * q;
        std::int32_t* const target = to.quads + q * to.quadStride;
        const auto pair = select(0xFFFF, codes(k), hn::ShiftLeft<16>(codes(k + 1)));
        if constexpr (kSplit) {
            const auto upper = hn::ShiftRight<8>(hn::BitCast(i16, pair));
            storeLines(hn::BitCast(IntTag(), upper), lines, to.lineStride, target);
            storeLines(hn::And(pair, hn::Set(IntTag(), 0x00FF00FF)), lines, to.lineStride,
                       target + to.quadStride);
        } else {
            storeLines(pair, lines, to.lineStride, target);
        }
    }
}

/// Up to kLanes lines; false, with nothing written, where they have to be treated one by one.
template <BlockSide Side, typename Codes>
HWY_INLINE bool packSomeLines(Codes& scale, const SegmentSource& from, std::int64_t lines,
                              const PackTarget& to) {
    const IntTag i32;
    VInt largest = hn::Zero(i32);
    for (std::int64_t k = 0; k < from.count; ++k) {
        largest = hn::Max(largest, absoluteBits(loadPart(from.x + k * from.step, lines)));
    }
    if (!scale.set(largest)) {
        return false;
    }
    const auto codes = [&](std::int64_t k) HWY_ATTR {
        return k < from.count ? scale.bits(loadPart(from.x + k * from.step, lines)) : scale.zero;
    };
    if constexpr (Codes::kCodes != BlockCodes::Bytes) {
        storeWords<Side, Codes::kCodes>(codes, from.quads, lines, to);
        storeLines(scale.scale, lines, to.scaleStride, to.scales);
        if constexpr (Side == BlockSide::Rows) {
            storeLines(hn::Zero(i32), lines, to.scaleStride, to.starts);
        }
        return true;
    }
    const auto bias = hn::Set(i32, Side == BlockSide::Columns ? kColumnBias : 0);
    VInt sum = hn::Zero(i32);
    for (std::int64_t q = 0; q < from.quads; ++q) {
        const auto a = codes(4 * q);
        const auto b = codes(4 * q + 1);
        const auto c = codes(4 * q + 2);
        const auto d = codes(4 * q + 3);
        if constexpr (Side == BlockSide::Rows) {
            sum = hn::Add(sum, hn::Add(hn::Add(a, b), hn::Add(c, d)));
        }
        const auto low = select(0xFF, a, hn::ShiftLeft<8>(b));
        const auto high = select(0xFF, c, hn::ShiftLeft<8>(d));
        storeLines(hn::Xor(select(0xFFFF, low, hn::ShiftLeft<16>(high)), bias), lines,
                   to.lineStride, to.quads + q * to.quadStride);
    }
    storeLines(scale.scale, lines, to.scaleStride, to.scales);
    if constexpr (Side == BlockSide::Rows) {
        // Modulo 2^32: the sum holds as many rounders as codes.
        const auto rounders =
            hn::Mul(scale.zero, hn::Set(i32, static_cast<std::int32_t>(4 * from.quads)));
        const auto start =
            hn::Sub(hn::Set(i32, kSumStart), hn::ShiftLeft<7>(hn::Sub(sum, rounders)));
        storeLines(start, lines, to.scaleStride, to.starts);
    }
    return true;
}

constexpr PackTarget lineOf(BlockSide side, PackTarget to, std::int64_t line) {
    to.quads += line * to.lineStride;
    to.scales += line * to.scaleStride;
    to.starts += side == BlockSide::Rows ? line * to.scaleStride : 0;
    return to;
}

/// Lines that the vectors' arithmetic is not exact for, after the scalar norm.
template <BlockSide Side>
HWY_NOINLINE void packByNorm(const SegmentSource& from, std::int64_t lines, const PackTarget& to) {
    std::array<float, kMaxSegment> rounded;
    ExactCodes<BlockCodes::Bytes> codes(nullptr);
    for (std::int64_t line = 0; line < lines; ++line) {
        roundByNorm(from, line, rounded.data());
        packSomeLines<Side>(codes, {rounded.data(), 1, from.count, from.quads}, 1,
                            lineOf(Side, to, line));
    }
}

/// Asks for the lines behind those that are read next: no processor guesses them in so many places,
/// planes or images apart. For the second-level cache: places that are multiples of 4 KiB apart
/// push each other out of the first.
HWY_INLINE void askForLines(const SegmentSource& from) {
    constexpr int kSecondLevel = 2;
    for (std::int64_t k = 0; k < from.count; ++k) {
        __builtin_prefetch(from.x + k * from.step + kLanes, 0, kSecondLevel);
    }
}

template <BlockSide Side, typename Codes>
void packLinesAs(SegmentSource from, std::int64_t lines, const PackTarget& to) {
    Codes codes(from.rounding);
    for (std::int64_t line = 0; line < lines; line += kLanes) {
        const std::int64_t count = HWY_MIN(kLanes, lines - line);
        const PackTarget target = lineOf(Side, to, line);
        askForLines(from);
        if (!packSomeLines<Side>(codes, from, count, target)) {
            packByNorm<Side>(from, count, target);
        }
        from.x += kLanes;
    }
}

template <BlockSide Side>
void packLines(const SegmentSource& from, std::int64_t lines, const PackTarget& to) {
    if (from.codes == BlockCodes::Words) {
        packLinesAs<Side, ExactCodes<BlockCodes::Words>>(from, lines, to);
        return;
    }
    if (from.codes == BlockCodes::SplitWords) {
        packLinesAs<Side, ExactCodes<BlockCodes::SplitWords>>(from, lines, to);
        return;
    }
#if MANTISSA_VECTOR_QUANTISE
    if (from.rounding != nullptr) {
        packLinesAs<Side, RoundedCodes>(from, lines, to);
        return;
    }
#else
    if (from.rounding != nullptr) {
        packByNorm<Side>(from, lines, to);
        return;
    }
#endif
    packLinesAs<Side, ExactCodes<BlockCodes::Bytes>>(from, lines, to);
}

/// Lines whose elements are neighbours, `lineStep` apart.
template <BlockSide Side>
void packLinesAlong(const SegmentSource& from, std::int64_t lineStep, std::int64_t lines,
                    const PackTarget& to) {
    HWY_ALIGN std::array<float, static_cast<std::size_t>(kMaxSegment * kLanes)> across;
    for (std::int64_t line = 0; line < lines; line += kLanes) {
        const std::int64_t count = HWY_MIN(kLanes, lines - line);
        transpose(from.x + line * lineStep, lineStep, count, from.count, across.data(), kLanes);
        packLines<Side>({across.data(), kLanes, from.count, from.quads, from.rounding, from.codes},
                        count, lineOf(Side, to, line));
    }
}

/// Members' lines; see packMembers().
template <BlockSide Side>
void packMemberLines(const SegmentSource& from, const MemberLines& lines, const PackTarget& to) {
    constexpr std::size_t kSide = static_cast<std::size_t>(kBlockRows * kLanes);
    constexpr std::size_t kMostQuads =
        quadsOf(Side, kMaxSegment);  // longer codes, shorter segments
    HWY_ALIGN std::array<std::int32_t, kSide * kMostQuads> quads;
    HWY_ALIGN std::array<float, kSide> scales;
    HWY_ALIGN std::array<std::int32_t, kSide> starts;
    const auto place = [&](std::int64_t line)
                           HWY_ATTR { return lines.places == nullptr ? line : lines.places[line]; };
    for (std::int64_t line = 0; line < lines.count; line += kLanes) {
        const std::int64_t count = HWY_MIN(kLanes, lines.count - line);
        for (std::int64_t m = 0; m < lines.members; ++m) {
            packLines<Side>(
                {from.x + m * lines.memberStep + line, from.step, from.count, from.quads,
                 from.rounding, from.codes},
                count,
                {quads.data() + m * kLanes, kBlockRows * kLanes, scales.data() + m * kLanes,
                 Side == BlockSide::Rows ? starts.data() + m * kLanes : nullptr});
        }
        for (std::int64_t l = 0; l < count; ++l) {
            const std::int64_t at = place(line + l);
            for (std::int64_t m = 0; m < lines.members; ++m) {
                to.scales[at * to.scaleStride + m] =
                    scales[static_cast<std::size_t>(m * kLanes + l)];
                if constexpr (Side == BlockSide::Rows) {
                    to.starts[at * to.scaleStride + m] =
                        starts[static_cast<std::size_t>(m * kLanes + l)];
                }
            }
        }
        HWY_ALIGN std::array<std::int32_t, kSide> turned;
        for (std::int64_t q = 0; q < from.quads; ++q) {
            transpose(quads.data() + q * kBlockRows * kLanes, kLanes, lines.members, count,
                      turned.data(), kBlockRows);
            for (std::int64_t l = 0; l < count; ++l) {
                std::int32_t* const target =
                    to.quads + q * to.quadStride + place(line + l) * to.lineStride;
                const std::int32_t* const members = turned.data() + l * kBlockRows;
                if (lines.members == kBlockRows) {
                    std::memcpy(target, members, kBlockRows * sizeof *target);
                } else {
                    std::copy_n(members, lines.members, target);
                }
            }
        }
    }
}

#endif  // MANTISSA_VECTOR_FMA

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // MANTISSA_NN_BLOCK_PACK_INL_H_
