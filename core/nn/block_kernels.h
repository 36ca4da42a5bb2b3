// SPDX-License-Identifier: GPL-3.0-or-later
// The inner loops of bit-true products (block_gemm.h): packing numbers as small integers with a
// scale a segment, and multiplying what is packed. Internal to nn.
//
// Neighbours of the reduction share 32 bits, a quad. Of bytes it holds four. Rows, which kernels
// broadcast, hold signed bytes; columns, which fill their lanes, unsigned ones, 128 too large, as
// VNNI multiplies them. Each row's sums start at -128 times the sum of its codes, which mends it,
// and at kSumStart. Of words a quad holds two, signed on either side. Rows of split words have two
// quads for each of the columns': the words' upper bytes, signed, and their lower bytes, unsigned,
// each in a word; the products' sums are put together as integers at the end of a segment.
#pragma once

#include <cstdint>

#include "core/nn/block_codes.h"
#include "core/numerics/quantise_kernels.h"

namespace mantissa::nn {

/// The longest of all segments.
inline constexpr std::int64_t kMaxSegment = longestSegment(BlockCodes::Bytes);
/// What a segment's integer sum starts from, beside what mends the unsigned columns: the binary32
/// bits of 1.5 * 2^23. Added to those bits, an integer below 2^22 needs no conversion: the number
/// they then stand for is 1.5 * 2^23 more than it.
inline constexpr std::int32_t kSumStart = 0x4B400000;
/// Rows that are packed side by side.
inline constexpr std::int64_t kBlockRows = 16;
/// Columns that a kernel may read beyond the last.
inline constexpr std::int64_t kColumnSlack = 16;

enum class BlockSide { Rows, Columns };

/// Quads of a segment of a row, or of a column.
constexpr std::int64_t quadsOf(BlockSide side, const BlockSegment& segment) {
    if (segment.codes == BlockCodes::Bytes) {
        return (segment.length + 3) / 4;
    }
    const bool split = side == BlockSide::Rows && segment.codes == BlockCodes::SplitWords;
    return (segment.length + 1) / 2 * (split ? 2 : 1);
}

/// A segment of some lines, rows or columns: element k of line l stands at x[k * step + l] where
/// lines are neighbours, with k below `count`; zeros fill it up to `quads` quads. `rounding`, where
/// not null, says how each line becomes a block of its format first: the same bytes as quantise()
/// and then packing give (canRoundWhilePacking() says for which formats).
struct SegmentSource {
    const float* x;
    std::int64_t step, count, quads;
    const numerics::KernelFormat* rounding = nullptr;  ///< of bytes only
    BlockCodes codes = BlockCodes::Bytes;
};

/// Nearest-even block formats whose numbers are integers of up to seven bits and a sign.
bool canRoundWhilePacking(const numerics::KernelFormat& format);
/// A segment's line as a block of its format, by the scalar norm.
void roundByNorm(const SegmentSource& from, std::int64_t line, float* to);

/// Quad q of line l goes to quads[q * quadStride + l * lineStride], the line's scale to
/// scales[l * scaleStride], and what a row's sums start at (kSumStart included) to the same place
/// of `starts`.
struct PackTarget {
    std::int32_t* quads = nullptr;
    std::int64_t quadStride = 0;
    float* scales = nullptr;
    std::int32_t* starts = nullptr;  ///< rows only
    std::int64_t lineStride = 1, scaleStride = 1;
};

/// Packs one segment of `lines` lines that are neighbours in memory.
void packAcross(BlockSide side, const SegmentSource& from, std::int64_t lines,
                const PackTarget& to);
/// Packs one segment of lines that are `lineStep` apart and whose elements are neighbours: `step`
/// is 1.
void packAlong(BlockSide side, const SegmentSource& from, std::int64_t lineStep, std::int64_t lines,
               const PackTarget& to);

/// `count` lines of each of up to kBlockRows members, `memberStep` apart in memory, whose quads and
/// scales are neighbours in the target. Line l counts there as line places[l], or as l.
struct MemberLines {
    std::int64_t members, memberStep, count;
    const std::int64_t* places = nullptr;
};
void packMembers(BlockSide side, const SegmentSource& from, const MemberLines& lines,
                 const PackTarget& to);

/// Where packed rows lie in a piece of memory: all panels' codes, then their scales, then what
/// their sums start at. A panel's segments follow each other.
struct PackedRows {
    std::int64_t rows, segments;
    std::int64_t quads;  ///< of each segment
    BlockCodes codes;
    const numerics::PartialSum* between;

    PackedRows(std::int64_t rowCount, std::int64_t segmentCount, const BlockSegment& segment)
        : rows(rowCount),
          segments(segmentCount),
          quads(quadsOf(BlockSide::Rows, segment)),
          codes(segment.codes),
          between(segment.between) {}

    std::int64_t panels() const { return (rows + kBlockRows - 1) / kBlockRows; }
    std::int64_t floats() const { return panels() * segments * kBlockRows * (quads + 2); }
    /// Of the segment of a panel, in scales; codes are `quads` times as far.
    std::int64_t at(std::int64_t panel, std::int64_t segment) const {
        return (panel * segments + segment) * kBlockRows;
    }
    /// For packing segment `segment` of row `row` and its neighbours in the panel.
    PackTarget target(float* memory, std::int64_t row, std::int64_t segment) const;
};

/// C (rows x columns, `cRow` apart) = or += the rows times the columns. Segment s of column j
/// begins with quad columnQuads[quadPlaces[s] + place(j)], its further quads follow `quadStride`
/// apart, its scale is columnScales[scalePlaces[s] + place(j)]. kColumnSlack columns beyond the
/// last can be read.
struct BlockProduct {
    BlockCodes codes = BlockCodes::Bytes;
    std::int64_t segments = 0, quads = 0;     ///< quads of a row's segment
    std::int64_t rows = 0, columns = 0;       ///< rows up to kBlockRows
    const std::int32_t* rowQuads = nullptr;   ///< [segment][quad][kBlockRows]
    const float* rowScales = nullptr;         ///< [segment][kBlockRows]
    const std::int32_t* rowStarts = nullptr;  ///< the same
    const std::int32_t* columnQuads = nullptr;
    const float* columnScales = nullptr;
    const std::int64_t* quadPlaces = nullptr;
    const std::int64_t* scalePlaces = nullptr;
    /// Where every 16 columns begin; null: side by side. The product's own are those from
    /// `firstColumn` on.
    const std::int64_t* pieces = nullptr;
    std::int64_t firstColumn = 0;
    std::int64_t quadStride = 0;
    bool smallScales = false;  ///< of the columns are all (see scalesAreSmall()): bytes are faster
    float* c = nullptr;
    std::int64_t cRow = 0;
    bool accumulate = false;
    const numerics::PartialSum* between = nullptr;  ///< as in BlockSegment

    std::int64_t place(std::int64_t column) const {
        const std::int64_t at = firstColumn + column;
        return pieces == nullptr ? at : pieces[at / 16] + at % 16;
    }

    /// Takes `count` segments of one panel of rows, from `segment` on.
    void setRows(const PackedRows& packed, const float* memory, std::int64_t panel,
                 std::int64_t segment, std::int64_t count);
};
void multiplyBlocks(const BlockProduct& product);
/// The same where `between` is not null: segment by segment, and slow.
void multiplyAndRound(const BlockProduct& product);

/// 2^24 times such a scale, or a smaller one, is finite.
inline constexpr float kSmallScale = 0x1p103F;
bool scalesAreSmall(const float* scales, std::int64_t count);

}  // namespace mantissa::nn
