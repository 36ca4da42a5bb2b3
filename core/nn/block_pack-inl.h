// SPDX-License-Identifier: GPL-3.0-or-later
// Packing for bit-true products: compiled once for each instruction set.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <hwy/highway.h>

#include "core/nn/block_tile-inl.h"

#if defined(MANTISSA_NN_BLOCK_PACK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MANTISSA_NN_BLOCK_PACK_INL_H_
#undef MANTISSA_NN_BLOCK_PACK_INL_H_
#else
#define MANTISSA_NN_BLOCK_PACK_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

#if MANTISSA_VECTOR_FMA

/// How the elements of a line become integers, in each lane: x * before * inverse. Two factors,
/// since the smallest numbers' inverse is beyond binary32.
struct SegmentScale {
    VFloat before, inverse, scale;
    hn::Mask<IntTag> finite;

    explicit HWY_INLINE SegmentScale(VInt largest) {
        const FloatTag d;
        const IntTag i32;
        const auto field = [i32](std::int32_t exponent)
                               HWY_ATTR { return hn::Set(i32, (127 + exponent) * (1 << 23)); };
        finite = hn::Lt(largest, hn::Set(i32, 0x7F800000));
        const auto zero = hn::RebindMask(d, hn::Eq(largest, hn::Zero(i32)));
        const auto small = hn::RebindMask(d, hn::Lt(largest, field(-60)));
        before = hn::IfThenElse(small, hn::Set(d, 0x1p64F), hn::Set(d, 1.0F));
        const auto raised = hn::BitCast(i32, hn::Mul(hn::BitCast(d, largest), before));
        // The step is 2^-149, raised by 64, at least; only a small line comes near it.
        const auto exponent =
            hn::Max(hn::And(raised, hn::Set(i32, 0x7F800000)), field(6 - 149 + 64));
        const auto step = hn::BitCast(d, hn::Sub(exponent, hn::Set(i32, 6 * (1 << 23))));
        const auto lowered = hn::IfThenElse(small, hn::Set(d, 0x1p-64F), hn::Set(d, 1.0F));
        inverse = hn::IfThenZeroElse(
            zero, hn::BitCast(d, hn::Sub(hn::Set(i32, (2 * 127 + 6) * (1 << 23)), exponent)));
        scale = hn::IfThenZeroElse(zero, hn::Mul(step, lowered));
        scale = hn::IfThenElse(hn::RebindMask(d, finite), scale, hn::NaN(d));
    }

    HWY_INLINE VInt codes(VFloat x) const {
        const auto whole = hn::ConvertTo(IntTag(), hn::Mul(hn::Mul(x, before), inverse));
        return hn::IfThenElseZero(finite, whole);
    }
};

HWY_INLINE VInt magnitudeBitsOf(VFloat x) {
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

template <BlockSide Side>
void packOneLine(const SegmentSource& from, const PackTarget& to) {
    const IntTag i32;
    const hn::Rebind<std::int8_t, IntTag> bytes;
    VInt largest = hn::Zero(i32);
    for (std::int64_t k = 0; k < from.count; k += kLanes) {
        largest = hn::Max(largest, magnitudeBitsOf(loadPart(from.x + k, from.count - k)));
    }
    const SegmentScale scale(hn::MaxOfLanes(i32, largest));
    HWY_ALIGN std::array<std::int8_t, kMaxSegment> codes;
    VInt sum = hn::Zero(i32);
    for (std::int64_t k = 0; k < 4 * from.quads; k += kLanes) {
        const auto x = k < from.count ? loadPart(from.x + k, from.count - k) : hn::Zero(FloatTag());
        const auto whole = scale.codes(x);
        sum = hn::Add(sum, whole);
        hn::StoreU(hn::DemoteTo(bytes, whole), bytes, codes.data() + k);
    }
    for (std::int64_t q = 0; q < from.quads; ++q) {
        std::int32_t quad = 0;
        std::memcpy(&quad, codes.data() + 4 * q, sizeof quad);
        to.quads[q * to.quadStride] = Side == BlockSide::Columns ? quad ^ kColumnBias : quad;
    }
    *to.scales = hn::GetLane(scale.scale);
    if constexpr (Side == BlockSide::Rows) {
        *to.starts = -128 * hn::GetLane(hn::SumOfLanes(i32, sum));
    }
}

/// Up to kLanes lines.
template <BlockSide Side>
HWY_INLINE void packSomeLines(const SegmentSource& from, std::int64_t lines, const PackTarget& to) {
    const IntTag i32;
    VInt largest = hn::Zero(i32);
    for (std::int64_t k = 0; k < from.count; ++k) {
        largest = hn::Max(largest, magnitudeBitsOf(loadPart(from.x + k * from.step, lines)));
    }
    const SegmentScale scale(largest);
    const auto codes = [&](std::int64_t k) HWY_ATTR {
        return k < from.count ? scale.codes(loadPart(from.x + k * from.step, lines))
                              : hn::Zero(i32);
    };
    const auto byte = hn::Set(i32, 0xFF);
    const auto bias = hn::Set(i32, Side == BlockSide::Columns ? kColumnBias : 0);
    VInt sum = hn::Zero(i32);
    for (std::int64_t q = 0; q < from.quads; ++q) {
        const auto a = codes(4 * q);
        const auto b = codes(4 * q + 1);
        const auto c = codes(4 * q + 2);
        const auto d = codes(4 * q + 3);
        sum = hn::Add(sum, hn::Add(hn::Add(a, b), hn::Add(c, d)));
        const auto low = hn::Or(hn::And(a, byte), hn::ShiftLeft<8>(hn::And(b, byte)));
        const auto high = hn::Or(hn::ShiftLeft<16>(hn::And(c, byte)), hn::ShiftLeft<24>(d));
        storeLines(hn::Xor(hn::Or(low, high), bias), lines, to.lineStride,
                   to.quads + q * to.quadStride);
    }
    storeLines(scale.scale, lines, to.scaleStride, to.scales);
    if constexpr (Side == BlockSide::Rows) {
        storeLines(hn::Neg(hn::ShiftLeft<7>(sum)), lines, to.scaleStride, to.starts);
    }
}

template <BlockSide Side>
void packLines(SegmentSource from, std::int64_t lines, PackTarget to) {
    for (std::int64_t line = 0; line < lines; line += kLanes) {
        packSomeLines<Side>(from, HWY_MIN(kLanes, lines - line), to);
        from.x += kLanes;
        to.quads += kLanes * to.lineStride;
        to.scales += kLanes * to.scaleStride;
        to.starts += Side == BlockSide::Rows ? kLanes * to.scaleStride : 0;
    }
}

#endif  // MANTISSA_VECTOR_FMA

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // MANTISSA_NN_BLOCK_PACK_INL_H_
