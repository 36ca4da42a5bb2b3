// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/pass_sums.h"

#include <algorithm>

#include "core/nn/block_accumulate.h"

namespace mantissa::nn {
namespace {

using numerics::IntegerBlocks;

/// Whose integers are summed before FP32 is.
std::int64_t productsOf(const IntegerSum& sum, const Reduction& reduction) {
    return sum.whole ? reduction.extent * reduction.places : sum.run;
}

/// Of an integer accumulator, and of operands that are integers.
IntegerSum integerSum(const IntegerBlocks& a, const IntegerBlocks& b, const Reduction& reduction,
                      const numerics::IntegerAccumulator& accumulator) {
    IntegerSum sum{.accumulator = accumulator, .run = commonRun(a, b, reduction.extent)};
    sum.whole = a.run == IntegerBlocks::kWhole && b.run == IntegerBlocks::kWhole;
    sum.bits = sumBits(a.magnitudeBits, b.magnitudeBits, productsOf(sum, reduction));
    return sum;
}

/// Whether block kernels give the same bytes: no sum overflows, and each of them is summed whole,
/// or in pieces that FP32 adds without a loss. That can be said of an output that begins at 0 and
/// has one step alone: what a piece joins else is longer.
bool blockKernelsAgree(const IntegerSum& sum, const BlockSegment& segment,
                       const Reduction& reduction) {
    constexpr int kExact = 25;  // of binary32, the sign included
    const bool inOnePiece = segment.length == sum.run && (!sum.whole || reduction.places == 1);
    const bool exact = segment.length > 0 && sum.whole && reduction.startsAtZero &&
                       sum.bits <= kExact && sum.accumulator.sum == numerics::PartialSum{};
    return sum.bits <= sum.accumulator.bits && (inOnePiece || exact);
}

}  // namespace

PassSums passSums(const std::optional<IntegerBlocks>& a, const std::optional<IntegerBlocks>& b,
                  const Reduction& reduction, const numerics::Accumulator& accumulator,
                  const numerics::PartialSum* between) {
    PassSums sums;
    if (!a || !b || !codesFor(std::max(a->magnitudeBits, b->magnitudeBits))) {
        return sums;
    }
    BlockSegment segment = commonSegment(a, b, reduction.extent, between == nullptr ? 2 : 1);
    segment.between = between;
    if (roundsEveryProduct(accumulator)) {
        segment.length = 1;
    }
    if (const auto* integer = std::get_if<numerics::IntegerAccumulator>(&accumulator)) {
        const IntegerSum sum = integerSum(*a, *b, reduction, *integer);
        sums = {{}, sum, productsOf(sum, reduction), sum.bits};
        if (blockKernelsAgree(sum, segment, reduction)) {
            sums.segment = segment;
            sums.integers.reset();
        }
        return sums;
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
