// SPDX-License-Identifier: GPL-3.0-or-later
// Multipliers, exact and approximate, as a closed family of value types.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "core/error.h"

namespace mantissa::numerics {

/// The product of two binary32 numbers. A dot product adds it unrounded, as a fused multiply-add.
struct ExactMultiplier {
    bool operator==(const ExactMultiplier&) const = default;
};

/// How the mantissas of two numbers 1.i and 1.j give the mantissa of their product; the equations
/// stand at mantissaProduct().
enum class ProductRule {
    Truncated,        ///< "acc": exact product, cut ("ACC" of ApproxTrain; bfloat16 at 7 bits)
    Mitchell,         ///< "mit": log2(1 + x) taken as x ("MIT", after Mitchell)
    MinimallyBiased,  ///< "mbm": Mitchell's with a constant correction ("MBM", after Saadat)
};

/// A multiplier of 1-8-m numbers as ApproxTrain emulates it (Gong et al., IEEE TCAD 2023, arXiv
/// 2209.04161; arithmetic from the released code at cc83cfc, paper not read).
struct ApproximateMultiplier {
    ProductRule rule = ProductRule::Mitchell;
    int mantissaBits = 7;  ///< 1..7 (a table of 2^(2m) bytes) or 23 (computed)
    bool operator==(const ApproximateMultiplier&) const = default;
};

/// A multiplier whose mantissa products a user's file holds, see readTable().
struct TableMultiplier {
    std::string file;
    bool operator==(const TableMultiplier&) const = default;
};

using Multiplier = std::variant<ExactMultiplier, ApproximateMultiplier, TableMultiplier>;

/// One byte an entry leaves seven bits beside the carry (ApproxTrain, released code).
inline constexpr int kMostTableBits = 7;
inline constexpr int kBinary32MantissaBits = 23;

/// Whether the width of an ApproximateMultiplier is legal and a TableMultiplier names a file; says
/// nothing about what the file holds.
Result<void> validate(const Multiplier& multiplier);

/// "fp32", "acc_7", "mit_5", "mbm_23", "lut<FILE>"; parseMultiplier reads it back.
std::string multiplierText(const Multiplier& multiplier);

/// Reads a name of namedMultipliers() in any letter case, or lut<FILE> with the file's name as it
/// is. The error lists what is allowed; no file is opened.
Result<Multiplier> parseMultiplier(std::string_view text);

/// Every multiplier but the user's tables.
struct NamedMultiplier {
    std::string name;   ///< as multiplierText
    std::string label;  ///< "Mitchell, 7 mantissa bits (MITCHEL16)"
    std::string source;
    Multiplier multiplier;
};
std::span<const NamedMultiplier> namedMultipliers();

}  // namespace mantissa::numerics
