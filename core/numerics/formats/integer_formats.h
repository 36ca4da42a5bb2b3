// SPDX-License-Identifier: GPL-3.0-or-later
// Uniform grids: fixed point, affine integers, and steps chosen from an error bound.
#pragma once

#include <cmath>

#include "core/numerics/formats/arithmetic.h"
#include "core/numerics/formats/block_shape.h"

namespace mantissa::numerics {

/// <IL, FL>: two's complement in steps of 2^-FL, from -2^(IL-1) to 2^(IL-1) - 2^-FL (Gupta et al.,
/// ICML 2015, reported second-hand; QPyTorch's wl = IL + FL).
struct FixedPoint {
    int integerBits = 4;  ///< IL, the sign included; may be negative
    int fractionBits = 12;
    bool symmetric = false;  ///< leaves the most negative code unused
    bool clamp = true;       ///< off: rounds only, as if IL had no end
    /// Released: QPyTorch's, which adds half a step in binary32 before it rounds.
    Arithmetic arithmetic = Arithmetic::Exact;
    bool operator==(const FixedPoint&) const = default;
};

/// Integers of `bits` with a scale and an offset from the data: scale = (max - min) / (2^bits - 1)
/// in binary32, q = round((x - min) / scale), value q scale + min (Banner et al., NeurIPS 2018, as
/// their released code does it, after GEMMLOWP). A block keeps scale and min in binary32.
struct AffineInteger {
    int bits = 8;
    BlockShape block = {.kind = BlockShape::Kind::Tensor};
    bool operator==(const AffineInteger&) const = default;
};

/// The SZ family's linear quantiser without its prediction and entropy stages (COMET, PVLDB 2021,
/// reported second-hand; the equation is textbook): q = round(x / 2e), value 2 e q, so that
/// |error| <= e under the nearest roundings while q fits `bits`.
struct ErrorBounded {
    double bound = 0.001;   ///< e; relative: times (max - min) of the block
    bool relative = false;  ///< the block then keeps its step in binary32
    int bits = 16;          ///< sign-magnitude code; larger magnitudes clamp
    BlockShape block = {.kind = BlockShape::Kind::Tensor};
    bool operator==(const ErrorBounded&) const = default;
};

inline double smallestStepOf(const FixedPoint& format) {
    return std::ldexp(1.0, -format.fractionBits);
}
/// Codes' ends; meaningless without clamp.
inline double largestCode(const FixedPoint& format) {
    return std::ldexp(1.0, format.integerBits + format.fractionBits - 1) - 1;
}
inline double lowestCode(const FixedPoint& format) {
    return -largestCode(format) - (format.symmetric ? 0 : 1);
}
inline double largestCode(const AffineInteger& format) {
    return std::ldexp(1.0, format.bits) - 1;
}
inline double largestCode(const ErrorBounded& format) {
    return std::ldexp(1.0, format.bits - 1) - 1;
}

}  // namespace mantissa::numerics
