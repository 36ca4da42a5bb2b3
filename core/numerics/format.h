// SPDX-License-Identifier: GPL-3.0-or-later
// Number formats as a closed family of value types.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "core/error.h"
#include "core/numerics/formats/block_float.h"
#include "core/numerics/formats/integer_formats.h"
#include "core/numerics/formats/micro_exponent.h"
#include "core/numerics/formats/microscaled.h"
#include "core/numerics/formats/minifloat.h"
#include "core/numerics/formats/value_sets.h"

namespace mantissa::numerics {

/// IEEE 754 binary32, passed through unchanged.
struct Fp32 {
    bool operator==(const Fp32&) const = default;
};

using Format = std::variant<Fp32, Minifloat, BlockFloat, Microscaled, MicroExponent, FixedPoint,
                            AffineInteger, PowerOfTwo, Binary, Ternary, Codebook, ErrorBounded>;

/// How a number between two neighbours of a format becomes one of them.
enum class Rounding {
    NearestEven,  ///< ties to the even code
    NearestAway,  ///< ties away from zero
    NearestUp,    ///< ties toward +infinity
    NearestDown,  ///< ties toward -infinity (Gupta's round-to-nearest)
    TowardZero,
    Floor,       ///< toward -infinity
    Stochastic,  ///< up with the probability of the remainder; keyed, see RandomKey
};

/// Random bits of stochastic rounding where nothing else is said: as exact as binary32 fractions.
inline constexpr int kFullRandomBits = 24;

/// A format with its rounding: what a tensor role is set to.
struct TensorFormat {
    Format format = Fp32{};
    Rounding rounding = Rounding::NearestEven;
    /// Stochastic: the remainder is compared with a random number of so many bits, 1..24. Hardware
    /// has few (FAST's linear feedback shift register: 8); what is smaller than 2^-randomBits of a
    /// step then never rounds up.
    int randomBits = kFullRandomBits;
    bool operator==(const TensorFormat&) const = default;
};

/// Whether the parameters are inside the registry's ranges and every number of the format is a
/// binary32 number; the error names parameter and range.
Result<void> validate(const Format& format);

/// Canonical spelling, which parseFormat reads back: "fp32", "float<4,3,variant=fn>",
/// "bfp<8,block=16>", "bfp<3,sign=out,exp=10,block=24x24,rule=ceil,eps=1e-08>". A format that
/// means the same as a named one is spelled with its name. Defaults are left out, except for the
/// block; members without effect (the size of a tile block, epsilon under the floor rule) are too.
/// The canonical JSON writes this string.
std::string formatText(const Format& format);

/// Reads a name of the registry ("bf16", "hbfp8") or the generic spelling, in any letter case and
/// with spaces anywhere. The error says which argument is wrong and what it may be.
Result<Format> parseFormat(std::string_view text);

/// A rounding as text says it.
struct RoundingChoice {
    Rounding rounding = Rounding::NearestEven;
    int randomBits = kFullRandomBits;
};

/// "nearest_even", "nearest_away", "nearest_up", "nearest_down", "toward_zero", "floor",
/// "stochastic"; "stochastic<8>" with 8 random bits.
std::string roundingText(Rounding rounding, int randomBits = kFullRandomBits);
Result<RoundingChoice> parseRounding(std::string_view text);

}  // namespace mantissa::numerics
