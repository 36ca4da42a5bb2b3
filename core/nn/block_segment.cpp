// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/block_segment.h"

#include <algorithm>
#include <numeric>

namespace mantissa::nn {

std::optional<BlockCodes> codesFor(int magnitudeBits) {
    for (const auto codes : {BlockCodes::Bytes, BlockCodes::Words, BlockCodes::SplitWords}) {
        if (magnitudeBits <= magnitudeBitsOf(codes)) {
            return codes;
        }
    }
    return std::nullopt;
}

std::int64_t commonRun(const numerics::IntegerBlocks& a, const numerics::IntegerBlocks& b,
                       std::int64_t extent) {
    return a.run >= extent || b.run >= extent ? std::min({a.run, b.run, extent})
                                              : std::gcd(a.run, b.run);
}

BlockSegment commonSegment(const std::optional<numerics::IntegerBlocks>& a,
                           const std::optional<numerics::IntegerBlocks>& b, std::int64_t extent,
                           std::int64_t shortest) {
    if (!a || !b) {
        return {};
    }
    const auto codes = codesFor(std::max(a->magnitudeBits, b->magnitudeBits));
    if (!codes) {
        return {};
    }
    const std::int64_t longest = longestSegment(*codes);
    std::int64_t segment = commonRun(*a, *b, extent);
    if (segment > longest && segment < extent) {
        std::int64_t divisor = longest;
        while (segment % divisor != 0) {
            --divisor;
        }
        segment = divisor;
    }
    segment = std::min(segment, longest);
    return segment >= shortest ? BlockSegment{segment, *codes} : BlockSegment{};
}

}  // namespace mantissa::nn
