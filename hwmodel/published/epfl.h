// SPDX-License-Identifier: GPL-3.0-or-later
// The area model of the HBFP papers (github.com/jnbrq/hbfp_hardware_model): TSMC 28 nm HPM, slow
// corner, 20 ns. Ratios only; not to be mixed with other calibrations.
#pragma once

namespace mantissa::hw::epfl {

/// Float units of that synthesis.
enum class Float { Binary32, Binary16, Bfloat16 };

/// um2 of a signed multiplier or adder; widths 2 to 16 of the table, adders beyond by 2.3085 w -
/// 1.701 (largest error 0.005 um2 from 3 bits).
double multiplierArea_um2(int signedBits);
double adderArea_um2(int width);
double floatMacArea_um2(Float format);

/// Area of one multiply-accumulate in a systolic array of b x b blocks, with a mantissa of
/// `signedBits` (the model's formula "stardust", b = 16): multiplier, adder of 2m + ceil(log2 b) +
/// 1 bits, a bfloat16 adder shared by b, a 10-bit exponent adder shared by b^2.
double systolicArea_um2(int signedBits);

/// Area of a dot-product unit of n elements: HBFP mantissas of 4, 6 or 8 bits.
double dotArea_um2(int signedBits, int elements);
double floatDotArea_um2(Float format, int elements);

}  // namespace mantissa::hw::epfl
