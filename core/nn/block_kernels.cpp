// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/block_kernels.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "core/nn/block_codes.h"

// Highway re-includes this file once for each instruction set; VNNI is in the largest.
#define HWY_WANT_AVX3_DL
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/nn/block_kernels.cpp"
#include <hwy/foreach_target.h>
// These need the target that foreach_target.h has set.
#include "core/nn/block_pack-inl.h"
#include "core/nn/block_words-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

#if MANTISSA_VECTOR_FMA

void across(BlockSide side, const SegmentSource& from, std::int64_t lines, const PackTarget& to) {
    (side == BlockSide::Rows ? packLines<BlockSide::Rows>
                             : packLines<BlockSide::Columns>)(from, lines, to);
}

void along(BlockSide side, const SegmentSource& from, std::int64_t lineStep, std::int64_t lines,
           const PackTarget& to) {
    (side == BlockSide::Rows ? packLinesAlong<BlockSide::Rows>
                             : packLinesAlong<BlockSide::Columns>)(from, lineStep, lines, to);
}

void members(BlockSide side, const SegmentSource& from, const MemberLines& lines,
             const PackTarget& to) {
    (side == BlockSide::Rows ? packMemberLines<BlockSide::Rows>
                             : packMemberLines<BlockSide::Columns>)(from, lines, to);
}

void multiply(const BlockProduct& product) {
    multiplyBlockPanel(product);
}

bool smallScales(const float* scales, std::int64_t count) {
    return allScalesSmall(scales, count);
}

#else

/// Of each 16-bit half, as a word of its own.
std::int32_t upperBytes(std::uint32_t halves) {
    const auto upper = [](std::uint32_t half) {
        return static_cast<std::uint32_t>(static_cast<std::int16_t>(half) >> 8) & 0xFFFFU;
    };
    return static_cast<std::int32_t>(upper(halves & 0xFFFFU) | upper(halves >> 16U) << 16U);
}

/// Element k stands at x[k * step].
void packLine(BlockSide side, SegmentSource from, const PackTarget& to) {
    std::array<float, kMaxSegment> rounded;
    if (from.rounding != nullptr) {
        roundByNorm(from, 0, rounded.data());
        from.x = rounded.data();
        from.step = 1;
    }
    const float scale =
        segmentScale(largestMagnitudeBits(from.x, from.count, from.step), from.codes);
    const bool bytes = from.codes == BlockCodes::Bytes;
    const bool split = side == BlockSide::Rows && from.codes == BlockCodes::SplitWords;
    const unsigned bits = bytes ? 8 : 16;
    const std::int64_t together = bytes ? 4 : 2;
    int sum = 0;
    for (std::int64_t q = 0; q < from.quads; q += split ? 2 : 1) {
        const std::int64_t first = (split ? q / 2 : q) * together;
        std::uint32_t quad = 0;
        for (std::int64_t k = first; k < std::min(first + together, from.count); ++k) {
            const int code = segmentCode(from.x[k * from.step], scale);
            sum += code;
            quad |= (static_cast<std::uint32_t>(code) & (bytes ? 0xFFU : 0xFFFFU))
                    << (bits * static_cast<unsigned>(k - first));
        }
        std::int32_t* const target = to.quads + q * to.quadStride;
        if (split) {
            target[0] = upperBytes(quad);
            target[to.quadStride] = static_cast<std::int32_t>(quad & 0x00FF00FFU);
        } else {
            const bool biased = bytes && side == BlockSide::Columns;
            *target = static_cast<std::int32_t>(biased ? quad ^ 0x80808080U : quad);
        }
    }
    *to.scales = scale;
    if (side == BlockSide::Rows) {
        *to.starts = bytes ? kSumStart - 128 * sum : 0;
    }
}

PackTarget placeOf(BlockSide side, PackTarget to, std::int64_t line) {
    to.quads += line * to.lineStride;
    to.scales += line * to.scaleStride;
    to.starts += side == BlockSide::Rows ? line * to.scaleStride : 0;
    return to;
}

void across(BlockSide side, const SegmentSource& from, std::int64_t lines, const PackTarget& to) {
    for (std::int64_t line = 0; line < lines; ++line) {
        packLine(side,
                 {from.x + line, from.step, from.count, from.quads, from.rounding, from.codes},
                 placeOf(side, to, line));
    }
}

void along(BlockSide side, const SegmentSource& from, std::int64_t lineStep, std::int64_t lines,
           const PackTarget& to) {
    for (std::int64_t line = 0; line < lines; ++line) {
        packLine(side,
                 {from.x + line * lineStep, 1, from.count, from.quads, from.rounding, from.codes},
                 placeOf(side, to, line));
    }
}

void members(BlockSide side, const SegmentSource& from, const MemberLines& lines,
             const PackTarget& to) {
    for (std::int64_t line = 0; line < lines.count; ++line) {
        PackTarget target = placeOf(side, to, lines.places == nullptr ? line : lines.places[line]);
        target.lineStride = target.scaleStride = 1;
        for (std::int64_t m = 0; m < lines.members; ++m) {
            packLine(side,
                     {from.x + m * lines.memberStep + line, from.step, from.count, from.quads,
                      from.rounding, from.codes},
                     placeOf(side, target, m));
        }
    }
}

std::int32_t quadProduct(std::int32_t column, std::int32_t row) {
    std::int32_t sum = 0;
    for (unsigned byte = 0; byte < 4; ++byte) {
        const auto unsignedByte =
            static_cast<std::uint8_t>(static_cast<std::uint32_t>(column) >> (8 * byte));
        const auto signedByte =
            static_cast<std::int8_t>(static_cast<std::uint32_t>(row) >> (8 * byte));
        sum += unsignedByte * signedByte;
    }
    return sum;
}

