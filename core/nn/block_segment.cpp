// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/block_segment.h"

#include <algorithm>
#include <numeric>

#include "core/nn/block_kernels.h"

namespace mantissa::nn {

std::int64_t commonSegment(const std::optional<numerics::IntegerBlocks>& a,
                           const std::optional<numerics::IntegerBlocks>& b, std::int64_t extent) {
    constexpr int kMostBits = 7;
    if (!a || !b || std::max(a->magnitudeBits, b->magnitudeBits) > kMostBits) {
        return 0;
    }
    std::int64_t segment = std::gcd(a->run, b->run);
    if (a->run >= extent || b->run >= extent) {
        segment = std::min({a->run, b->run, extent});
    }
    if (segment > kMaxSegment && segment < extent) {
        std::int64_t divisor = kMaxSegment;
        while (segment % divisor != 0) {
            --divisor;
        }
        segment = divisor;
    }
    segment = std::min(segment, kMaxSegment);
    return segment > 1 ? segment : 0;
}

}  // namespace mantissa::nn
