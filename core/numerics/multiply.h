// SPDX-License-Identifier: GPL-3.0-or-later
// The product of two numbers under an emulated multiplier: the scalar norm of every fast path.
#pragma once

#include <optional>

#include "core/numerics/multiplier_table.h"

namespace mantissa::numerics {

/// A multiplier with what it needs in memory.
struct LoadedMultiplier {
    Multiplier kind = ExactMultiplier{};
    std::optional<MultiplierTable> table;  ///< present unless exact or computed (23 bits)
};

/// Computes the table of a rule, or reads that of a TableMultiplier; passes on what validate() and
/// readTable() say.
Result<LoadedMultiplier> loadMultiplier(const Multiplier& multiplier);

/// The emulated product. ExactMultiplier: binary32's, to nearest even. The others, as ApproxTrain's
/// released code (cc83cfc): the m upper mantissa bits of each operand, the rest dropped, give carry
/// and mantissa; the sign is that of the exact product; with E the sum of the biased exponent
/// fields, E <= 127 gives zero (even where a carry would have made the product normal), else the
/// exponent field is E - 127 + carry.
/// Where that code goes wrong we do not follow it: an operand that is zero or subnormal counts as
/// zero whatever the other is (there 0 y with |y| >= 2 is a tiny number); a field above 254 gives
/// Inf (there NaN patterns or a flipped sign); NaN and Inf behave as in IEEE 754, Inf times zero
/// and Inf times a subnormal being NaN (there they are taken for numbers). A zero has the sign of
/// the exact product.
float multiply(float a, float b, const LoadedMultiplier& multiplier);

}  // namespace mantissa::numerics