std::int64_t pairProduct(std::int32_t column, std::int32_t row) {
    const auto half = [](std::int32_t pair, unsigned shift) {
        return std::int64_t{static_cast<std::int16_t>(static_cast<std::uint32_t>(pair) >> shift)};
    };
    return half(column, 0) * half(row, 0) + half(column, 16) * half(row, 16);
}

/// The integer sum of segment s of row r and column j.
std::int64_t segmentProduct(const BlockProduct& x, std::int64_t s, std::int64_t r, std::int64_t j) {
    const std::int32_t* row = x.rowQuads + s * x.quads * kBlockRows + r;
    const std::int32_t* column = x.columnQuads + x.quadPlaces[s] + x.place(j);
    std::int64_t dot =
        x.codes == BlockCodes::Bytes ? x.rowStarts[s * kBlockRows + r] - kSumStart : 0;
    for (std::int64_t q = 0; q < x.quads; ++q, column += x.quadStride, row += kBlockRows) {
        if (x.codes == BlockCodes::Bytes) {
            dot += quadProduct(*column, *row);
        } else if (x.codes == BlockCodes::Words) {
            dot += pairProduct(*column, *row);
        } else {
            dot += 256 * pairProduct(*column, *row) + pairProduct(*column, row[kBlockRows]);
            row += kBlockRows;
            ++q;
        }
    }
    return dot;
}

void multiply(const BlockProduct& x) {
    for (std::int64_t r = 0; r < x.rows; ++r) {
        for (std::int64_t j = 0; j < x.columns; ++j) {
            float& c = x.c[r * x.cRow + j];
            float sum = x.accumulate ? c : 0.0F;
            for (std::int64_t s = 0; s < x.segments; ++s) {
                sum = std::fma(static_cast<float>(segmentProduct(x, s, r, j)) *
                                   x.columnScales[x.scalePlaces[s] + x.place(j)],
                               x.rowScales[s * kBlockRows + r], sum);
            }
            c = sum;
        }
    }
}

bool smallScales(const float*, std::int64_t) {
    return false;  // nobody asks here
}

#endif  // MANTISSA_VECTOR_FMA

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mantissa::nn {

HWY_EXPORT(across);
HWY_EXPORT(along);
HWY_EXPORT(members);
HWY_EXPORT(multiply);
HWY_EXPORT(smallScales);

PackTarget PackedRows::target(float* memory, std::int64_t row, std::int64_t segment) const {
    const std::int64_t first = at(row / kBlockRows, segment);
    const std::int64_t line = row % kBlockRows;
    float* const scales = memory + at(panels(), 0) * quads;
    float* const starts = scales + at(panels(), 0);
    return {.quads = reinterpret_cast<std::int32_t*>(memory) + first * quads + line,
            .quadStride = kBlockRows,
            .scales = scales + first + line,
            .starts = reinterpret_cast<std::int32_t*>(starts) + first + line};
}

void BlockProduct::setRows(const PackedRows& packed, const float* memory, std::int64_t panel,
                           std::int64_t segment, std::int64_t count) {
    const std::int64_t first = packed.at(panel, segment);
    const float* const scales = memory + packed.at(packed.panels(), 0) * packed.quads;
    const float* const starts = scales + packed.at(packed.panels(), 0);
    codes = packed.codes;
    between = packed.between;
    segments = count;
    quads = packed.quads;
    rows = std::min(kBlockRows, packed.rows - panel * kBlockRows);
    rowQuads = reinterpret_cast<const std::int32_t*>(memory) + first * packed.quads;
    rowScales = scales + first;
    rowStarts = reinterpret_cast<const std::int32_t*>(starts) + first;
}

void packAcross(BlockSide side, const SegmentSource& from, std::int64_t lines,
                const PackTarget& to) {
    HWY_DYNAMIC_DISPATCH(across)(side, from, lines, to);
}

void packAlong(BlockSide side, const SegmentSource& from, std::int64_t lineStep, std::int64_t lines,
               const PackTarget& to) {
    assert(from.step == 1 && from.count <= kMaxSegment);
    HWY_DYNAMIC_DISPATCH(along)(side, from, lineStep, lines, to);
}

void packMembers(BlockSide side, const SegmentSource& from, const MemberLines& lines,
                 const PackTarget& to) {
    assert(lines.members <= kBlockRows && from.count <= kMaxSegment);
    HWY_DYNAMIC_DISPATCH(members)(side, from, lines, to);
}

bool canRoundWhilePacking(const numerics::KernelFormat& format) {
    constexpr float kMostCode = 127;
    return format.rounding == numerics::Rounding::NearestEven && format.shared &&
           !format.floating && !format.wide && format.subBlock == 0 && format.saturate &&
           format.flushBelow == 0 && format.negativePerGrid == 0 &&
           format.limitPerGrid * 0x1p23F <= kMostCode;
}

void roundByNorm(const SegmentSource& from, std::int64_t line, float* to) {
    for (std::int64_t k = 0; k < from.count; ++k) {
        to[k] = from.x[k * from.step + line];
    }
    numerics::quantiseByNorm(
        *from.rounding, {.in = to, .out = to, .columns = from.count, .blockColumns = from.count});
}

void multiplyBlocks(const BlockProduct& product) {
    if (product.between != nullptr) {
        multiplyAndRound(product);
        return;
    }
    HWY_DYNAMIC_DISPATCH(multiply)(product);
}

bool scalesAreSmall(const float* scales, std::int64_t count) {
    return HWY_DYNAMIC_DISPATCH(smallScales)(scales, count);
}

}  // namespace mantissa::nn
#endif
