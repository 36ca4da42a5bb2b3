// SPDX-License-Identifier: GPL-3.0-or-later
// Shared micro-exponents: block floating point with a second, tiny exponent for sub-blocks.
#pragma once

#include "core/numerics/formats/block_shape.h"
#include "core/numerics/formats/minifloat.h"

namespace mantissa::numerics {

/// Block data representation with two levels (Darvish Rouhani et al., ISCA 2023, arXiv 2302.08007;
/// reported second-hand): `blockSize` elements along the block axis share the exponent
/// E = floor(log2 max); each `subBlockSize` of them lower it by their own t = min(E - floor(log2
/// of their max), 2^microBits - 1). Step 2^(E-t+1-m). MX9, MX6, MX4: m = 7, 4, 2.
struct MicroExponent {
    int mantissaBits = 7;  ///< m, with explicit leading one; the sign comes on top
    int exponentBits = 8;
    int microBits = 1;
    std::int64_t blockSize = 16;
    std::int64_t subBlockSize = 2;  ///< divides blockSize
    bool operator==(const MicroExponent&) const = default;
};

inline BlockShape blockOf(const MicroExponent& format) {
    return {.kind = BlockShape::Kind::Vector, .size = format.blockSize};
}
inline int lowestExponent(const MicroExponent& format) {
    return -defaultBias(format.exponentBits);
}
inline int highestExponent(const MicroExponent& format) {
    return (1 << format.exponentBits) - 1 - defaultBias(format.exponentBits);
}
inline int largestShift(const MicroExponent& format) {
    return (1 << format.microBits) - 1;
}

}  // namespace mantissa::numerics
