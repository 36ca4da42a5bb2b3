// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/pass_sums.h"

#include <algorithm>

#include "core/nn/block_accumulate.h"

namespace mantissa::nn {
namespace {

using numerics::IntegerBlocks;

/// Of an integer accumulator, and of operands that are integers.
IntegerSum integerSum(const IntegerBlocks& a, const IntegerBlocks& b, std::int64_t extent,
                      std::int64_t places, const numerics::IntegerAccumulator& accumulator) {
    IntegerSum sum{.accumulator = accumulator, .run = commonRun(a, b, extent)};
    sum.whole = a.run == IntegerBlocks::kWhole && b.run == IntegerBlocks::kWhole;
    sum.bits = sumBits(a.magnitudeBits, b.magnitudeBits, sum.whole ? extent * places : sum.run);
    return sum;
}

/// Whether block kernels give the same bytes: no sum overflows, and each of them is summed whole,
/// or in pieces of which FP32 loses nothing.
bool blockKernelsAgree(const IntegerSum& sum, const BlockSegment& segment, std::int64_t places) {
    constexpr int kExact = 25;  // of binary32, the sign included
    const bool inOnePiece =
        (segment.length == sum.run || sum.run == 1) && (!sum.whole || places == 1);
    const bool exact = sum.bits <= kExact && sum.accumulator.sum == numerics::PartialSum{};
    return sum.bits <= sum.accumulator.bits && (inOnePiece || exact);
}

}  // namespace

PassSums passSums(const std::optional<IntegerBlocks>& a, const std::optional<IntegerBlocks>& b,
                  std::int64_t extent, std::int64_t places,
                  const numerics::Accumulator& accumulator, const numerics::PartialSum* between) {
    PassSums sums;
    if (!a || !b || !codesFor(std::max(a->magnitudeBits, b->magnitudeBits))) {
        return sums;
    }
    BlockSegment segment = commonSegment(a, b, extent, between == nullptr ? 2 : 1);
    segment.between = between;
    if (roundsEveryProduct(accumulator)) {
        segment.length = 1;
    }
    if (const auto* integer = std::get_if<numerics::IntegerAccumulator>(&accumulator)) {
        const IntegerSum sum = integerSum(*a, *b, extent, places, *integer);
        if (!blockKernelsAgree(sum, segment, places)) {
            return {{}, sum, sum.whole ? extent * places : sum.run, sum.bits};
        }
        sums = {{}, {}, 1, sum.bits};  // FP32 is as exact where they are added one by one
    }
    if (segment.length > 0) {
        sums = {segment,
                {},
                segment.length,
                sumBits(a->magnitudeBits, b->magnitudeBits, segment.length)};
    }
    return sums;
}

}  // namespace mantissa::nn
