// SPDX-License-Identifier: GPL-3.0-or-later
// The mantissa products of a multiplier as a table: computed, read from a file, written, judged.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/numerics/multiplier.h"

namespace mantissa::numerics {

/// 2^(2m) entries of one byte, m = mantissaBits in 1..7, in the layout of ApproxTrain's released
/// code (cc83cfc): entry i 2^m + j belongs to (1 + i/2^m) (1 + j/2^m); bit 7 is the carry (the
/// product's exponent is one more), bits m-1..0 are the product's mantissa.
struct MultiplierTable {
    int mantissaBits = 0;
    std::vector<std::uint8_t> entries;
    bool operator==(const MultiplierTable&) const = default;
};

/// One entry: the product is (1 + mantissa/2^m) 2^carry.
struct MantissaProduct {
    std::uint32_t mantissa = 0;
    bool carry = false;
    bool operator==(const MantissaProduct&) const = default;
};

/// The product of the mantissas i, j in [0, N), N = 2^m, m in 1..7 or 23:
///   Truncated: p = (N + i)(N + j); p >= 2 N^2: carry, floor(p / 2N) mod N; else floor(p / N) mod
///   N. Mitchell: s = i + j; s >= N: carry, s - N; else s. That is 1 + x1 + x2, or 2 (x1 + x2).
///   MinimallyBiased: below 23 bits the lowest bits of i and j are set first (half a last place);
///   s = i + j. s < N: t = s + c0; t >= N: carry, floor((t - N) / 2); else t. s >= N: carry,
///   s - N + c1, or s - N where that would reach N. c0 and c1 are 0.078125 and half of it, cut to m
///   bits, so they vanish for m <= 3 and c1 for m = 4.
/// Rules as ApproxTrain's released code has them; its nine tables follow byte for byte.
MantissaProduct mantissaProduct(ProductRule rule, int mantissaBits, std::uint32_t i,
                                std::uint32_t j);
MantissaProduct mantissaProduct(const MultiplierTable& table, std::uint32_t i, std::uint32_t j);

/// All products of a rule with m in 1..7.
MultiplierTable multiplierTable(ProductRule rule, int mantissaBits);

/// The table that `bytes` are. Their number says m; the error names the legal sizes, or the first
/// entry with a bit set between carry and mantissa, and `where`.
Result<MultiplierTable> tableFromBytes(std::vector<std::uint8_t> bytes, const std::string& where);

/// A file of raw bytes, see tableFromBytes. The README of ApproxTrain describes four bytes an
/// entry; the released code reads and writes one, and so do these.
Result<MultiplierTable> readTable(const std::filesystem::path& file);
/// Replaced in one step, see writeFileAtomically.
Result<void> writeTable(const MultiplierTable& table, const std::filesystem::path& file);

/// Errors of all 2^(2m) products, relative to the exact product of the m-bit operands.
struct MultiplierErrors {
    double meanRelative = 0;
    double meanAbsoluteRelative = 0;
    double smallestRelative = 0;  ///< the most negative, or the least where none is
    double largestRelative = 0;
    std::uint8_t lastEntry = 0;  ///< of the two largest mantissas
};
MultiplierErrors multiplierErrors(const MultiplierTable& table);

}  // namespace mantissa::numerics
