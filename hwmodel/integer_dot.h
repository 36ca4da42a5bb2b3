// SPDX-License-Identifier: GPL-3.0-or-later
// Dot products of integers: multiplied, shifted, or merely signed.
#pragma once

#include "hwmodel/arithmetic.h"

namespace mantissa::hw {

/// How a product of two integers is made.
enum class Product {
    Multiply,  ///< magnitudes of two bits and more
    Shift,     ///< a magnitude by a power of two
    Sign,      ///< a magnitude by -1, 0 or 1
    Xnor,      ///< two signs
};
inline constexpr int kProducts = 4;

/// One product and the way to its sum.
struct DotShape {
    Product product = Product::Multiply;
    int bitsA = 1;  ///< magnitude bits; of the exponent's code where the operand shifts
    int bitsB = 1;
    int productBits = 1;  ///< magnitude bits of one product before it moves
    /// Positions that a product moves by, beyond its multiplication: Shift's own, and those of
    /// micro-exponents.
    int shift = 0;
    int shiftElements = 1;  ///< products that move together
    bool operator==(const DotShape&) const = default;
};

/// Widest of both in every respect; of one Product.
DotShape widest(const DotShape& a, const DotShape& b);

/// Sum of `elements` products: integer result, scales apart.
UnitCost integerDot(const Technology& technology, int elements, const DotShape& dot);
/// Width of a sum of so many products, with its sign.
int dotWidth(double elements, const DotShape& dot);

}  // namespace mantissa::hw
