// SPDX-License-Identifier: GPL-3.0-or-later
// Formats of a few values: powers of two, signs, codebooks.
#pragma once

#include <optional>

#include "core/numerics/formats/block_shape.h"

namespace mantissa::numerics {

/// Zero and +-2^k for 2^(bits-1) - 1 neighbouring k (SmartExchange and SmartDeal's 4-bit
/// coefficients, whose layout is not published; this one is ours).
struct PowerOfTwo {
    /// Where the boundary between 2^k and 2^(k+1) lies under the nearest roundings.
    enum class Distance {
        Linear,  ///< at 1.5 2^k: the smaller error
        Log,     ///< at sqrt(2) 2^k: QNN's AP2, 2^round(log2 |x|)
    };
    int bits = 4;  ///< 2..8, the sign included
    /// The largest k; absent: that nearest to the block's largest magnitude.
    std::optional<int> top = {};
    Distance distance = Distance::Linear;
    BlockShape block = {.kind = BlockShape::Kind::Tensor};
    bool operator==(const PowerOfTwo&) const = default;
};

/// What the values of Binary and Ternary are multiplied by.
enum class SignScale {
    One,   ///< nothing
    Max,   ///< the block's largest magnitude (BinaryNet.pytorch where scaling is allowed)
    Mean,  ///< the mean magnitude of the elements that are not zero (XNOR-Net, TWN)
};

/// +-s; zero counts as positive. Stochastic rounding takes +s with probability
/// clip((x/s + 1) / 2, 0, 1) (Hubara et al., JMLR 2018, as BinaryNet.pytorch does it); every other
/// rounding takes the sign.
struct Binary {
    SignScale scale = SignScale::One;
    BlockShape block = {.kind = BlockShape::Kind::Tensor};
    bool operator==(const Binary&) const = default;
};

/// -s, 0, +s; zero where |x| <= threshold times the block's mean magnitude (ternary weight
/// networks, customary definition, text not read). Stochastic rounding ignores the threshold and
/// takes +-s with probability min(|x| / s, 1).
struct Ternary {
    double threshold = 0.7;
    SignScale scale = SignScale::Mean;
    BlockShape block = {.kind = BlockShape::Kind::Tensor};
    bool operator==(const Ternary&) const = default;
};

/// 2^bits values of the block's own, found by k-means from evenly spaced starts (deep compression's
/// weight sharing, the 16-entry codebook of EIE, ISCA 2016). A block keeps them in binary32.
struct Codebook {
    int bits = 4;  ///< 1..8
    int iterations =
        50;  ///< at most so many rounds of Lloyd's algorithm; it ends when nothing moves
    BlockShape block = {.kind = BlockShape::Kind::Tensor};
    bool operator==(const Codebook&) const = default;
};

/// Neighbouring exponents that the codes can say.
inline int exponentCount(const PowerOfTwo& format) {
    return (1 << (format.bits - 1)) - 1;
}

/// The smallest top exponent at which every power is a binary32 number.
inline int lowestTop(const PowerOfTwo& format) {
    return -149 + exponentCount(format) - 1;
}

}  // namespace mantissa::numerics
