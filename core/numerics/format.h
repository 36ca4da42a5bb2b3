// SPDX-License-Identifier: GPL-3.0-or-later
// Number formats as a closed family of value types.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/error.h"

namespace mantissa::numerics {

/// IEEE 754 binary32, passed through unchanged.
struct Fp32 {
    bool operator==(const Fp32&) const = default;
};

/// Which codes of the top exponent are numbers.
enum class MinifloatVariant {
    Ieee,      ///< top exponent reserved: Inf and NaN
    Fn,        ///< "finite": top exponent usable, only the all-ones code is NaN (OCP E4M3)
    AllCodes,  ///< every code is a finite number (OCP FP6, FP4)
};

/// Sign, `exponentBits`, `mantissaBits` stored fraction bits; the hidden one is not counted.
/// Width = 1 + exponentBits + mantissaBits.
struct Minifloat {
    int exponentBits = 4;          ///< 1..8
    int mantissaBits = 3;          ///< 0..23
    std::optional<int> bias = {};  ///< absent: 2^(exponentBits-1) - 1
    MinifloatVariant variant = MinifloatVariant::Ieee;
    bool subnormals = true;  ///< off: |x| below the smallest normal becomes 0 before rounding
    bool saturate = true;    ///< off: what rounds above the largest number becomes Inf
    bool operator==(const Minifloat&) const = default;
};

/// How the exponent that a block shares follows from its largest magnitude. With p magnitude bits:
enum class SharedExponentRule {
    Floor,  ///< E = floor(log2 max), step 2^(E+1-p): the maximum keeps its leading one (QPyTorch,
            ///< MSFP)
    Ceil,   ///< E = ceil(log2(max + epsilon)), step 2^(E-p): significand 0.m (HBFP)
};

/// Which elements share one exponent.
struct BlockShape {
    enum class Kind {
        Vector,  ///< `size` consecutive elements along the block axis, ragged at the end
        Tile,    ///< rows x columns of the matrix view [extent 0, product of the rest]
        Slice,   ///< all elements with one index along the block axis
        Tensor,  ///< the whole tensor
    };
    Kind kind = Kind::Vector;
    std::int64_t size = 16;     ///< Vector
    std::int64_t rows = 24;     ///< Tile
    std::int64_t columns = 24;  ///< Tile
    bool operator==(const BlockShape&) const = default;
};

/// Block floating point: a shared exponent and a sign-magnitude significand without hidden one.
/// Magnitudes clamp to the largest code, 2^p - 1 steps, on both sides.
struct BlockFloat {
    int mantissaBits = 8;     ///< p + 1 where signCounted, else p
    bool signCounted = true;  ///< whether mantissaBits includes the sign (HBFP8's name does)
    int exponentBits = 8;     ///< width of the stored shared exponent, bias 2^(exponentBits-1) - 1
    BlockShape block = {};
    SharedExponentRule rule = SharedExponentRule::Floor;
    double epsilon = 0;  ///< Ceil: added to the maximum, in binary32 (HBFPEmulator: 1e-8)
    int magnitudeBits() const { return signCounted ? mantissaBits - 1 : mantissaBits; }
    bool operator==(const BlockFloat&) const = default;
};

using Format = std::variant<Fp32, Minifloat, BlockFloat>;

enum class Rounding {
    NearestEven,  ///< ties to even
    NearestAway,  ///< ties away from zero
    NearestUp,    ///< ties toward +infinity
    TowardZero,
    Stochastic,  ///< up with the probability of the remainder; keyed, see RandomKey
};

/// A format with its rounding: what a tensor role is set to.
struct TensorFormat {
    Format format = Fp32{};
    Rounding rounding = Rounding::NearestEven;
    bool operator==(const TensorFormat&) const = default;
};

/// Whether the parameters are inside the registry's ranges and every number of the format is a
/// binary32 number; the error names parameter and range.
Result<void> validate(const Format& format);

/// Canonical spelling, which parseFormat reads back: "fp32", "float<4,3,variant=fn>",
/// "bfp<8,block=16>", "bfp<3,exp=10,sign=out,block=24x24,rule=ceil,eps=1e-08>". A format that
/// means the same as a named one is spelled with its name. Defaults are left out, except for the
/// block; members without effect (the size of a tile block, epsilon under the floor rule) are too.
/// The canonical JSON writes this string.
std::string formatText(const Format& format);

/// Reads a name of the registry ("bf16", "hbfp8") or the generic spelling, in any letter case and
/// with spaces anywhere. The error says which argument is wrong and what it may be.
Result<Format> parseFormat(std::string_view text);

/// "nearest_even", "nearest_away", "nearest_up", "toward_zero", "stochastic".
std::string_view roundingText(Rounding rounding);
Result<Rounding> parseRounding(std::string_view text);

}  // namespace mantissa::numerics
